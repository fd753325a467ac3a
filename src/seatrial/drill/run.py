"""Runs drills on the services of a stack. What runs is looked at once; each drill judges from that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drills import DRILLS
from seatrial.drill.subject import Subject
from seatrial.drill.verdict import Grade, Verdict
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.drill.drills import Drill
    from seatrial.engine import Engine
    from seatrial.stack import Stack


def chosen(names: Iterable[str]) -> tuple[Drill, ...]:
    """The drills called `names`, all when empty, in the order of the list.

    Raises:
        UsageError: with the names that exist.
    """
    known = {drill.NAME: drill for drill in DRILLS}
    wanted = set(names)
    for name in sorted(wanted - set(known)):
        raise UsageError(f"no drill `{name}`", fix=f"use one of {', '.join(known)}; drill.list says what each does")
    return tuple(drill for name, drill in known.items() if name in wanted or not wanted)


def run(engine: Engine, stack: Stack, services: Sequence[str], drills: Sequence[Drill]) -> tuple[Verdict, ...]:
    """A verdict for each service and drill. A service that does not run cannot be judged, and the verdict says so."""
    version = tuple(int(part) for part in engine.about().split("+")[0].split("-")[0].split(".") if part.isdigit())
    snapshot = engine.snapshot(stack.name)
    ids = {name: snapshot.of(name)[0].id for name in services if snapshot.of(name)}
    facts = {fact.id: fact for fact in engine.facts(list(ids.values()))}
    verdicts: list[Verdict] = []
    for name in services:
        fact = facts.get(ids.get(name, ""))
        for drill in drills:
            if fact is None:
                summary = f"it has no container: up --service {name}"
                verdicts.append(Verdict(drill.NAME, name, Grade.INCONCLUSIVE, summary))
            else:
                verdicts.append(drill.judge(Subject(stack, stack.service(name), fact, version)))
    return tuple(verdicts)
