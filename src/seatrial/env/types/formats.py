"""Checks of `ip`, `semver`, `uuid`, `md5` and `isoDate`."""

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address

from seatrial.env.types.model import ValueType, Violation

_LONGEST = 256
_SEMVER = re.compile(
    r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_UUID = re.compile(
    r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})",
    re.IGNORECASE,
)
_MD5 = re.compile(r"[0-9a-f]{32}")
_DATE_CHARACTERS = re.compile(r"[0-9][0-9TWZtz:.,+ -]*")
_MONTH = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")
_ORDINAL = re.compile(r"[0-9]{4}-?(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])")


def ip(text: str, kind: ValueType) -> Iterator[Violation]:
    version = kind.count("version") or 4
    try:
        IPv6Address(text) if version == 6 else IPv4Address(text)
    except ValueError:
        yield Violation(f"is not an IPv{version} address")


def semver(text: str, _kind: ValueType) -> Iterator[Violation]:
    if len(text) > _LONGEST or not _SEMVER.fullmatch(text):
        yield Violation("is not a semantic version (1.2.3, 1.2.3-beta.1)")


def uuid(text: str, _kind: ValueType) -> Iterator[Violation]:
    if not _UUID.fullmatch(text):
        yield Violation("is not a UUID (8-4-4-4-12 hexadecimal digits)")


def md5(text: str, _kind: ValueType) -> Iterator[Violation]:
    if not _MD5.fullmatch(text):
        yield Violation("is not an MD5 hash (32 lower-case hexadecimal digits)")


def iso_date(text: str, _kind: ValueType) -> Iterator[Violation]:
    if not _is_iso_date(text):
        yield Violation("is not an ISO 8601 date (2024-03-20, 2024-03-20T15:30:00Z)")


def _is_iso_date(text: str) -> bool:
    if len(text) > _LONGEST or not _DATE_CHARACTERS.fullmatch(text):
        return False
    if _MONTH.fullmatch(text) or _ORDINAL.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
