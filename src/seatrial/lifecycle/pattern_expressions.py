"""One of Docker's patterns as a regular expression, read as Go's `filepath.Match` reads it, with `**`. Pure."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"[*?\[\]\\]")


class Malformed(ValueError):
    """The builder refuses the pattern."""


def expression(pattern: str) -> str:
    """What matches just the paths that the pattern does. Raises `Malformed`."""
    if pattern.startswith("**") and not pattern.startswith("**/") and not SPECIAL.search(pattern[2:]):
        return f".*{re.escape(pattern[2:])}"
    found = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*" and pattern[position : position + 1] == "*":
            position += 1
            if pattern[position : position + 1] == "/":
                position += 1
            found.append(".*" if position >= len(pattern) else "(?:.*/)?")
        elif char == "*":
            found.append("[^/]*")
        elif char == "?":
            found.append("[^/]")
        elif char == "\\":
            found.append(re.escape(_escaped(pattern, position)))
            position += 1
        elif char == "[":
            text, position = _class(pattern, position)
            found.append(text)
        else:
            found.append(re.escape(char))
    return "".join(found)


def _class(pattern: str, position: int) -> tuple[str, int]:
    """The expression of a `[…]`, read from behind its bracket, and where it ends. As Go's `filepath.Match` reads it."""
    negated = pattern[position : position + 1] == "^"
    position += negated
    ranges: list[str] = []
    while pattern[position : position + 1] != "]" or not ranges:
        first, position = _in_class(pattern, position)
        if pattern[position : position + 1] == "-":
            last, position = _in_class(pattern, position + 1)
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
        else:
            ranges.append(re.escape(first))
    return f"[{'^' * negated}{''.join(ranges)}]", position + 1


def _in_class(pattern: str, position: int) -> tuple[str, int]:
    char = pattern[position : position + 1]
    if char in ("", "-", "]"):
        raise Malformed(
            "a `[` that is not closed, or holds nothing" if char != "-" else "a `-` that stands for no range"
        )
    return (_escaped(pattern, position + 1), position + 2) if char == "\\" else (char, position + 1)


def _escaped(pattern: str, position: int) -> str:
    if position >= len(pattern):
        raise Malformed("a `\\` with nothing behind it")
    return pattern[position]
