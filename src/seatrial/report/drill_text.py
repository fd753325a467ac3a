"""The words in which verdicts are told: blocks, skipped drills, counts. Pure."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from seatrial.drill.drill import Scope
from seatrial.drill.verdict import Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.drill.drill import Drill
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict

STACK = "(stack)"
# Evidence quotes logs, and those may hold anything: nothing of it drives the terminal.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_OF = {Scope.SERVICE: "", Scope.EDGE: "for each depends_on: ", Scope.STACK: ""}
_SILENT = (Grade.PASS, Grade.SKIP)


def place(verdict: Verdict) -> str:
    """Where it was: `web`, `web > db`, `(stack)`."""
    return f"{verdict.service} > {verdict.dependency}" if verdict.dependency else verdict.service or STACK


def figure(value: float) -> str:
    """Whole numbers without a point: bytes and counts are among the figures."""
    return str(int(value)) if float(value).is_integer() else str(value)


def block(verdict: Verdict) -> Iterator[str]:
    """All of a verdict, for a person: what was found, why, what was seen, what to change."""
    yield f"{place(verdict)}, {verdict.drill}: {verdict.grade}: {verdict.summary}"
    yield from _reasons(verdict)


def blocks(found: Sequence[Verdict]) -> Iterator[str]:
    """A block for everything that a reader has to know of, the worst first, with an empty line before each.

    What several drills say in the same words is told once: a service that does not run is one thing to do, not twenty.
    """
    told: set[tuple[str, Grade, str]] = set()
    for verdict in sorted(found, key=lambda verdict: list(Grade).index(verdict.grade)):
        if verdict.grade in _SILENT and not verdict.notes:
            continue
        key = (place(verdict), verdict.grade, verdict.summary)
        alike = [v.drill for v in found if _plain(v) and (place(v), v.grade, v.summary) == key]
        if not _plain(verdict) or len(alike) == 1:
            yield from ("", *block(verdict))
        elif key not in told:
            told.add(key)
            yield from ("", f"{key[0]}, {len(alike)} drills: {verdict.grade}: {verdict.summary}")
            yield f"  {', '.join(alike)}"


def skipped(found: Iterable[Verdict]) -> Iterator[str]:
    """What was not done and why: a line for all drills that were not done in the same places for the same reason."""
    places: dict[tuple[str, str], list[str]] = {}
    for verdict in found:
        if verdict.grade is Grade.SKIP:
            places.setdefault((verdict.drill, verdict.summary), []).append(place(verdict))
    drills: dict[tuple[str, str], list[str]] = {}
    for (drill, reason), names in places.items():
        drills.setdefault((", ".join(names), reason), []).append(drill)
    for (names_, reason), together in drills.items():
        yield f"  {', '.join(together)} {names_ if names_ == STACK else f'({names_})'}: {reason}"


def listed(known: Sequence[Drill]) -> Iterator[str]:
    """What there is to choose from: what each proves and does, those first that are safe anywhere."""
    acting = [drill for drill in known if drill.acts]
    yield "These only look: nothing is changed, and nothing is sent. Each proves that:"
    yield from (line for drill in known if not drill.acts for line in _entry(drill))
    yield ""
    yield "These act, and put back what they did; services are away meanwhile. Below each is what it does:"
    yield from (line for drill in acting if drill.default for line in _entry(drill))
    yield ""
    yield "These act too, and are done only with --deep, or --only NAME:"
    yield from (line for drill in acting if not drill.default for line in _entry(drill))
    yield ""
    yield "drill --dry prints what would be done to which service; docs/drills.md tells how each is measured"


def _entry(drill: Drill) -> Iterator[str]:
    yield f"  {drill.name}: {drill.summary}"
    needs = f"; needs {drill.asks}" if drill.asks else ""
    if drill.does:
        yield f"      {_OF[drill.scope]}{drill.does}{needs}"


def counts(found: Sequence[Verdict]) -> str:
    """`2 FAIL, 14 PASS, 1 SKIP`."""
    return ", ".join(f"{n} {grade}" for grade in Grade if (n := sum(v.grade is grade for v in found)))


def longest(found: Iterable[Verdict]) -> str:
    """The drill that took most of the time, when that is worth knowing."""
    slowest = max(found, key=lambda verdict: verdict.seconds or 0.0, default=None)
    if slowest is None or (slowest.seconds or 0.0) < 1:
        return ""
    return f"the longest: {place(slowest)}, {slowest.drill}, {slowest.seconds:.1f} s"


def elsewhere(found: Report) -> Iterator[str]:
    """How it was measured where the engine, or its networks, are elsewhere."""
    if found.apart:
        yield f"the engine is {found.apart}: the networks of its containers cannot be reached from here;"
        yield "  requests went through published ports, and what publishes none was not asked"
    if not found.machine:
        return
    offset_s, error_s = found.clock.offset_ns / 1e9, found.clock.error_ns / 1e9
    order = "ahead of" if offset_s > 0 else "behind"
    clock = f"is {abs(offset_s):.3f} s {order} ours" if offset_s else "and ours agree"
    yield f"the engine is on {found.machine}: its clock {clock}, known to {error_s:.3f} s, and its times are no better;"
    yield "  requests went through ports published there, and what publishes none was not asked"


def clean(text: str) -> str:
    """Without what a terminal would act on."""
    return _CONTROL.sub("", text)


def wrapped(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Clean lines that fit, continued under their beginning; whole without a width."""
    for line in map(clean, lines):
        text = line.lstrip()
        indent = line[: len(line) - len(text)]
        if width is None or len(line) <= width:
            yield line
        else:
            more = f"{indent}  "
            yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=more, break_on_hyphens=False)


def _plain(verdict: Verdict) -> bool:
    return not verdict.cause and not verdict.notes


def _reasons(verdict: Verdict) -> Iterator[str]:
    if verdict.known:
        yield f"  known: {verdict.known}"
    if verdict.cause:
        yield f"  cause: {verdict.cause.id} ({verdict.cause.confidence})"
        yield from (f"    {line}" for text in verdict.cause.evidence for line in text.splitlines())
        first, *rest = verdict.cause.fix.splitlines()
        yield from (f"  fix: {first}", *(f"       {line}" for line in rest))
    yield from (f"  also: {note}" for note in verdict.notes)
