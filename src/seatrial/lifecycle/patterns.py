"""Docker's patterns, as `.dockerignore` and `develop.watch` use them: Go's, with `**` and `!`. Pure.

Written after moby/patternmatcher 0.6 (`MatchesUsingParentResults`, with which the builder walks a context) and held
against real builds (tests/e2e/test_dockerignore.py). docs/watch.md tells why no library does it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = re.compile(r"[*?\[\]\\]")
# In every folder; a class may match a slash, so it does not count as a name.
_NAME = re.compile(r"\*\*/((?:(?!\*\*)[^/\[\\])+)")


class Below(NamedTuple):
    """What is known of everything in a folder.

    Attributes:
        out: whether the folder itself is taken out.
        settled: whether all that is below it has the same fate.
        matched: one bit for each run of patterns that matched the folder or one above; they go on matching.
        near: one bit for each run with a path pattern that may match further down.
    """

    out: bool
    settled: bool
    matched: int
    near: int


@dataclass(frozen=True, slots=True)
class Run:
    """Patterns that follow each other with the same sign.

    Attributes:
        takes_out: False for those with a `!`.
        names: what matches a name in any folder (`**/NAME`), as one expression.
        paths: what matches whole paths.
        heads: for each of `paths`, its parts one by one, and whether the last one stands for any number of parts.
    """

    takes_out: bool
    names: re.Pattern[str] | None
    paths: re.Pattern[str] | None
    heads: tuple[tuple[tuple[re.Pattern[str], ...], bool], ...]

    def matches(self, path: str, name: str) -> bool:
        return bool((self.names and self.names.fullmatch(name)) or (self.paths and self.paths.fullmatch(path)))

    def reaches(self, parts: list[str]) -> bool:
        """Whether one of the path patterns may match something below the folder."""
        return any(
            all(head.fullmatch(part) for head, part in zip(heads, parts, strict=False))
            and (endless or len(parts) < len(heads))
            for heads, endless in self.heads
        )


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns in their order; the last one that matches a path or a folder above it decides.

    Paths are relative to where the patterns count from, with `/`. A folder is looked at once; what is found is handed
    to what is in it: `top()`, `folder(…)` for each folder on the way down, `out(…)` for a file.
    """

    runs: tuple[Run, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def top(self) -> Below:
        return self._below(False, 0, [])

    def folder(self, path: str, name: str, above: Below) -> Below:
        """What is known of a folder, from what is known of the one that it is in."""
        if above.settled:
            return above
        out, matched = False, 0
        for place, run in enumerate(self.runs):
            bit = 1 << place
            # As the builder does it: a pattern that would change nothing is not asked, and so hands nothing down.
            if above.matched & bit or (run.takes_out != out and run.matches(path, name)):
                matched |= bit
                out = run.takes_out
        return self._below(out, matched, path.split("/"))

    def out(self, path: str, name: str, above: Below) -> bool:
        """Whether a path is taken out, itself or by a folder above it."""
        if above.settled:
            return above.out
        out = False
        for place, run in enumerate(self.runs):
            bit = 1 << place
            if above.matched & bit or (
                run.takes_out != out
                and (
                    (run.names is not None and run.names.fullmatch(name) is not None)
                    or (above.near & bit and run.paths is not None and run.paths.fullmatch(path) is not None)
                )
            ):
                out = run.takes_out
        return out

    def takes_out(self, path: str) -> bool:
        """The same for a path of which nothing is known yet."""
        above, (folder, _, name) = self.top(), path.rpartition("/")
        return self.out(path, name, self.walk(folder, above) if folder else above)

    def walk(self, folder: str, above: Below) -> Below:
        """What is known of a folder, from what is known of the root."""
        path = ""
        for name in folder.split("/"):
            path = f"{path}/{name}" if path else name
            above = self.folder(path, name, above)
        return above

    def _below(self, out: bool, matched: int, parts: list[str]) -> Below:
        near, settled, last = 0, True, matched.bit_length()
        for place, run in enumerate(self.runs):
            if matched & (1 << place):
                continue
            reaches = run.reaches(parts)
            near |= reaches << place
            # Only what comes after the last run that matched can still change a fate.
            if place >= last and run.takes_out != out and (reaches or run.names):
                settled = False
        return Below(out, settled, matched, near)


NO_PATTERNS = Patterns()


def patterns(texts: Iterable[str]) -> Patterns:
    """Read patterns, one a text. One that the builder refuses (`refused`) matches nothing."""
    signed = [_signed(text) for text in texts if not refused(text)]
    kept = [(takes_out, pattern) for takes_out, pattern in signed if pattern]
    runs = groupby(kept, key=lambda one: one[0])
    return Patterns(tuple(_run(takes_out, [pattern for _, pattern in run]) for takes_out, run in runs))


def refused(text: str) -> str:
    """Why the builder refuses a pattern; "" for a good one."""
    if text.strip() == "!":
        return "there is nothing behind the `!`"
    try:
        re.compile(_expression(_signed(text)[1]))
    except (_Malformed, re.error) as error:
        return str(error)
    return ""


class _Malformed(ValueError):
    pass


def _signed(text: str) -> tuple[bool, str]:
    text = text.strip()
    return not text.startswith("!"), _clean(text.removeprefix("!").strip())


def _clean(pattern: str) -> str:
    """As Go's `filepath.Clean`, without a slash in front."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", ".", "..") or (part == ".." and not pattern.startswith("/")):
            parts.append(part)
    return "/".join(parts)


def _run(takes_out: bool, cleaned: list[str]) -> Run:
    names = [match[1] for pattern in cleaned if (match := _NAME.fullmatch(pattern))]
    paths = [pattern for pattern in cleaned if not _NAME.fullmatch(pattern)]
    return Run(takes_out, _any(names), _any(paths), tuple(_heads(path) for path in paths))


def _any(texts: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(_expression(text) for text in texts), re.DOTALL) if texts else None


def _heads(pattern: str) -> tuple[tuple[re.Pattern[str], ...], bool]:
    heads: list[re.Pattern[str]] = []
    for part in pattern.split("/"):
        if "**" in part or "[" in part or "\\" in part:
            return tuple(heads), True
        heads.append(re.compile(_expression(part), re.DOTALL))
    return tuple(heads), False


def _expression(pattern: str) -> str:
    if pattern.startswith("**") and not pattern.startswith("**/") and not _SPECIAL.search(pattern[2:]):
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
        raise _Malformed(
            "a `[` that is not closed, or holds nothing" if char != "-" else "a `-` that stands for no range"
        )
    return (_escaped(pattern, position + 1), position + 2) if char == "\\" else (char, position + 1)


def _escaped(pattern: str, position: int) -> str:
    if position >= len(pattern):
        raise _Malformed("a `\\` with nothing behind it")
    return pattern[position]
