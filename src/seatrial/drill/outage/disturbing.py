"""Records an outage of a dependency under traffic on its dependent, and what brings the dependent back."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill.live.reach import reached
from seatrial.drill.live.routes import ask, discovered, well
from seatrial.drill.live.steady import skip_one_shot, steady
from seatrial.drill.outage import answers as outage
from seatrial.drill.outage.dependency import dependency
from seatrial.drill.outage.elsewhere import hold, others_at_home
from seatrial.drill.outage.faults import grace_s
from seatrial.drill.unjudged import Unjudged, skip
from seatrial.engine import containers
from seatrial.engine.together import Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.outage.dependency import Dependency
    from seatrial.drill.outage.faults import Fault
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.generator import Traffic
    from seatrial.drill.traffic.request import Target
    from seatrial.engine.facts import Facts

# A request that hangs is held for five seconds: at this rate they all fit into the connections that there are.
_RATE = 6.0
_BASELINE_S = 0.7
# The outage is over when that shows how every request ends, or at last when the first of them has had its limit.
_SHORTEST_S, _LONGEST_S = 1.5, 5.4
_ENOUGH = 6
_PATIENCE_NS = 300_000_000
_TURN_S = 0.1
_GRACE_NS = 1_000_000_000
_RECOVERY_S = outage.RECOVERY_NS / 1e9
_CONTROL_S = 4.0
_WITHOUT_TRAFFIC_S = 2.0
_LOOK_S = 0.5
_ENGINE_S = 15.0


def disturbed(scene: Scene, drill: str, place: Place, fault: Fault) -> Recording:
    """The fault on the dependency, and the dependent's answers before, during and after it."""
    with scene.recorder(drill, place) as recorder:
        skip_one_shot(scene, place.service)
        recorder.before = steady(scene, place.service, recorder.patience_s)
        other = dependency(scene, place)
        if fault.moves and scene.shared.get(recorder.subject.facts.id) in other.ids:
            raise skip(f"it shares the network of {place.dependency}: without that nobody can ask it anything")
        recorder.follow(*other.ids)
        target = reached(recorder)
        scene.tell(f"{place}: {drill}: {place.dependency} is {fault.word} under traffic on {place.service}")
        with (
            scene.guardian.owing("start", recorder.subject.facts.id),  # it may not survive that
            scene.networks.taken(other.networks if fault.moves else ()),
        ):
            _disturbed(recorder, other, fault, target)
        recorder.after = scene.container(place.service)
    return recorder.recording()


def _disturbed(recorder: Recorder, other: Dependency, fault: Fault, target: Target | None) -> None:
    scene, place = recorder.scene, recorder.place
    # Our containers stay where the dependency was as long as somebody may look for it there.
    with ExitStack() as held, recorder.traffic(target, _RATE) as traffic:
        back = _through(recorder, other, fault, traffic, held, target)
        recorder.mark(outage.OVER)
    recorder.ended = scene.container(place.service)
    moved = recorder.marked(outage.MOVED)
    if not back:
        _controls(recorder, other, moved=moved)
    elif moved and _depended_on_by_others(scene, place):
        _home(recorder, other)


def _through(  # noqa: PLR0913, PLR0917
    recorder: Recorder, other: Dependency, fault: Fault, traffic: Traffic | None, held: ExitStack, target: Target | None
) -> bool:
    """The outage itself; whether the dependent answers as before after it, or nobody can tell."""
    scene = recorder.scene
    began = time.monotonic()
    routes = discovered(target) if target else ()
    scene.tape.rest(max(_baseline_s(recorder) - (time.monotonic() - began), 0.0) if traffic else 0.0)
    recorder.mark(outage.ASKED, fault.word)
    with fault.done(other, recorder.service):
        down = recorder.mark(outage.DOWN)
        moving = Question(lambda: hold(other, held)) if fault.displaces else None
        _endure(recorder, traffic, down)
        routes = tuple(route for route in routes if not well(route))
        if moving:
            moving.answer()
        recorder.mark(outage.UP)
    if fault.restarts:
        other.ready()
    ready = recorder.mark(outage.READY)
    now = other.now()
    if moves := list(_moves(other.facts, now)):
        recorder.mark(outage.MOVED, ", ".join(moves))
        if others := others_at_home(other):
            recorder.mark(outage.TAKEN, ", ".join(others))
    if traffic is None:
        return _watched(recorder, now)
    for route in routes:
        recorder.mark(outage.NEEDS, route.path.partition("?")[0])
    back = _answers(recorder, traffic, ready)
    recorder.mark(outage.STILL, _sockets(recorder, other.facts))
    if back and (lost := _still_lost(recorder, routes)):
        _repaired(recorder, lost)
    return back


