"""How every service of a stack is, at one look: the troubled ones first. Pure.

`readiness` judges a start; this tells what stands, whenever it was started, and calls nobody's own stop a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.figures import Figures
from seatrial.lifecycle.marks import Marks
from seatrial.lifecycle.readiness import is_done

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.stack import Stack

_UNMARKED = Marks()
T = TypeVar("T", int, float)
_NS = 10**9
# One that came back so lately, and without a check that passes, may be in a crash loop.
_LATELY_S = 60.0
# What ends by the signals of a stop, of ^C, or of a stop that took too long, was ended by somebody.
_BY_SIGNAL = (130, 137, 143)


class Grade(Enum):
    """What a person should look at, in this order."""

    TROUBLE = "trouble"
    UNSETTLED = "unsettled"
    ENDED = "ended"
    UP = "up"
    DONE = "done"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One service.

    Attributes:
        state: in words, complete without colour.
        age_s: since its container was started (the latest one); None when none runs.
        restarts: the engine's count, of all its containers.
        cores, memory_bytes: of all its containers that run; None where nothing is known.
        said: the last line of the container that `state` is about.
        containers: worst first.
    """

    service: str
    grade: Grade
    state: str
    age_s: float | None = None
    restarts: int = 0
    cores: float | None = None
    memory_bytes: int | None = None
    said: str = ""
    containers: tuple[Container, ...] = ()


def overview(
    stack: Stack, snapshot: Snapshot, figures: Mapping[str, Figures], now_ns: int, marks: Marks = _UNMARKED
) -> tuple[Row, ...]:
    """A row for each service, those too that only containers still tell of; in the order of grades, then of the stack.

    Args:
        stack: the model.
        snapshot: its containers.
        figures: by container id.
        now_ns: the engine's time, since the epoch.
        marks: of containers that are not what they seem.
    """
    names = (*stack.names, *sorted(snapshot.services - set(stack.names)))
    rows = [_row(stack, name, snapshot, figures, now_ns, marks) for name in names]
    order = list(Grade)
    return tuple(sorted(rows, key=lambda row: order.index(row.grade)))


def _row(  # noqa: PLR0913, PLR0917  all that a row is made of
    stack: Stack, name: str, snapshot: Snapshot, figures: Mapping[str, Figures], now_ns: int, marks: Marks
) -> Row:
    containers = snapshot.of(name)
    if not containers:
        provider = stack.service(name).provider if name in stack.names else ""
        return Row(name, Grade.NONE, f"provider {provider}" if provider else "no container")
    one_shot = name in stack.names and is_done(stack, name, snapshot)
    order = list(Grade)
    told = sorted(
        ((*_marked(c, _graded(c, now_ns, one_shot=one_shot), marks), c) for c in containers),
        key=lambda one: order.index(one[0]),
    )
    grade, state, worst = told[0]
    wanted = stack.service(name).replicas if name in stack.names else len(containers)
    if wanted > len(containers) and grade not in (Grade.TROUBLE, Grade.ENDED):
        grade = Grade.UNSETTLED
    if max(wanted, len(containers)) > 1:
        alike = sum(words == state for _, words, _ in told)
        state = f"{alike} of {max(wanted, len(containers))} {state}"
    found = [figures.get(c.id, Figures()) for c in containers]
    said = figures.get(worst.id, Figures()).said
    ages = [_age_s(c, now_ns) for c in containers if c.state == "running"]
    return Row(
        name,
        grade,
        state,
        min(ages) if ages else None,
        sum(c.restart_count for c in containers),
        _sum([one.cores for one in found]),
        _sum([one.memory_bytes for one in found]),
        said.text if said else "",
        tuple(c for _, _, c in told),
    )


def _marked(c: Container, graded: tuple[Grade, str], marks: Marks) -> tuple[Grade, str]:
    grade, state = graded
    mark = marks.of(c)
    return (Grade.TROUBLE if c.id in marks.cut_off else grade, f"{state}, {mark}") if mark else graded


def _graded(c: Container, now_ns: int, *, one_shot: bool) -> tuple[Grade, str]:
    match c.state:
        case "running" if c.health is not None:
            return _by_health(c)
        case "running":
            again = c.restart_count > 0 and _age_s(c, now_ns) < _LATELY_S
            return (Grade.TROUBLE, "running again") if again else (Grade.UP, "running")
        case "restarting":
            return Grade.TROUBLE, f"restarting, exit {c.exit_code}{_oom(c)}"
        case "exited" | "dead" | "created" if c.error:
            return Grade.TROUBLE, "could not be started"
        case "exited" if one_shot:
            return Grade.DONE, "done"
        case "exited" if c.exit_code == 0 or (c.exit_code in _BY_SIGNAL and not c.oom_killed):
            return Grade.ENDED, f"ended, exit {c.exit_code}"
        case "exited" | "dead":
            return Grade.TROUBLE, f"exited {c.exit_code}{_oom(c)}"
        case "paused":
            return Grade.TROUBLE, "paused"
        case state:
            return Grade.UNSETTLED, state


def _by_health(c: Container) -> tuple[Grade, str]:
    assert c.health is not None  # noqa: S101
    failed = f", {c.health.failing_streak} failed" if c.health.failing_streak else ""
    match c.health.status:
        case "unhealthy":
            return Grade.TROUBLE, f"unhealthy{failed}"
        case "healthy":
            return (Grade.UNSETTLED if failed else Grade.UP), f"healthy{failed}"
        case status:
            return Grade.UNSETTLED, f"{status}{failed}"


def _age_s(c: Container, now_ns: int) -> float:
    return max(0.0, (now_ns - nanoseconds(c.started_at)) / _NS)


def _oom(c: Container) -> str:
    return ", out of memory" if c.oom_killed else ""


def _sum(values: Sequence[T | None]) -> T | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
