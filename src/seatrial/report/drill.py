"""How verdicts are shown: a table by service, a block for each that is no PASS; and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.drill.verdict import Grade
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from seatrial.drill.drill import Drill
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict
    from seatrial.stack import Stack

JSON_VERSION = 2
COLUMNS = ("service", "drill", "verdict", "cause", "found")
OVERVIEW = ("service", "stop", "used/grace", "exit", "in flight ok/lost", "restart", "ready", "image", "user", "cause")
_CODES = {Grade.ERROR: 1, Grade.FAIL: 1, Grade.INCONCLUSIVE: 3}
_UNRESTORED = 1


def report(stack: Stack, found: Report, journal: Path, *, as_json: bool) -> int:
    """A whole run. What could not be put back comes first: it is the one thing that cannot wait."""
    code = _UNRESTORED if found.unrestored else exit_code(found.verdicts)
    if as_json:
        terminal.show_json(
            {
                "version": JSON_VERSION,
                "project": stack.name,
                "unrestored": list(found.unrestored),
                "seconds": round(found.seconds, 1),
                "journal": str(journal),
                "verdicts": [verdict_json(verdict) for verdict in found.verdicts],
            }
        )
        return code
    for line in found.unrestored:
        terminal.show(f"NOT AS BEFORE: {line}")
    if found.unrestored:
        terminal.show("  fix: seatrial up\n")
    if not found.verdicts:
        terminal.talk(f"project {stack.name} has no active service")
        return code
    terminal.show_table(OVERVIEW, [_row(name, found.verdicts) for name in _services(found.verdicts)])
    _blocks(found.verdicts)
    terminal.show(f"{_counts(found.verdicts)} in {found.seconds:.0f} s; recorded in {journal}")
    return code


def verdicts(found: Sequence[Verdict], *, as_json: bool) -> int:
    """Verdicts by themselves; 1 when one failed, 3 when one could not be judged and none failed."""
    if as_json:
        terminal.show_json({"version": JSON_VERSION, "verdicts": [verdict_json(verdict) for verdict in found]})
        return exit_code(found)
    rows = [(_place(v), v.drill, v.grade, v.cause.id if v.cause else "-", v.summary) for v in found]
    terminal.show_table(COLUMNS, rows)
    _blocks(found)
    terminal.show(_counts(found))
    return exit_code(found)


def exit_code(found: Sequence[Verdict]) -> int:
    """What the worst verdict means for a script."""
    worst = min((list(Grade).index(v.grade) for v in found), default=None)
    return DONE if worst is None else _CODES.get(list(Grade)[worst], DONE)


def plan(services: Sequence[str], drills: Sequence[Drill]) -> int:
    """What would be done, by service."""
    for name in services:
        for drill in drills:
            terminal.show(f"{name}: {drill.name}: {'acts' if drill.acts else 'looks'}: {drill.summary}")
    return DONE


def drills(known: Sequence[Drill], *, as_json: bool) -> int:
    if as_json:
        told = [
            {
                "drill": drill.name,
                "summary": drill.summary,
                "acts": drill.acts,
                "default": drill.default,
                "scope": drill.scope.value,
                "asks": drill.asks,
            }
            for drill in known
        ]
        terminal.show_json({"version": JSON_VERSION, "drills": told})
    else:
        rows = [
            (d.name, d.scope, "acts" if d.acts else "looks", "yes" if d.default else "--deep", d.summary) for d in known
        ]
        terminal.show_table(("drill", "of a", "how", "by default", "proves that"), rows)
    return DONE


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """One verdict; docs/json.md tells the keys."""
    return {
        "service": verdict.service,
        "dependency": verdict.dependency or None,
        "drill": verdict.drill,
        "verdict": verdict.grade.value,
        "summary": verdict.summary,
        "cause": verdict.cause.id if verdict.cause else None,
        "confidence": verdict.cause.confidence.value if verdict.cause else None,
        "evidence": list(verdict.cause.evidence) if verdict.cause else [],
        "fix": verdict.cause.fix if verdict.cause else None,
        "notes": list(verdict.notes),
        "figures": dict(verdict.figures),
    }


def _services(found: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(verdict.service for verdict in found if verdict.service))


def _row(service: str, found: Sequence[Verdict]) -> tuple[str, ...]:
    own = {verdict.drill: verdict for verdict in found if verdict.service == service and not verdict.dependency}
    figures: dict[str, float] = {}
    for verdict in own.values():
        figures |= verdict.figures
    worst = sorted((v for v in found if v.service == service and v.cause), key=lambda v: list(Grade).index(v.grade))
    return (
        service,
        _grade(own, "graceful-stop", "stop-config"),
        f"{figures['used_s']:.2f}/{figures['grace_s']:g} s" if "used_s" in figures else "-",
        f"{figures['exit_code']:.0f}" if "exit_code" in figures else "-",
        _flight(figures),
        _grade(own, "crash-restart", "restart-config"),
        f"{figures['ready_s']:.1f} s" if "ready_s" in figures else _ready_again(figures),
        f"{figures['image_bytes'] / 1e6:.0f} MB" if "image_bytes" in figures else "-",
        f"{figures['uid']:.0f}" if "uid" in figures else "-",
        worst[0].cause.id if worst and worst[0].cause else "-",
    )


def _grade(own: Mapping[str, Verdict], acting: str, looking: str) -> str:
    """By what was tried out, else by what was read."""
    if acting in own:
        return own[acting].grade
    return f"{own[looking].grade} (config)" if looking in own else "-"


def _flight(figures: Mapping[str, float]) -> str:
    if "in_flight" not in figures:
        return "-"
    lost = figures["in_flight_lost"]
    return f"{figures['in_flight'] - lost:.0f}/{lost:.0f}"


def _ready_again(figures: Mapping[str, float]) -> str:
    return f"{figures['ready_again_s']:.1f} s" if "ready_again_s" in figures else "-"


def _place(verdict: Verdict) -> str:
    return f"{verdict.service} > {verdict.dependency}" if verdict.dependency else verdict.service or "(stack)"


def _counts(found: Sequence[Verdict]) -> str:
    return ", ".join(f"{n} {grade}" for grade in Grade if (n := sum(v.grade is grade for v in found)))


def _blocks(found: Sequence[Verdict]) -> None:
    for verdict in found:
        if verdict.grade not in (Grade.PASS, Grade.SKIP) or verdict.notes:
            for line in _block(verdict):
                terminal.show(line)
    terminal.show("")


def _block(verdict: Verdict) -> Iterator[str]:
    yield f"\n{_place(verdict)}, {verdict.drill}: {verdict.grade}: {verdict.summary}"
    if verdict.cause:
        yield f"  cause: {verdict.cause.id} ({verdict.cause.confidence})"
        yield from (f"    {line}" for line in verdict.cause.evidence)
        yield f"  fix: {verdict.cause.fix}"
    yield from (f"  also {note}" for note in verdict.notes)
