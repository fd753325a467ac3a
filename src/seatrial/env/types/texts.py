"""Checks of `string`, `enum`, `email` and `url`."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from seatrial.env.problem import Severity
from seatrial.env.types.model import ValueType, Violation

_EMAIL_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}")
_EMAIL_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_URL_START = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}(?:/.*)?")
_NEVER_IN_URL = re.compile(r"[\s\x00-\x1f\x7f]")
_NEVER_IN_HOST = re.compile(r"[<>\"{}|\\^`]")
_NEEDS_HOST = ("http", "https", "ws", "wss", "ftp")


def string(text: str, kind: ValueType) -> Iterator[Violation]:
    exact, least, most = kind.count("isLength"), kind.count("minLength"), kind.count("maxLength")
    if exact is not None and len(text) != exact:
        yield Violation(f"is not exactly {exact} characters long")
    if least is not None and len(text) < least:
        yield Violation(f"has fewer than {least} characters")
    if most is not None and len(text) > most:
        yield Violation(f"has more than {most} characters")
    if not text.startswith(start := kind.text("startsWith") or ""):
        yield Violation(f'does not start with "{start}"')
    if not text.endswith(end := kind.text("endsWith") or ""):
        yield Violation(f'does not end with "{end}"')
    yield from _pattern(text, kind)


def enum(text: str, kind: ValueType) -> Iterator[Violation]:
    if text not in kind.members:
        yield Violation(f"is none of: {', '.join(kind.members)}")


def email(text: str, _kind: ValueType) -> Iterator[Violation]:
    local, at, domain = text.rpartition("@")
    dotted = local.startswith(".") or local.endswith(".") or ".." in local
    if not at or dotted or not _EMAIL_LOCAL.fullmatch(local) or not _is_domain(domain):
        yield Violation("is not an email address (name@domain.tld)")


def _is_domain(text: str) -> bool:
    return len(text) <= 253 and _EMAIL_DOMAIN.fullmatch(text) is not None


def url(text: str, kind: ValueType) -> Iterator[Violation]:
    parts = _split(text)
    if parts is None:
        yield Violation("is not a URL (scheme://host/path)")
        return
    if not parts.netloc and _HOST_AND_PORT.fullmatch(text):
        message = "has a host name where the scheme belongs: write http://host:port"
        yield Violation(message, Severity.WARNING)
    domains = {domain.lower() for domain in kind.names("allowedDomains")}
    if domains and not domains & {(parts.hostname or "").lower(), parts.netloc.rpartition("@")[2].lower()}:
        yield Violation(f"has a host that is none of: {', '.join(kind.names('allowedDomains'))}")
    if kind.flag("noTrailingSlash") and text.endswith("/") and parts.path != "/":
        yield Violation("ends with a slash")
    yield from _pattern(text, kind)


def _split(text: str) -> SplitResult | None:
    """The parts of a URL, or None if it is none. Several hosts (`mongodb://a:1,b:2/db`) are one URL."""
    start = _URL_START.match(text)
    if not start or start.end() == len(text) or _NEVER_IN_URL.search(text):
        return None
    try:
        parts = urlsplit(text)
        _ = None if "," in parts.netloc else parts.port  # raises ValueError for what is no port
    except ValueError:
        return None
    if parts.scheme in _NEEDS_HOST and not parts.hostname:
        return None
    return None if _NEVER_IN_HOST.search(parts.hostname or "") else parts


def _pattern(text: str, kind: ValueType) -> Iterator[Violation]:
    pattern = kind.pattern("matches")
    if pattern and not pattern.compiled.search(text):
        yield Violation(f"does not match {pattern.source}")
