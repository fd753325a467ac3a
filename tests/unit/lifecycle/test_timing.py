"""Ready times come from the engine's events."""

from __future__ import annotations

from seatrial.engine.observed import Container, Event, Health, Probe
from seatrial.lifecycle.readiness import Standing, Verdict
from seatrial.lifecycle.timing import Times, times

BEGAN = 1_000_000_000_000


def event(action: str, service: str, after_s: float) -> Event:
    return Event(action, service, service, BEGAN + int(after_s * 1e9))


def ready(service: str, health: Health | None = None) -> Verdict:
    return Verdict(service, Standing.READY, "", Container(service, service, service, "running", health))


EVENTS = [
    event("start", "db", 0.5),
    event("start", "web", 1.0),
    event("start", "once", 0.2),
    event("die", "once", 0.3),
    event("health_status: healthy", "db", 0.9),
    event("start", "web", 1.5),
]


def test_each_kind_of_service_has_its_own_decisive_event() -> None:
    verdicts = [ready("db", Health("healthy")), ready("web"), Verdict("once", Standing.DONE, "")]
    assert times(EVENTS, verdicts, {}, BEGAN) == {
        "db": Times(started=0.5, ready=0.9, healthy=0.9),
        "web": Times(started=1.5, ready=1.5),
        "once": Times(started=0.2, ready=0.3),
    }


def test_a_check_that_passed_before_the_engine_asked_counts_and_both_are_told() -> None:
    passed = {("db", "2026-01-01T00:00:00Z"): BEGAN + 600_000_000}
    assert times(EVENTS, [ready("db", Health("healthy"))], passed, BEGAN)["db"] == Times(None, 0.5, 0.6, 0.9)


def test_ending_the_container_before_is_told_apart_from_the_start() -> None:
    old = [Event("kill", "old", "db", BEGAN), Event("die", "old", "db", BEGAN + 10_000_000_000)]
    started = [event("start", "db", 10.5), event("die", "once", 11)]
    assert times([*old, *started], [ready("db")], {}, BEGAN)["db"] == Times(started=10.5, ready=10.5, stopping=10.0)
    assert Times(started=10.5, ready=11.25, stopping=10.0).time_to_ready == 1.25


def test_what_was_ready_before_has_no_time() -> None:
    assert times([], [ready("db", Health("healthy"))], {}, BEGAN) == {}


def test_what_is_not_ready_has_no_ready_time() -> None:
    assert times(EVENTS, [Verdict("web", Standing.WAITING, "")], {}, BEGAN) == {"web": Times(started=1.5)}


def stamped(state: str, health: Health | None = None, started: str = "1970-01-01T00:16:40.5Z") -> Container:
    ended = "1970-01-01T00:16:40.75Z"
    return Container("x", "x", "x", state, health, started_at=started, finished_at=ended)


def test_what_a_look_sees_before_its_event_comes_in_has_the_time_that_the_container_tells() -> None:
    failed, passed = Probe(1, "", end="1970-01-01T00:16:40.5Z"), Probe(0, "", end="1970-01-01T00:16:41.25Z")
    health = Health("healthy", 0, (failed, passed))
    verdicts = [
        Verdict("db", Standing.READY, "", stamped("running", health)),
        Verdict("once", Standing.DONE, "", stamped("exited")),
        Verdict("web", Standing.READY, "", stamped("running")),
        Verdict("old", Standing.DONE, "", stamped("exited", started="1970-01-01T00:16:39Z")),
    ]
    heard = [event("start", "db", 0.5)]
    assert times(heard, verdicts, {}, BEGAN) == {
        "db": Times(started=0.5, ready=1.25, healthy=1.25),
        "once": Times(started=0.5, ready=0.75),
        "web": Times(started=0.5, ready=0.5),
    }
    assert times([], verdicts, {}, BEGAN) == {}  # whose clock is it?
