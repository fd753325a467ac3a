"""Compose's warnings, which it writes to standard error beside its answer. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = r'level=warning msg="((?:[^"\\]|\\.)*)"'
_UNSET = r'The "([^"]*)" variable is not set'
_ESCAPED = r'\\(["\\])'


def warnings(stderr: str) -> tuple[str, ...]:
    """Return the text of each warning, once."""
    return tuple(dict.fromkeys(re.sub(_ESCAPED, r"\1", text) for text in re.findall(_LINE, stderr)))


def unset(warned: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that stand for nothing, by the warnings."""
    return tuple(dict.fromkeys(name for text in warned for name in re.findall(_UNSET, text)))
