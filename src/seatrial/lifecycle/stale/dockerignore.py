"""`.dockerignore` as BuildKit reads it (moby/patternmatcher): Go's patterns, `**`, `!`; the last match counts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Ignored:
    """What a file of patterns takes out of a context.

    Attributes:
        rules: patterns in their order, each with whether it takes out (True) or back in (False).
    """

    rules: tuple[tuple[re.Pattern[str], bool], ...] = ()

    def file(self, path: str) -> bool:
        """Whether the path (with `/`, from the context's root) is taken out, itself or by a folder above it."""
        parts = path.split("/")
        paths = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        out = False
        for pattern, takes_out in self.rules:
            if out != takes_out and any(pattern.fullmatch(one) for one in paths):
                out = takes_out
        return out

    def folder(self, path: str) -> bool:
        """Whether nothing below the folder can be in the context."""
        return self.file(path) and all(takes_out for _, takes_out in self.rules)


def ignored(text: str) -> Ignored:
    """Read the file. A pattern that cannot be understood takes out nothing: the builder will say so."""
    return Ignored(tuple(_rules(text.removeprefix("\ufeff").splitlines())))


def _rules(lines: Iterable[str]) -> Iterable[tuple[re.Pattern[str], bool]]:
    for line in lines:
        pattern = line.strip()
        if not pattern or line.startswith("#"):
            continue
        takes_out = not pattern.startswith("!")
        pattern = _clean(pattern.removeprefix("!").strip())
        try:
            yield re.compile(_expression(pattern)), takes_out
        except re.error:
            continue


def _clean(pattern: str) -> str:
    """As Go's `filepath.Clean`, without a slash in front."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def _expression(pattern: str) -> str:
    found = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*" and pattern[position : position + 1] == "*":
            position += 1
            if pattern[position : position + 1] == "/":
                position += 1
            found.append("(?:.*)" if position >= len(pattern) else "(?:.*/)?")
        elif char == "*":
            found.append("[^/]*")
        elif char == "?":
            found.append("[^/]")
        elif char == "\\" and position < len(pattern):
            found.append(re.escape(pattern[position]))
            position += 1
        elif char in "[]":
            found.append(char)
        elif char == "^" and found and found[-1] == "[":
            found.append("^")
        elif char == "-":
            found.append("-")
        else:
            found.append(re.escape(char))
    return "".join(found)
