"""Compose's warnings, which it writes to standard error beside its answer. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = re.compile(r'level=warning msg="((?:[^"\\]|\\.)*)"')
_UNSET = re.compile(r'The "([^"]*)" variable is not set')
_ESCAPED = re.compile(r'\\(["\\])')


def warnings(stderr: str) -> tuple[str, ...]:
    """Return the text of each warning, once."""
    return tuple(dict.fromkeys(_ESCAPED.sub(r"\1", text) for text in _LINE.findall(stderr)))


def unset(warned: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that stand for nothing, by the warnings."""
    return tuple(dict.fromkeys(name for text in warned for name in _UNSET.findall(text)))