def _watched(recorder: Recorder, now: Sequence[Facts]) -> bool:
    """Watch a dependent without a route until it is connected again or has ended; return whether it runs.

    A program may give up only after some attempts.
    """
    scene, deadline = recorder.scene, time.monotonic() + _RECOVERY_S
    scene.tape.rest(_WITHOUT_TRAFFIC_S)
    while _runs(recorder) and scene.sees and time.monotonic() < deadline:
        found = _sockets(recorder, now)
        if "ESTABLISHED" in found:
            recorder.mark(outage.CONNECTED, found)
            break
        scene.tape.rest(_LOOK_S)
    return _runs(recorder)


def _still_lost(recorder: Recorder, routes: Sequence[Target]) -> tuple[Target, ...]:
    """Ask the routes that failed until they answer well again; those that do not in time."""
    deadline = time.monotonic() + _RECOVERY_S
    while (routes := tuple(route for route in routes if not well(route))) and time.monotonic() < deadline:
        recorder.scene.tape.rest(_LOOK_S)
    return tuple(routes)


def _repaired(recorder: Recorder, lost: Sequence[Target]) -> None:
    """Restart the dependent: nothing may stay broken."""
    for route in lost:
        recorder.mark(outage.LOST, f"{route.path.partition('?')[0]} ({ask(route)[0] or 'no answer'})")
    scene, facts = recorder.scene, recorder.subject.facts
    scene.tell(f"{recorder.service}: restarted: {lost[0].path.partition('?')[0]} stayed broken after the drill")
    containers.restart(facts.id, recorder.subject.grace_s + _RECOVERY_S)
    steady(scene, recorder.service, recorder.patience_s)
    recorder.renew()
    again = reached(recorder)
    if again and not _still_lost(recorder, [replace(route, host=again.host, port=again.port) for route in lost]):
        recorder.mark(outage.REPAIRED, "its own restart")


def _baseline_s(recorder: Recorder) -> float:
    """Long enough for some answers."""
    answer = recorder.trial.answer if recorder.trial else None
    return max(_BASELINE_S, 1.5 * answer.seconds) if answer else _BASELINE_S


def _endure(recorder: Recorder, traffic: Traffic | None, down_ns: int) -> None:
    began = time.monotonic()
    while (spent_s := time.monotonic() - began) < _LONGEST_S:
        recorder.scene.tape.rest(_TURN_S)
        if spent_s >= _SHORTEST_S and (traffic is None or _shown(traffic, down_ns)):
            return


def _shown(traffic: Traffic, down_ns: int) -> bool:
    """Whether enough requests have ended since then, and none waits for longer than those did."""
    ended = [r for r in traffic.so_far() if r.due_ns >= down_ns and r.error != "unsent" and r.lane != "idle"]
    if len(ended) < _ENOUGH:
        return False
    oldest = traffic.oldest_pending_ns()
    usual_ns = max(outage.taken_ns(request) for request in ended)
    return oldest is None or time.time_ns() - oldest <= usual_ns + _PATIENCE_NS


