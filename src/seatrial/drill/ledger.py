"""The ledger: failures that are known and accepted for now, in the compose file beside what they excuse. Pure.

A known failure is KNOWN and keeps a run green; a known failure that is not there any more turns it red, so that no
entry outlives its reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Scope
from seatrial.drill.service.extension import NO_CAUSE
from seatrial.drill.service.extension.declared import refusal
from seatrial.drill.service.extension.values import Unfit
from seatrial.drill.verdict import Cause, Grade, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.drill.drill import Drill
    from seatrial.drill.service.extension import Gap
    from seatrial.drill.service.extension.declared import Declared
    from seatrial.stack import Stack


def held(verdict: Verdict, gaps: Iterable[Gap]) -> Verdict:
    """The verdict against the ledger of its service."""
    place = (verdict.drill, verdict.dependency)
    gap = next((gap for gap in gaps if (gap.drill, gap.dependency) == place), None)
    if gap is None:
        return verdict
    known = f"known is {gap.cause} ({gap.why})"
    if verdict.grade not in (Grade.FAIL, Grade.WARN, Grade.PASS):
        return replace(verdict, notes=(*verdict.notes, f"{known}: not judged this time"))
    if verdict.grade is not Grade.PASS and gap.cause == _cause(verdict):
        return replace(verdict, grade=Grade.KNOWN, known=gap.why)
    if verdict.grade is Grade.FAIL:
        return replace(verdict, notes=(*verdict.notes, f"{known}: this is another failure"))
    if gap.cause in verdict.also:
        return replace(verdict, notes=(*verdict.notes, f"{known}: it is among the above"))
    return _fixed(verdict, gap)


def checked(stack: Stack, declared: Declared, drills: Iterable[Drill]) -> None:
    """See that every entry can be met at all, and that what services are said to need are their dependencies.

    Raises:
        ConfigurationInvalid: with every entry that cannot, and what would be right.
    """
    scopes = {drill.name: drill.scope for drill in drills}
    problems = []
    for service, extension in declared.extensions.items():
        edges = [edge.service for edge in stack.service(service).depends_on] if service else []
        problems += [
            (service, unfit) for gap in extension.known for unfit in _unfit(gap, service, scopes[gap.drill], edges)
        ]
        places = Counter((gap.drill, gap.dependency) for gap in extension.known)
        twice = [drill for (drill, _), count in places.items() if count > 1]
        fix = "leave one: a failure has one main cause"
        problems += [(service, Unfit(f"drill.known.{drill} is there twice", fix)) for drill in twice]
        problems += [(service, unfit) for unfit in _unmet(extension.needs, edges, stack.names)]
    if problems:
        raise refusal(problems)


def _unmet(needs: Iterable[str], edges: Sequence[str], active: Sequence[str]) -> Iterator[Unfit]:
    for name in needs:
        close = get_close_matches(name, edges, n=1)
        # One that is no service now may be in a profile that is not enabled.
        if name not in edges and (close or name in active):
            fix = f"write {close[0]}" if close else f"write depends_on: [{name}], or leave it out"
            yield Unfit(f"needs.{name} is no service that it depends on", fix)


def _cause(verdict: Verdict) -> str:
    return verdict.cause.id if verdict.cause else NO_CAUSE


def _fixed(verdict: Verdict, gap: Gap) -> Verdict:
    whose = f"service {verdict.service}" if verdict.service else "the stack"
    of = f" the entry with dependency {gap.dependency} from" if gap.dependency else ""
    fix = f"remove{of} drill.known.{gap.drill} from the x-seatrial of {whose}"
    evidence = (f"now: {verdict.grade}: {verdict.summary}", f"known was: {gap.cause}: {gap.why}")
    left = verdict.cause
    notes = (*verdict.notes, f"{verdict.grade}: {verdict.summary} (fix: {left.fix})") if left else verdict.notes
    return replace(
        verdict,
        grade=Grade.FAIL,
        summary=f"fixed: {gap.cause} is not found any more; remove it from the ledger",
        cause=Cause(causes.KNOWN_GAP_FIXED, fix, evidence),
        notes=notes,
    )


def _unfit(gap: Gap, service: str, scope: Scope, edges: Sequence[str]) -> Iterator[Unfit]:
    key = f"drill.known.{gap.drill}"
    if scope is Scope.STACK and service:
        yield Unfit(f"{key} is about the whole stack", "write it into an x-seatrial at the top of the compose file")
    elif scope is not Scope.STACK and not service:
        yield Unfit(f"{key} is about one service", "write it into the x-seatrial of that service")
    elif scope is not Scope.EDGE and gap.dependency:
        yield Unfit(f"{key} has a dependency", "leave it out: this drill disturbs nobody else")
    elif scope is Scope.EDGE and gap.dependency not in edges:
        close = get_close_matches(gap.dependency, edges, n=1) or edges
        fix = f"write dependency: {' or '.join(close)}" if edges else "leave the entry out"
        what = f"names {gap.dependency}, and it depends on no such service" if gap.dependency else "names no dependency"
        yield Unfit(f"{key} {what}", fix)
