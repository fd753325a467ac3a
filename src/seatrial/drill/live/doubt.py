"""Was a drill disturbed by somebody else? Then what it has seen says nothing of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import EngineError

if TYPE_CHECKING:
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.engine.observed import Event

RESTARTED = "the engine was restarted or went away in the middle of it: drill it again"
NOT_DONE = "not done: the engine was restarted or went away before: drill it again"


def doubt(scene: Scene, place: Place, since_ns: int) -> str:
    """Why a drill at `place` that began then says nothing; "" when nobody disturbed it."""
    return RESTARTED if engine_lost(scene) else _meddled(scene, place, since_ns)


def engine_lost(scene: Scene) -> bool:
    """Whether the engine that we began with is gone: restarted, on its way out, or away."""
    if scene.tape.lost:
        return True
    # One that is asked to end takes no questions any more while its containers, ours too, are still being stopped.
    try:
        scene.engine.about()
    except EngineError:
        return True
    return scene.tape.lost


def _meddled(scene: Scene, place: Place, since_ns: int) -> str:
    concerned = {place.service, place.dependency} - {""} or set(scene.stack.names)
    gone = {e.service for e in scene.tape.since(since_ns) if _gone(e, scene) and e.service in concerned}
    if not gone:
        return ""
    return f"the container of {', '.join(sorted(gone))} was removed by somebody else meanwhile: drill it again"


def _gone(event: Event, scene: Scene) -> bool:
    return event.action == "destroy" and event.container_id not in scene.renewed
