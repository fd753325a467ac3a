"""Takes out what looks like a secret, although nobody has declared it one. Pure.

The redactor knows the values of this project. A log may hold others: a header, a token that the service was given
while it ran, a line of somebody else's configuration. Here too much is better than too little.
"""

from __future__ import annotations

import re
from typing import Any

from seatrial.env.known import is_secret
from seatrial.env.secret import REDACTED
from seatrial.env.secret_shapes import without_shapes

_HEADER = re.compile(
    r"(?P<before>\b(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,60}(?:key|token|secret|auth)[\w-]{0,60})['\"]?\s*[:=]\s*)[^\r\n]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)(?=[\w.~+/-]*[\d=])[\w.~+/=-]{6,}", re.IGNORECASE)
_VALUE = re.compile(r"\"[^\"\r\n]*\"?|'[^'\r\n]*'?|[^\s,;&\"']+")
# NAME=value, NAME: value, "name": "value"; and --name value.
_NAME = re.compile(r"(?<![\w.-])(?:(?P<name>[\w.-]+)[\"']?\s*[=:]\s*|(?P<flag>--?[\w.-]+)\s+)")


def scrubbed(value: Any) -> Any:
    """Every text in a value of JSON, by itself; behind an argument such as `--password` the next one too."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: _under(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        flags = [isinstance(one, str) and one.startswith("-") and is_secret(one, None) for one in value]
        return [REDACTED if place and flags[place - 1] else scrubbed(one) for place, one in enumerate(value)]
    return value


def text(told: str) -> str:
    told = without_shapes(told)
    for pattern in (_HEADER, _BEARER):
        told = pattern.sub(rf"\g<before>{REDACTED}", told)
    return _without_named(told)


def _without_named(told: str) -> str:
    """The value of a harmless name may be a name itself: `error: password=...`."""
    pieces: list[str] = []
    kept_to = 0
    for found in _NAME.finditer(told):
        if found.start() < kept_to or not is_secret(found["name"] or found["flag"], None):
            continue
        if value := _VALUE.match(told, found.end()):
            pieces += (told[kept_to : found.end()], REDACTED)
            kept_to = value.end()
    return "".join((*pieces, told[kept_to:]))


def _under(key: str, value: Any) -> Any:
    return REDACTED if isinstance(value, str) and value and is_secret(key, None) else scrubbed(value)
