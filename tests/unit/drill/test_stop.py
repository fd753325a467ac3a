"""How a container ended, and the lines that tell of it, from what was recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.recording import Mark, Recording
from seatrial.drill.service.subject import Subject
from seatrial.drill.stop.ended import SENT, SIGNALLED, name_of, number_of, stop
from seatrial.drill.timeline import timeline
from seatrial.engine.clock import Clock
from seatrial.engine.facts import Facts
from seatrial.engine.observed import Container, Event
from seatrial.stack import Service, Stack

T = 1_700_000_000 * 10**9
MS = 10**6
SUBJECT = Subject(Stack("shop", (Service("web"),)), Service("web"), Facts("1", "web", "web:1", ("node",)), (26,))


def event(action: str, at_ms: int, container: str = "1", **attributes: str) -> Event:
    return Event(action, container, "web" if container == "1" else "db", T + at_ms * MS, attributes)


def finished(at_ms: int) -> Container:
    whole, rest = divmod(at_ms, 1000)
    return Container("1", "shop-web-1", "web", "exited", finished_at=f"2023-11-14T22:13:{20 + whole:02d}.{rest:03d}Z")


RECORDING = Recording(
    "graceful-stop", "web", SUBJECT, marks=(Mark(T, SENT),), ended=finished(300),
    events=(event("kill", 12, signal="15"), event("stop", 400), event("die", 410, exitCode="0")),
)  # fmt: skip


def test_a_stop_lasts_from_the_engines_signal_to_the_end_of_the_process_not_to_the_event() -> None:
    found = stop(RECORDING)
    assert found
    assert found.used_s == pytest.approx(0.288)
    assert (found.signal, found.exit_code, found.killed, found.grace_s) == (15, 0, False, 10)


def test_the_event_stands_in_where_the_engine_does_not_tell_when_it_ended() -> None:
    found = stop(replace(RECORDING, ended=None))
    assert found
    assert found.used_s == pytest.approx(0.398)


def test_an_end_of_an_earlier_run_does_not_count() -> None:
    found = stop(replace(RECORDING, ended=finished(0), marks=(Mark(T + 5 * MS, SENT),)))
    assert found
    assert found.ended_ns == T + 410 * MS


def test_the_engines_clock_is_read_by_ours() -> None:
    found = stop(replace(RECORDING, clock=Clock(offset_ns=50 * MS)))
    assert found
    assert found.ended_ns == T + 250 * MS


def test_the_second_kill_is_the_end_of_the_grace() -> None:
    found = stop(replace(RECORDING, events=(*RECORDING.events, event("kill", 350, signal="9"))))
    assert found
    assert (found.killed, found.signal) == (True, 15)


def test_a_signal_sent_straight_counts_from_when_it_was_sent() -> None:
    marks = (Mark(T, SENT), Mark(T + 20 * MS, SIGNALLED))
    found = stop(replace(RECORDING, marks=marks, events=(event("die", 410, exitCode="0"),)))
    assert found
    assert (found.signal, found.signal_ns) == (15, T + 20 * MS)


def test_where_nothing_was_sent_nothing_is_told() -> None:
    assert stop(replace(RECORDING, marks=())) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("SIGTERM", 15),
        ("TERM", 15),
        ("sigquit", 3),
        ("15", 15),
        ("SIGRTMIN+3", 37),
        ("SIGNOTHING", 15),
        ("9", 9),
        ("SIGRTMAX-2", 62),
    ],
)
def test_a_signal_is_known_in_every_way_it_is_written(written: str, number: int) -> None:
    assert number_of(written) == number


def test_a_number_without_a_name_is_told_as_a_number() -> None:
    assert (name_of(15), name_of(99)) == ("SIGTERM", "signal 99")


@pytest.mark.parametrize("number", range(1, 65))
def test_a_name_leads_back_to_its_number(number: int) -> None:
    name = name_of(number)
    assert number_of(name) == (number if name.startswith("SIG") else 15)
    assert name.startswith("SIG") == (number not in (32, 33))


def test_a_timeline_tells_marks_and_events_from_the_moment_of_acting_on() -> None:
    events = (event("exec_create: probe", 1), *RECORDING.events, event("health_status: healthy", 900))
    other = event("die", 500, "2", exitCode="1")
    assert timeline(replace(RECORDING, events=(*events, other)), T, until_ns=T + 800 * MS) == (
        "+0.000 s  stop sent",
        "+0.012 s  SIGTERM from the engine",
        "+0.410 s  exit 0",
        "+0.500 s  db: exit 1",
    )


def test_a_timeline_has_an_end() -> None:
    many = tuple(event("oom", at) for at in range(100))
    assert len(timeline(replace(RECORDING, events=many), T)) == 12