def _answers(recorder: Recorder, traffic: Traffic, since_ns: int) -> bool:
    """Wait until the answers are as before."""
    deadline = time.monotonic() + _RECOVERY_S
    while outage.recovered(traffic.so_far(), since_ns) is None:
        if time.monotonic() > deadline or _down_for_good(recorder, since_ns):
            return False
        recorder.scene.tape.rest(_TURN_S)
    return True


def _down_for_good(recorder: Recorder, since_ns: int) -> bool:
    """Whether it has ended and nobody will start it: there is nothing to wait for."""
    if recorder.subject.facts.restart_policy != "no" or time.time_ns() - since_ns < _GRACE_NS:
        return False
    return any(e.action == "die" for e in recorder.scene.tape.since(recorder.began_ns, recorder.subject.facts.id))


def _controls(recorder: Recorder, other: Dependency, *, moved: bool) -> None:
    """It does not answer: is it the address, or does it need a restart?"""
    scene = recorder.scene
    if moved:
        scene.tell(f"{recorder.place}: {recorder.drill}: does it answer when {other.service} has its old address?")
        if _home(recorder, other) and _tried(recorder, outage.HOME):
            return
    scene.tell(f"{recorder.place}: {recorder.drill}: does it answer after a restart?")
    containers.restart(recorder.subject.facts.id, recorder.subject.grace_s + _RECOVERY_S)
    recorder.mark(outage.AGAIN)
    try:
        steady(scene, recorder.service, recorder.patience_s)
    except Unjudged:
        recorder.mark(outage.SILENT, outage.AGAIN)
        return
    _tried(recorder, outage.AGAIN)


def _home(recorder: Recorder, other: Dependency) -> bool:
    """Start the dependency once more, now that nothing holds its old address; whether it got that."""
    scene = recorder.scene
    for one in other.facts:
        with scene.guardian.owing("start", one.id) as debt:
            containers.stop(one.id, grace_s(one) + _ENGINE_S)
            containers.start(one.id)
            debt.settle()
    other.ready()
    if list(_moves(other.facts, other.now())):
        return False
    recorder.mark(outage.HOME)
    return True


def _tried(recorder: Recorder, after: str) -> bool:
    """Whether it answers now, for as long as a moment of patience lasts."""
    from seatrial.drill.traffic.generator import Traffic

    since = time.time_ns()
    deadline = time.monotonic() + _CONTROL_S
    recorder.renew()
    target = reached(recorder)
    good = target is None
    if target and recorder.trial:
        with Traffic(target, recorder.trial, rate=_RATE) as traffic:
            while not good and time.monotonic() < deadline:
                recorder.scene.tape.rest(_TURN_S)
                good = outage.recovered(traffic.so_far(), since) is not None
    recorder.mark(outage.ANSWERS if good else outage.SILENT, after)
    return good


def _runs(recorder: Recorder) -> bool:
    found = recorder.scene.container(recorder.service)
    return found is not None and found.state == "running"


def _moves(old: Sequence[Facts], new: Sequence[Facts]) -> Iterator[str]:
    """`192.168.64.2 -> 192.168.64.4`"""
    for was, now in zip(old, new, strict=False):
        places = {network.name: network.ip for network in now.networks}
        yield from (
            f"{network.ip} -> {places[network.name]}"
            for network in was.networks
            if network.ip and places.get(network.name) and places[network.name] != network.ip
        )


def _sockets(recorder: Recorder, facts: Sequence[Facts]) -> str:
    """`3 ESTABLISHED, 1 SYN_SENT` of the dependent to the addresses that the dependency had before."""
    taken = recorder.sample(sockets=True)
    addresses = {network.ip for one in facts for network in one.networks} - {""}
    states = [
        s.state for s in (taken.sockets or () if taken else ()) if s.remote in addresses and s.state != "TIME_WAIT"
    ]
    return ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))


def _depended_on_by_others(scene: Scene, place: Place) -> bool:
    return any(
        edge.service == place.dependency and service.name != place.service
        for service in scene.stack.services
        for edge in service.depends_on
    )
