"""Takes out what looks like a secret, although nobody has declared it one. Pure.

The redactor knows the values of this project. A log may hold others: a header, a token that the service was given
while it ran, a line of somebody else's configuration. Here too much is better than too little.
"""

from __future__ import annotations

import re
from typing import Any

from seatrial.env.secret import REDACTED

_NAME = r"[\w.-]*(?:passw|pwd|secret|token|credential|private|api_?-?key|auth|cookie|session|signature|dsn|salt)[\w.-]*"
_KNOWN = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
    re.compile(r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bxox[a-z]-[\w-]{10,}|\bglpat-[\w-]{16,}|\b\d{6,}:[\w-]{30,}"),
)
_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+@", re.IGNORECASE)
_HEADER = re.compile(
    r"(?P<before>\b(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:key|token|secret|auth)[\w-]*)['\"]?\s*[:=]\s*)[^\r\n]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE)
_VALUE = r"(?P<value>\"[^\"\r\n]*\"?|'[^'\r\n]*'?|[^\s,;&\"']+)"
# NAME=value, NAME: value, "name": "value"; and --name value.
_NAMED = re.compile(rf"(?P<before>(?<![\w.-]){_NAME}[\"']?\s*[=:]\s*){_VALUE}", re.IGNORECASE)
_GIVEN = re.compile(rf"(?P<before>--?{_NAME}\s+){_VALUE}", re.IGNORECASE)
_FLAG = re.compile(rf"--?{_NAME}", re.IGNORECASE)


def scrubbed(value: Any) -> Any:
    """Every text in a value of JSON, by itself; behind an argument such as `--password` the next one too."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: _under(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        flags = [isinstance(one, str) and _FLAG.fullmatch(one) is not None for one in value]
        return [REDACTED if place and flags[place - 1] else scrubbed(one) for place, one in enumerate(value)]
    return value


def text(told: str) -> str:
    for pattern in _KNOWN:
        told = pattern.sub(REDACTED, told)
    told = _IN_URL.sub(rf"\g<before>{REDACTED}@", told)
    for pattern in (_HEADER, _BEARER, _GIVEN, _NAMED):
        told = pattern.sub(rf"\g<before>{REDACTED}", told)
    return told


def _under(key: str, value: Any) -> Any:
    secret = isinstance(value, str) and value and re.fullmatch(_NAME, key, re.IGNORECASE)
    return REDACTED if secret else scrubbed(value)
