"""The dependency of an edge: its containers, and when it is there for others again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.drill.live.steady import lacking
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine.together import Question
from seatrial.lifecycle.health_timing import first_probe_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.engine.facts import Facts

_COMPLETED = "service_completed_successfully"
_LISTEN = "LISTEN"
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Dependency:
    """Who is disturbed.

    Attributes:
        facts: one for each of its containers, as they were before.
        listening: the ports of the first one, as far as they can be seen; it is ready when they are open again.
    """

    scene: Scene
    service: str
    facts: tuple[Facts, ...]
    listening: frozenset[int] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.facts)

    @property
    def networks(self) -> frozenset[str]:
        """The networks that it is on."""
        return frozenset(network.name for one in self.facts for network in one.networks)

    def now(self) -> tuple[Facts, ...]:
        """Its containers as they are now: pid and addresses change with every start."""
        return self.scene.engine.facts(self.ids)

    def each(self, act: Callable[[Facts], object]) -> None:
        """Do it to all containers at once."""
        for question in [Question(lambda one=one: act(one)) for one in self.facts]:  # type: ignore[misc]
            question.answer()

    @property
    def patience_s(self) -> float:
        """How long to wait until it is there again."""
        check = self.facts[0].check
        budget_s = self.scene.subject(self.service).startup_budget_s
        return budget_s + (first_probe_s(check, self.scene.version) if check else 0)

    def ready(self) -> None:
        """Wait until its health check passes and its ports are open. Raises `Unjudged` (INCONCLUSIVE)."""
        scene, deadline = self.scene, time.monotonic() + self.patience_s
        while True:
            snapshot = scene.engine.snapshot(scene.stack.name)
            reasons = [lacking(snapshot.by_id(one), self.service) for one in self.ids]
            reason = next((reason for reason in reasons if reason), "")
            if not reason and not self._opening():
                return
            if time.monotonic() > deadline:
                raise inconclusive(f"{self.service} did not come back: {reason or 'its ports stay closed'}")
            scene.tape.pause(min(1.0, deadline - time.monotonic()) if reason else _LOOK_S)

    def _opening(self) -> bool:
        """Whether ports that were open are not open yet."""
        if not self.listening:
            return False
        facts = self.now()
        return bool(facts) and not self.listening <= listening(self.scene, facts[0])


def dependency(scene: Scene, place: Place) -> Dependency:
    """The containers of the service that `place` depends on.

    Raises:
        Unjudged: SKIP where there is nothing to disturb, INCONCLUSIVE when it does not run.
    """
    name = place.dependency
    edges = scene.stack.service(place.service).depends_on
    if any(edge.service == name and edge.condition == _COMPLETED for edge in edges):
        raise skip(f"{name} is to end before {place.service} starts: it is not needed afterwards")
    found = scene.engine.snapshot(scene.stack.name).of(name)
    running = [one.id for one in found if one.state == "running"]
    if not running:
        ended = found and all(one.state == "exited" and one.exit_code == 0 for one in found)
        if ended:
            raise skip(f"{name} has done its work and ended")
        raise inconclusive(f"{name} does not run: up --service {name}")
    made = Dependency(scene, name, scene.engine.facts(running))
    return replace(made, listening=listening(scene, made.facts[0]))


def listening(scene: Scene, facts: Facts) -> frozenset[int]:
    """The ports on which others reach it; none where nothing can be seen."""
    if not scene.sees or not facts.pid:
        return frozenset()
    found = scene.inside.sockets(facts.pid)
    return frozenset(s.local_port for s in found if s.state == _LISTEN and not s.local.startswith("127."))
