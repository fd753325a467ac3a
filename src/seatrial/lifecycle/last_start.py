"""How the stack came up the last time that something had to be started, for reports that are made later."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seatrial.kept import load, of_checkout, save
from seatrial.lifecycle.critical_path import Link, critical_path
from seatrial.lifecycle.timing import Times

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.lifecycle.wait import Outcome
    from seatrial.project import Project
    from seatrial.stack import Stack

VERSION = 1
_LONGEST_S = 1e6


@dataclass(frozen=True, slots=True)
class Start:
    """One `up`.

    Attributes:
        at: when it began, RFC 3339; "" where that is told elsewhere.
        seconds: the whole of it.
        times: by service, of those that something happened to.
        path: the critical path.
    """

    at: str
    seconds: float
    times: Mapping[str, Times]
    path: tuple[Link, ...] = ()


def start_of(stack: Stack, outcome: Outcome, at: str = "") -> Start:
    """What an `up` was, as a value. Pure."""
    return Start(at, outcome.seconds, outcome.times, critical_path(stack, outcome.times))


def remember(project: Project, stack: Stack, outcome: Outcome) -> None:
    """Keep a start that has just ended well. A disk that does not let us is no reason to fail."""
    if not outcome.times or not outcome.up:
        return
    began = datetime.now(UTC) - timedelta(seconds=outcome.seconds)
    start = start_of(stack, outcome, began.astimezone().isoformat(timespec="seconds"))
    with suppress(OSError):
        save(_place(project, stack.name), {"version": VERSION, **asdict(start)})


def recalled(project: Project, name: str) -> Start | None:
    """The last one of the project called `name` in this checkout; None where none is kept that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told = load(_place(project, name))
        if told["version"] == VERSION:
            return _read(told)
    return None


def _place(project: Project, name: str) -> Path:
    return of_checkout("history/start", project, name)


def _read(told: Mapping[str, Any]) -> Start:
    """Raises `KeyError`, `TypeError`, `ValueError`, `AttributeError` for what is no start."""
    times = {
        str(service): Times(*(_moment(own[step]) for step in ("created", "started", "ready", "healthy")))
        for service, own in told["times"].items()
    }
    path = tuple(Link(str(one["service"]), _number(one["start_s"]), _number(one["took_s"])) for one in told["path"])
    return Start(datetime.fromisoformat(told["at"]).isoformat(), _number(told["seconds"]), times, path)


def _moment(told: Any) -> float | None:
    return None if told is None else _number(told)


def _number(told: Any) -> float:
    number = float(told)
    if not -_LONGEST_S < number < _LONGEST_S:
        raise ValueError
    return number
