"""How the findings of doctor are shown: a line for each, and for what is wrong why, and what to do."""

from __future__ import annotations

import shlex
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Status
from seatrial.doctor.fixing.remedy import changed, diff
from seatrial.errors import DONE
from seatrial.report import terminal
from seatrial.report.drill_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from seatrial.doctor.finding import Finding
    from seatrial.doctor.fixing.carry_out import Files, Outcome

FAILED = 1
JSON_VERSION = 1
_STATUS, _CHECK = 8, 18
_INDENT = "    "
# As people read it who have the usual terminal; a pipe gets it as well, for it is prose.
_WIDTH = 80
_COLOURS = {Status.OK: 32, Status.WARNING: 33, Status.FAILURE: 31, Status.SKIPPED: 90}


class Teller:
    """Shows findings as they come; what is skipped one after the other for one reason is told in one go."""

    def __init__(self) -> None:
        self._skipped: list[Finding] = []

    def tell(self, found: Finding) -> None:
        if self._skipped and (found.status, found.found) != (self._skipped[0].status, self._skipped[0].found):
            self.end()
        if found.status is Status.SKIPPED:
            self._skipped.append(found)
        else:
            _show(lines(found, _width(), colour=terminal.wants_colour()))

    def end(self) -> None:
        if len(self._skipped) == 1:
            _show(lines(self._skipped[0], _width(), colour=terminal.wants_colour()))
        elif self._skipped:
            names = ", ".join(one.check for one in self._skipped)
            first = replace(self._skipped[0], check=f"{len(self._skipped)} checks", notes=(names,))
            _show(lines(first, _width(), colour=terminal.wants_colour()))
        self._skipped = []


def _show(text: Iterable[str]) -> None:
    for line in text:
        terminal.show(line)


def _width() -> int:
    return terminal.width() or _WIDTH


def lines(found: Finding, width: int, *, colour: bool = False) -> Iterator[str]:
    """Pure."""
    status = f"{found.status:<{_STATUS}}"
    if colour:
        status = f"\x1b[{_COLOURS[found.status]}m{status}\x1b[0m"
    text = clean(found.found)
    room = max(width - _STATUS - _CHECK, 20)
    first, *rest = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
    yield f"{status}{found.check:<{_CHECK}}{first}"
    yield from (f"{' ' * (_STATUS + _CHECK)}{line}" for line in rest)
    if found.places:
        yield from _wrapped(f"at {', '.join(found.places)}", _INDENT, width)
    for note in found.notes:
        yield from _wrapped(note, _INDENT, width)
    if found.wrong:
        yield from _wrapped(f"why: {found.why}", _INDENT, width)
        head, *others = found.fix.splitlines()
        own = " (--fix does it)" if found.remedy else ""
        yield from _wrapped(f"fix: {head}{own}", _INDENT, width)
        for line in others:
            yield from _wrapped(line, f"{_INDENT}     ", width)


def ending(found: Sequence[Finding], seconds: float) -> int:
    """How often which; 1 when something failed."""
    terminal.talk(f"{counted(found)}, in {seconds:.1f} s")
    return code(found)


def counted(found: Sequence[Finding]) -> str:
    """`1 failure, 2 warnings, 20 ok, 3 skipped`."""
    counts = {status: sum(one.status is status for one in found) for status in Status}
    words = [
        f"{counts[status]} {status}{'s' if counts[status] > 1 else ''}" for status in (Status.FAILURE, Status.WARNING)
        if counts[status]
    ]  # fmt: skip
    return ", ".join([*words, f"{counts[Status.OK]} ok", f"{counts[Status.SKIPPED]} skipped"])


def code(found: Iterable[Finding]) -> int:
    return FAILED if any(one.status is Status.FAILURE for one in found) else DONE


def remedies(found: Iterable[Finding], files: Files, root: Path) -> None:
    """What `--fix` would do: diffs and commands."""
    for one in found:
        if one.remedy is None:
            continue
        terminal.show(f"\n{one.check}: {one.found}")
        for line in patch(one, files, root):
            terminal.show(f"  {line}")
        for command in one.remedy.commands:
            terminal.show(f"  $ {shlex.join(command)}")


def patch(found: Finding, files: Files, root: Path) -> Iterator[str]:
    """The diffs of a finding's remedy."""
    changes = found.remedy.changes if found.remedy else ()
    for file in dict.fromkeys(change.file for change in changes):
        try:
            before = files.text(file) or ""
        except (OSError, UnicodeDecodeError) as error:
            yield f"{file} cannot be read as text: {error}"
            continue
        own = [change for change in changes if change.file == file]
        name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
        yield from diff(name, before, changed(before, own))


def outcomes(done: Iterable[Outcome], still: Iterable[Finding]) -> int:
    """What was carried out, and whether the checks agree; 1 when something was not, or is as it was."""
    bad = False
    wrong = {one.check: one for one in still if one.wrong}
    for outcome in done:
        if outcome.trouble:
            bad = True
            terminal.talk(f"{outcome.check}: not fixed: {outcome.trouble}")
        elif outcome.check in wrong and wrong[outcome.check].remedy is None:
            terminal.talk(f"{outcome.check}: fixed in part; the rest by hand: {wrong[outcome.check].found}")
        elif outcome.check in wrong:
            bad = True
            terminal.talk(f"{outcome.check}: changed, and still not as it should be: run doctor again")
        else:
            terminal.talk(f"{outcome.check}: fixed")
    return FAILED if bad else DONE


def as_json(found: Sequence[Finding], done: Sequence[Outcome], files: Files, root: Path) -> dict[str, Any]:
    """`fixes`: what was carried out with `--fix`; the findings are those of afterwards."""
    return {
        "version": JSON_VERSION,
        "findings": [
            {
                "check": one.check,
                "status": one.status.value,
                "found": one.found,
                "why": one.why,
                "fix": one.fix,
                "services": list(one.services),
                "places": list(one.places),
                "notes": list(one.notes),
                "fixable": one.remedy is not None,
                "diff": list(patch(one, files, root)),
                "commands": [list(command) for command in one.remedy.commands] if one.remedy else [],
                "seconds": one.seconds,
            }
            for one in found
        ],
        "counts": {status.value: sum(one.status is status for one in found) for status in Status},
        "fixes": [{"check": one.check, "done": not one.trouble, "trouble": one.trouble} for one in done],
    }


def _wrapped(text: str, indent: str, width: int) -> Iterator[str]:
    more = f"{indent}     "
    yield from textwrap.wrap(clean(text), width, initial_indent=indent, subsequent_indent=more, break_on_hyphens=False,
                             break_long_words=False)  # fmt: skip
