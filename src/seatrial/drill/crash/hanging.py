"""Records a hang: the processes of a service are stopped as they stand, the kernel goes on accepting for them.

`docker pause` would not do: the engine then runs no health check, and says `unhealthy` without one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatrial.drill.crash.crashes import BACK
from seatrial.drill.crash.returning import ANSWERS, answers
from seatrial.drill.live.reach import reached
from seatrial.drill.live.scene import Place
from seatrial.drill.live.steady import steady
from seatrial.drill.service.anatomy import anatomy, shown
from seatrial.drill.unjudged import Unjudged, inconclusive
from seatrial.engine import inside
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.live.recorder import Recorder
    from seatrial.engine.inside import Process
    from seatrial.engine.observed import Event

FROZEN, RESUMED = "SIGSTOP to", "SIGCONT"
HANGS, ANSWERED = "hangs with it:", "answers meanwhile:"
UNHEALTHY = "health_status: unhealthy"
# A dependent that has not answered by then makes its own clients hang.
PATIENCE_S = 5.0
_ROOM_S = 3.0


def hung(recorder: Recorder, noticed_s: float, probe_s: float) -> None:
    """Freeze it until the engine calls it unhealthy, at most `noticed_s` and one probe more; then let it go on."""
    scene, own = recorder.scene, recorder.subject.facts.id
    _ = scene.inside
    recorder.before = steady(scene, recorder.service, recorder.patience_s)
    target = reached(recorder)
    processes = _working(recorder)
    dependents = [service.name for service in scene.stack.services if _needs(recorder, service.name)]
    recorders = [one for name in dependents if (one := _reachable(recorder, name))]
    names = ", ".join(dict.fromkeys(shown(process) for process in processes))
    limit_s = noticed_s + probe_s + _ROOM_S
    scene.tell(f"{recorder.service}: hang: frozen until its check fails, at most {limit_s:.0f} s")
    # A check that fails by itself in the meantime would not fail again: there is no second event.
    recorder.before = steady(scene, recorder.service, recorder.patience_s + probe_s)
    with scene.guardian.owing("start", own):
        sent = recorder.mark(FROZEN, names)
        with _frozen(recorder, processes), ThreadPoolExecutor(max(len(recorders), 1)) as pool:
            asked = [pool.submit(_asked, recorder, one) for one in recorders]
            scene.tape.wait(lambda e: e.container_id == own and _ends(e), sent, limit_s)
            for answer in asked:
                answer.result()
        recorder.mark(RESUMED)
        if target and answers(recorder, target, recorder.patience_s):
            recorder.mark(ANSWERS)
        try:
            recorder.after = steady(scene, recorder.service, recorder.patience_s + 2 * probe_s)
        except Unjudged as missing:
            recorder.mark("not as before:", missing.reason)
        else:
            recorder.mark(BACK)
        recorder.read_logs()


@contextmanager
def _frozen(recorder: Recorder, processes: Sequence[Process]) -> Iterator[None]:
    """With a second helper for when somebody takes the first one away in the meantime."""
    scene = recorder.scene
    try:
        with scene.inside.frozen(processes):
            yield
    except HelperUnavailable:
        with inside.opened(f"{scene.stack.name}-thaw", image=scene.options.helper_image) as second:
            for process in processes:
                second.signal(process.pid, "SIGCONT", start_ticks=process.start_ticks)
        raise


def _working(recorder: Recorder) -> tuple[Process, ...]:
    """Who does the work: the workload with its descendants, and whoever else has its listening sockets."""
    taken = recorder.sample(sockets=True)
    found = anatomy(taken.processes, taken.sockets or (), recorder.port) if taken else None
    if taken is None or found is None or found.workload is None:
        raise inconclusive("the process that does the work could not be found")
    listening = {pid for s in taken.sockets or () if s.state == "LISTEN" for pid in s.owners}
    chosen = {found.workload.pid} | listening
    for _ in taken.processes:
        chosen |= {process.pid for process in taken.processes if process.parent in chosen}
    return tuple(process for process in taken.processes if process.pid in chosen and process.state != "Z")


def _needs(recorder: Recorder, name: str) -> bool:
    return any(edge.service == recorder.service for edge in recorder.scene.stack.service(name).depends_on)


def _reachable(recorder: Recorder, name: str) -> Recorder | None:
    """Something to ask a dependent with; None when there is nothing that could be asked."""
    try:
        other = recorder.scene.recorder(recorder.drill, Place(name))
        return other if reached(other) else None
    except Unjudged:
        return None


def _asked(recorder: Recorder, dependent: Recorder) -> None:
    """Ask a dependent once while what it needs is frozen."""
    from seatrial.drill.traffic.again import first_answer
    from seatrial.drill.traffic.request import Trial

    target = reached(dependent)
    if target is None:
        return
    asked = first_answer(target, dependent.trial or Trial(), 0, answer_s=PATIENCE_S)[-1]
    took_s = ((asked.done_ns or asked.due_ns) - asked.due_ns) / 1e9
    detail = f"{dependent.service} ({asked.status or asked.kind} after {took_s:.2f} s)"
    recorder.mark(HANGS if asked.kind == "timeout" else ANSWERED, detail)


def _ends(event: Event) -> bool:
    return event.action in (UNHEALTHY, "die", "pause")
