"""Puts back what drills have changed when the engine was restarted in the middle of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.live import tape
from seatrial.drill.live.in_order import levels
from seatrial.drill.live.joined import rejoin
from seatrial.drill.live.scene import Place
from seatrial.drill.live.settled import restored
from seatrial.engine import containers
from seatrial.errors import EngineUnreachable, RunFailed
from seatrial.lifecycle.came_back import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.restore import Look
    from seatrial.drill.live.scene import Scene
    from seatrial.engine.observed import Container, Snapshot

# It stops its containers first, which takes it 15 s at most, waits 5 s for who reads events, and starts in a few.
_PATIENCE_S = 30.0
_RAN, _ENDED = ("running", "restarting"), ("exited", "created")


def put_back(scene: Scene, before: Look) -> tuple[str, ...]:
    """When the engine answers again, pay what is owed, and start what its restart has ended; what is not as it was.

    Raises:
        EngineUnreachable: it does not come back; with what has to be put back still.
    """
    scene.tell(f"the engine was restarted or went away: waiting at most {_PATIENCE_S:.0f} s until it answers")
    if not answers(scene.engine, _PATIENCE_S):
        raise _away(scene, before)
    scene.guardian.catch_up()
    # The old one has ended with the engine that it was read from.
    with tape.recording(scene.engine, scene.stack.name, scene.clock) as events:
        again = replace(scene, tape=events)
        _start(again, before)
        rejoin(again, Place())
        return restored(again, before)


def _away(scene: Scene, before: Look) -> EngineUnreachable:
    names = {container.id: container.name for container in before.snapshot.containers}
    owed = [" ".join(["docker", *(names.get(word, word) for word in words)]) for words in scene.guardian.owed()]
    return EngineUnreachable(
        f"the engine went away in the middle of the drills, and does not answer for {_PATIENCE_S:.0f} s",
        fix="start it (`scripts/engine ensure`, `systemctl start docker`), then `up`, and drill again; what is owed is"
        " put back by itself when it answers within five minutes",
        detail=[f"NOT PUT BACK YET: {line}" for line in owed],
    )


def _start(scene: Scene, before: Look) -> None:
    """Start what ran before and has no restart policy that has brought it back, dependencies first."""
    ended = list(ended_since(before.snapshot, scene.engine.snapshot(scene.stack.name)))
    known = levels(scene.stack, scene.stack.names)
    ranks = {name: rank for rank, level in enumerate(known) for name in level}
    for container in sorted(ended, key=lambda one: ranks.get(one.service, len(known))):
        scene.tell(f"{container.service}: started again, since the engine's restart had ended it")
        try:
            containers.start(container.id)
        except RunFailed as error:  # the look at the end tells that it is not as before; this tells why
            scene.tell(f"{container.service}: {' '.join((error.what, *error.detail))}")


def ended_since(before: Snapshot, now: Snapshot) -> Iterator[Container]:
    """The containers that ran before and have ended. Pure."""
    for container in before.containers:
        found = now.by_id(container.id)
        if found and container.state in _RAN and found.state in _ENDED:
            yield found
