"""The order in which a stack stops, by edges, by talk, and its longest way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import journal
from seatrial.drill.drills.stop_order import judge
from seatrial.drill.live.in_order import levels
from seatrial.drill.stop.ended import SENT
from seatrial.drill.stop.stack import Talk, critical_path, ends, talks, unwritten
from seatrial.drill.traffic.request import Request
from seatrial.drill.verdict import Grade
from seatrial.engine.attached import Network
from seatrial.engine.facts import Facts
from seatrial.engine.inside import Socket
from seatrial.stack import Dependency, Service, Stack

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

FILE = Path(__file__).parents[2] / "data" / "recordings" / "stop-order.json"
(REAL,) = journal.read(FILE)
S = 10**9


def sent_ns() -> int:
    mark = REAL.mark(SENT)
    assert mark
    return mark.at_ns


def stacked(*edges: tuple[str, str], names: str = "") -> Stack:
    known: dict[str, None] = dict.fromkeys([*names.split(), *(name for edge in edges for name in edge)])
    return Stack(
        "p", tuple(Service(name, depends_on=tuple(Dependency(b) for a, b in edges if a == name)) for name in known)
    )


def with_edges(*edges: tuple[str, str]) -> Recording:
    return replace(REAL, subject=replace(REAL.subject, stack=stacked(*edges, names="front middle bottom")))


def request(done_ns: int, status: int) -> Request:
    return Request("fresh", "1", done_ns - S // 100, done_ns=done_ns, status=status, complete=True)


def test_a_stack_that_compose_has_stopped_did_so_in_order() -> None:
    found = judge(REAL)
    assert (found.grade, found.cause) == (Grade.PASS, None), found
    assert [end.service for end in critical_path(REAL.subject.stack, ends(REAL))] == ["front", "middle", "bottom"]
    assert found.figures["path_middle_s"] >= 2
    assert found.figures["total_s"] >= found.figures["path_middle_s"]
    (note,) = [note for note in found.notes if "needed SIGKILL" in note]
    assert note.startswith("middle needed SIGKILL after ")
    assert note.endswith(": bottom waited for it, as middle depends on it")
    last = judge(replace(REAL, containers=tuple(c for c in REAL.containers if c.service != "bottom")))
    (note,) = [note for note in last.notes if "needed SIGKILL" in note]
    assert "waited" not in note  # nobody does for what comes last


def test_a_dependency_that_got_its_signal_first_violates_the_order() -> None:
    # As if it had been the other way round in the compose file.
    found = judge(with_edges(("bottom", "middle")))
    assert found.grade is Grade.FAIL
    assert found.cause
    assert found.cause.id == "order-violated"
    assert any("middle: signal" in line for line in found.cause.evidence)


def test_talk_without_a_dependency_is_told_when_the_order_was_wrong() -> None:
    recording = replace(with_edges(("front", "middle")), talks=(Talk("bottom", "front", 8080),))
    found = judge(recording)
    assert (found.grade, found.cause.id if found.cause else None) == (Grade.WARN, "missing-dependency-edge")
    assert found.cause
    assert "bottom: {depends_on: [front]}" in found.cause.fix


def test_talk_without_a_dependency_that_cost_answers_is_a_failure() -> None:
    lost: dict[str, tuple[Request, ...]] = {"bottom": (request(sent_ns() + S // 2, 502),)}
    recording = replace(with_edges(("front", "middle")), talks=(Talk("bottom", "front", 8080),), asked=lost)
    found = judge(recording)
    assert (found.grade, found.cause.id if found.cause else None) == (Grade.FAIL, "missing-dependency-edge")


def test_talk_in_the_right_order_by_chance_is_no_finding() -> None:
    assert judge(replace(with_edges(), talks=(Talk("front", "bottom", 8080),))).grade is Grade.PASS


def test_answers_lost_after_the_own_signal_are_another_drills_matter() -> None:
    late: dict[str, tuple[Request, ...]] = {"front": (request(max(end.ended_ns for end in ends(REAL).values()), 502),)}
    assert judge(replace(REAL, asked=late)).grade is Grade.PASS


def test_less_than_two_ends_prove_no_order() -> None:
    assert judge(replace(REAL, containers=REAL.containers[:1])).grade is Grade.INCONCLUSIVE


@pytest.mark.parametrize(
    ("talk", "told"),
    [(("web", "db"), False), (("db", "web"), False), (("web", "cache"), True)],
    ids=["through another", "back to who depends on it", "nobody says so"],
)
def test_a_dependency_through_another_is_one(talk: tuple[str, str], told: bool) -> None:
    stack = stacked(("web", "api"), ("api", "db"), names="cache")
    assert bool(unwritten(stack, [Talk(*talk, 1)])) == told


def test_who_talks_to_whom_is_read_from_sockets() -> None:
    def facts(service: str, ip: str) -> Facts:
        return Facts(f"id-{service}", service, "", (), networks=(Network("n", ip),))

    web, db = facts("web", "10.0.0.2"), facts("db", "10.0.0.3")
    sockets = {
        web.id: (
            Socket("TIME_WAIT", "10.0.0.2", 40000, "10.0.0.3", 5432),
            Socket("ESTABLISHED", "10.0.0.2", 80, "10.0.0.1", 50000),  # somebody from outside
        ),
        db.id: (
            Socket("LISTEN", "::", 5432, "::", 0),
            Socket("ESTABLISHED", "10.0.0.3", 5432, "10.0.0.2", 40001),  # is asked, does not ask
        ),
    }
    assert talks((web, db), sockets) == (Talk("web", "db", 5432),)


def test_what_needs_others_is_started_after_them() -> None:
    stack = stacked(("web", "api"), ("api", "db"), ("worker", "db"), names="cache")
    assert levels(stack, stack.names) == (("cache", "db"), ("api", "worker"), ("web",))
