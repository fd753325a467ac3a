"""How verdicts are shown: a table, then a block for each that is no PASS; and the exit code that goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.drill.verdict import Grade
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.drills import Drill
    from seatrial.drill.verdict import Verdict
    from seatrial.stack import Stack

JSON_VERSION = 1
COLUMNS = ("service", "drill", "verdict", "cause", "found")
_CODES = {Grade.ERROR: 1, Grade.FAIL: 1, Grade.INCONCLUSIVE: 3}


def verdicts(stack: Stack, found: Sequence[Verdict], *, as_json: bool) -> int:
    """Every verdict; 1 when one failed, 3 when one could not be judged and none failed."""
    code = exit_code(found)
    if as_json:
        terminal.show_json(verdicts_json(stack, found))
        return code
    if not found:
        terminal.talk(f"project {stack.name} has no active service")
        return code
    terminal.show_table(
        COLUMNS, [(v.service, v.drill, v.grade, v.cause.id if v.cause else "-", v.summary) for v in found]
    )
    for verdict in found:
        for line in _block(verdict):
            terminal.talk(line)
    counts = ", ".join(f"{n} {grade}" for grade in Grade if (n := sum(v.grade is grade for v in found)))
    terminal.talk(f"\n{counts}")
    return code


def exit_code(found: Sequence[Verdict]) -> int:
    """What the worst verdict means for a script."""
    worst = min((list(Grade).index(v.grade) for v in found), default=None)
    return DONE if worst is None else _CODES.get(list(Grade)[worst], DONE)


def _block(verdict: Verdict) -> Iterator[str]:
    if verdict.cause:
        yield f"\n{verdict.service}, {verdict.drill}: {verdict.grade}: {verdict.summary}"
        yield f"  cause: {verdict.cause.id} ({verdict.cause.confidence})"
        yield from (f"    {line}" for line in verdict.cause.evidence)
        yield f"  fix: {verdict.cause.fix}"
    yield from (f"  also {note}" for note in verdict.notes)


def verdicts_json(stack: Stack, found: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "project": stack.name,
        "verdicts": [
            {
                "service": v.service,
                "drill": v.drill,
                "verdict": v.grade.value,
                "summary": v.summary,
                "cause": v.cause.id if v.cause else None,
                "confidence": v.cause.confidence.value if v.cause else None,
                "evidence": list(v.cause.evidence) if v.cause else [],
                "fix": v.cause.fix if v.cause else None,
                "notes": list(v.notes),
                "figures": dict(v.figures),
            }
            for v in found
        ],
    }


def drills(known: Sequence[Drill], *, as_json: bool) -> int:
    if as_json:
        terminal.show_json(
            {"version": JSON_VERSION, "drills": [{"drill": d.NAME, "summary": d.SUMMARY} for d in known]}
        )
    else:
        terminal.show_table(("drill", "proves that"), [(d.NAME, d.SUMMARY) for d in known])
    return DONE
