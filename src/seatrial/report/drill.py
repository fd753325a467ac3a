"""Shows runs of drills, verdicts and the list of drills, as text or as JSON, and gives the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.verdict import Grade
from seatrial.errors import DONE
from seatrial.report import drill_json as data
from seatrial.report import drill_text as words
from seatrial.report import terminal
from seatrial.report.comparison import ALONE, Comparison
from seatrial.report.drill_rows import OVERVIEW, overview
from seatrial.report.show import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatrial.drill.drill import Drill
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict
    from seatrial.stack import Stack

COLUMNS = ("service", "drill", "verdict", "cause", "found")
_CODES = {Grade.ERROR: 1, Grade.FAIL: 1, Grade.INCONCLUSIVE: 3}
_UNRESTORED = 1


def report(stack: Stack, found: Report, journal: Path, compared: Comparison = ALONE, *, as_json: bool) -> int:
    """A whole run. What could not be put back comes first: it is the one thing that cannot wait."""
    code = _UNRESTORED if found.unrestored else exit_code(found.verdicts)
    if as_json:
        terminal.show_json(data.report_json(stack.name, found, journal) | compared.data)
        return code
    for line in found.unrestored:
        terminal.show(f"NOT AS BEFORE: {line}")
    if found.unrestored:
        terminal.show("  fix: seatrial up\n")
    if not found.verdicts:
        profiles = (
            f": all are in profiles, enable one with --profile ({', '.join(found.asleep)})" if found.asleep else ""
        )
        terminal.talk(f"project {stack.name} has no active service{profiles}")
        return code
    rows = overview(found.verdicts)
    if rows:
        terminal.show_table(OVERVIEW, rows)
    _details(found.verdicts)
    if compared.lines:
        _paragraph("worse than usual:", *(f"  {line}" for line in compared.lines), "")
    longest = words.longest(found.verdicts)
    _paragraph(
        f"{counted(len(found.verdicts), 'drill')} of {counted(len(rows), 'service')} in {found.seconds:.0f} s"
        f"{f' ({longest})' if longest else ''}: {words.counts(found.verdicts)}",
        f"recorded in {journal}",
        *words.elsewhere(found),
    )
    return code


def cut_short(found: Report, journal: Path, *, as_json: bool) -> None:
    """What had ended in a run that did not get to its end; as JSON, `drill.judge --json` has it."""
    if not as_json:
        terminal.show_table(OVERVIEW, overview(found.verdicts))
        _details(found.verdicts)
    drills = counted(len(found.verdicts), "drill")
    terminal.talk(f"the run did not get to its end; {drills} did: {words.counts(found.verdicts)}")
    terminal.talk(f"recorded in {journal}")


def verdicts(found: Sequence[Verdict], *, as_json: bool) -> int:
    """Verdicts by themselves; 1 when one failed, 3 when one could not be judged and none failed."""
    if as_json:
        terminal.show_json(data.verdicts_json(found))
        return exit_code(found)
    if not found:
        _paragraph("the journal holds no recordings: nothing ran when it was written")
        return exit_code(found)
    rows = [(words.place(v), v.drill, v.grade, v.cause.id if v.cause else "-", words.clean(v.summary)) for v in found]
    terminal.show_table(COLUMNS, rows)
    _details(found)
    _paragraph(words.counts(found))
    return exit_code(found)


def exit_code(found: Sequence[Verdict]) -> int:
    """What the worst verdict means for a script."""
    worst = min((list(Grade).index(v.grade) for v in found), default=None)
    return DONE if worst is None else _CODES.get(list(Grade)[worst], DONE)


def drills(known: Sequence[Drill], *, as_json: bool) -> int:
    if as_json:
        terminal.show_json(data.drills_json(known))
        return DONE
    _paragraph(*words.listed(known))
    return DONE


def _details(found: Sequence[Verdict]) -> None:
    _paragraph(*words.blocks(found))
    skipped = tuple(words.skipped(found))
    if skipped:
        _paragraph("", "skipped:", *skipped)
    terminal.show("")


def _paragraph(*lines: str) -> None:
    for line in words.wrapped(lines, terminal.width()):
        terminal.show(line)
