"""Docker's patterns, as `.dockerignore` and `develop.watch` use them: Go's, with `**` and `!`. Pure.

Written after moby/patternmatcher 0.6 (`MatchesUsingParentResults`, with which the builder walks a context) and held
against real builds (tests/e2e/test_up_stale.py). docs/watch.md tells why no library does it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from seatrial.lifecycle.pattern_expressions import SPECIAL, Malformed, expression

if TYPE_CHECKING:
    from collections.abc import Iterable

# In every folder; a class may match a slash, so it does not count as a name.
_NAME = re.compile(r"\*\*/((?:(?!\*\*)[^/\[\\])+)")


class Head(NamedTuple):
    """The way to what a path pattern matches: its first parts, one by one.

    Attributes:
        parts: an expression for each.
        endless: whether any number of folders may follow (`**`); else the last part is what matches.
    """

    parts: tuple[re.Pattern[str], ...]
    endless: bool


class Below(NamedTuple):
    """What is known of everything in a folder.

    Attributes:
        out: whether the folder itself is taken out.
        settled: whether all that is below it has the same fate.
        depth: how many folders down it is.
        matched: one bit for each run of patterns that matched the folder or one above; they go on matching.
        near: for each run, the path patterns that may match further down.
        live: what may change a fate yet, in its order: the sign, what matches a name, what matches a path.
    """

    out: bool
    settled: bool
    depth: int
    matched: int
    near: tuple[tuple[Head, ...], ...]
    live: tuple[tuple[bool, frozenset[str], tuple[str, ...], re.Pattern[str] | None, re.Pattern[str] | None], ...]

    def takes_out(self, path: str, name: str) -> bool:
        """Whether a path in the folder is taken out, itself or by a folder above it."""
        out = self.out
        for takes_out, words, ends, names, paths in self.live:
            if takes_out != out and (
                name in words
                or name.endswith(ends)
                or (names is not None and names.fullmatch(name))
                or (paths is not None and paths.fullmatch(path))
            ):
                out = takes_out
        return out


@dataclass(frozen=True, slots=True)
class Run:
    """Patterns that follow each other with the same sign.

    `words`, `ends` and `names` match a name in any folder (`**/NAME`, `**/*.END`, others with `**/`), `paths` whole
    paths from the root; `whole` says that one of them matches everything.
    """

    takes_out: bool
    words: frozenset[str]
    ends: tuple[str, ...]
    names: re.Pattern[str] | None
    paths: re.Pattern[str] | None
    heads: tuple[Head, ...]
    whole: bool

    @property
    def everywhere(self) -> bool:
        """Whether it may match in any folder."""
        return bool(self.words or self.ends or self.names)

    def matches(self, path: str, name: str, *, near: bool) -> bool:
        return (
            name in self.words
            or name.endswith(self.ends)
            or (self.names is not None and self.names.fullmatch(name) is not None)
            or (near and self.paths is not None and self.paths.fullmatch(path) is not None)
        )


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns in their order; the last one that matches a path or a folder above it decides.

    Paths are relative to where the patterns count from, with `/`. A folder is looked at once; what is found is handed
    to what is in it: `top()`, `folder(…)` for each folder on the way down, `Below.takes_out(…)` for a file.

    Attributes:
        texts: the patterns as they are written, to be shown.
    """

    runs: tuple[Run, ...] = ()
    texts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def top(self) -> Below:
        """What is known of all there is. It counts as taken out where the first patterns take all of it."""
        out = bool(self.runs) and self.runs[0].takes_out and self.runs[0].whole
        return self._below(out, int(out), 0, tuple(run.heads for run in self.runs))

    def folder(self, path: str, name: str, above: Below) -> Below:
        """What is known of a folder, from what is known of the one that it is in."""
        if above.settled:
            return above
        out, matched, bit = False, 0, 1
        for run, heads in zip(self.runs, above.near, strict=True):
            # As the builder does it: a pattern that would change nothing is not asked, and so hands nothing down.
            if above.matched & bit or (run.takes_out != out and run.matches(path, name, near=bool(heads))):
                matched |= bit
                out = run.takes_out
            bit <<= 1
        depth = above.depth + 1
        near = tuple(
            tuple(head for head in heads if _goes_on(head, depth, name)) if heads else () for heads in above.near
        )
        return self._below(out, matched, depth, near)

    def takes_out(self, path: str) -> bool:
        """The same for a path of which nothing is known yet."""
        above, (folder, _, name) = self.top(), path.rpartition("/")
        return (self.walk(folder, above) if folder else above).takes_out(path, name)

    def walk(self, folder: str, above: Below) -> Below:
        """What is known of a folder, from what is known of the root."""
        path = ""
        for name in folder.split("/"):
            path = f"{path}/{name}" if path else name
            above = self.folder(path, name, above)
        return above

    def _below(self, out: bool, matched: int, depth: int, near: tuple[tuple[Head, ...], ...]) -> Below:
        # Only what comes after the last run that matched can still change a fate.
        last = matched.bit_length()
        live = tuple(
            (run.takes_out, run.words, run.ends, run.names, run.paths if heads else None)
            for run, heads in zip(self.runs[last:], near[last:], strict=True)
            if heads or run.everywhere
        )
        settled = all(takes_out == out for takes_out, *_ in live)
        return Below(out, settled, depth, matched, near, () if settled else live)


def _goes_on(head: Head, depth: int, name: str) -> bool:
    """Whether what led to the folder above leads on through this one."""
    if depth > len(head.parts):
        return head.endless
    return head.parts[depth - 1].fullmatch(name) is not None and (head.endless or depth < len(head.parts))


NO_PATTERNS = Patterns()


def patterns(texts: Iterable[str]) -> Patterns:
    """Read patterns, one a text. One that the builder refuses (`refused`) matches nothing."""
    kept = [text.strip() for text in texts if not refused(text) and _signed(text)[1]]
    runs = groupby(map(_signed, kept), key=lambda one: one[0])
    made = tuple(_run([pattern for _, pattern in run], takes_out=takes_out) for takes_out, run in runs)
    return Patterns(made, tuple(kept))


def refused(text: str) -> str:
    """Why the builder refuses a pattern; "" for a good one."""
    if text.strip() == "!":
        return "there is nothing behind the `!`"
    try:
        re.compile(expression(_signed(text)[1]))
    except (Malformed, re.error) as error:
        return str(error)
    return ""


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


def _run(cleaned: list[str], *, takes_out: bool) -> Run:
    names = [match[1] for pattern in cleaned if (match := _NAME.fullmatch(pattern))]
    paths = [pattern for pattern in cleaned if not _NAME.fullmatch(pattern)]
    words = [name for name in names if not SPECIAL.search(name)]
    ends = [name[1:] for name in names if name.startswith("*") and not SPECIAL.search(name[1:])]
    others = [name for name in names if name not in words and name[1:] not in ends]
    return Run(
        takes_out,
        frozenset(words),
        tuple(ends),
        _any(others),
        _any(paths),
        tuple(map(_head, paths)),
        not {"*", "**"}.isdisjoint(paths),
    )


def _any(texts: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(expression(text) for text in texts), re.DOTALL) if texts else None


def _head(pattern: str) -> Head:
    parts: list[re.Pattern[str]] = []
    for part in pattern.split("/"):
        if "**" in part or "[" in part or "\\" in part:
            return Head(tuple(parts), endless=True)
        parts.append(re.compile(expression(part), re.DOTALL))
    return Head(tuple(parts), endless=False)
