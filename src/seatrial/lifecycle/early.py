"""Asks a service's own health check whether it is ready, before the engine gets round to it.

The engine first probes one interval after the start: 30 s by default, whatever the service needs.
"""

from __future__ import annotations

import math
import re
import threading
import time
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine import child
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import TracebackType
    from typing import Self

    from seatrial.engine import Ran
    from seatrial.engine.facts import Check
    from seatrial.engine.observed import Container
    from seatrial.lifecycle.stage import Stage
    from seatrial.lifecycle.wait import Watch

# Of a probe that hangs nothing is learnt, and it goes on inside.
_LIMIT_S = 5.0
_FIRST_S, _LONGEST_S, _SHARE = 0.05, 1.0, 2.0
# More at once would slow down the start that they ask about.
_AT_ONCE = 2
_SOON_S = 0.15
# So many that are starting ask the machine enough: of those, one that the engine asks within this time is left to it.
# Measured with 12 that are checked every 500 ms, on 2 cores: 0.5 s leaves all to the engine, and is 4 to 9 % slower.
_CROWD, _CROWD_SOON_S = 4, 0.3
# A program may be installed while the container starts: so often, and for so long, must it be missing.
_MISSED, _MISSED_S = 3, 2.0
_NOT_FOUND = re.compile(
    r'exec: "(?P<program>[^"/]+)": executable file not found|(?:^|: )(?P<word>[\w.-]+): (?:command )?not found'
)
_CANNOT_RUN = (126, 127)


def command(check: Check) -> tuple[str, ...]:
    """The check as the engine runs it; empty for a form that it does not know. Pure."""
    kind, *words = check.test
    if kind == "CMD":
        return tuple(words)
    return (*(check.shell or ("/bin/sh", "-c")), *words) if kind == "CMD-SHELL" else ()


def pause_s(tries: int, took_s: float) -> float:
    """How long to wait after a probe that did not pass: longer each time, and twice what it took at least. Pure."""
    return max(min(_FIRST_S * 1.5**tries, _LONGEST_S), _SHARE * took_s)


def missing(ran: Ran) -> str:
    """The program that the check would run and the image does not have; "" when it ran. Pure."""
    found = _NOT_FOUND.search(ran.output) if ran.exit_code in _CANNOT_RUN else None
    return (found["program"] or found["word"]) if found else ""


@dataclass(slots=True)
class _Asked:
    """One container in one run of it."""

    began: float
    due: float
    tries: int = 0
    missed: int = 0
    check: Check | None = None
    under_way: bool = False
    over: bool = False


class Early:
    """Probes containers whose health is `starting`; what it learns goes into the watch. Leaves no child behind."""

    def __init__(self, stage: Stage, watch: Watch, wake: Callable[[], None]) -> None:
        self._engine, self._stack, self._watch, self._wake = stage.engine, stage.stack, watch, wake
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._remembered = child.remembered()

    def __enter__(self) -> Self:
        self._children = self._remembered.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for asked in self._asked.values():
            asked.over = True
        for process in tuple(self._children):
            child.end_group(process)
        self._remembered.__exit__(kind, error, trace)

    def consider(self, containers: Iterable[Container], *, starting: bool, awaited: Collection[str]) -> float | None:
        """Begin the probes that are due; seconds until the next one is, None when none will be.

        A probe takes as much of the machine as half a start: while something is `starting`, only those are asked that
        others wait for (`awaited`, names of services), and none that the engine will ask in a moment.
        """
        now = time.monotonic()
        pauses = []
        names = self._stack.names
        running = [c for c in containers if c.state == "running" and c.service in names]
        begun = [c for c in running if c.health and c.health.status == "starting"]
        for container in begun:
            key = (container.id, container.started_at)
            asked = self._asked.setdefault(key, _Asked(now, now + _FIRST_S))
            if asked.over or asked.under_way or key in self._watch.passed:
                continue
            if starting and container.service not in awaited:
                continue
            soon_s = self._engine_in_s(container.service, now - asked.began)
            crowd = len(begun) > _CROWD and container.service not in awaited
            if soon_s <= (_CROWD_SOON_S if crowd else _SOON_S):
                pauses.append(soon_s + _SOON_S)
            elif asked.due <= now and self._busy() < _AT_ONCE:
                self._begin(key, asked)
            else:
                pauses.append(max(asked.due - now, _FIRST_S))
        return min(pauses, default=None)

    def _engine_in_s(self, service: str, age_s: float) -> float:
        """In how many seconds the engine asks by itself, as far as the compose file tells."""
        check = self._stack.service(service).healthcheck
        if check is None:
            return math.inf
        step = min(check.interval_s, check.start_interval_s) if check.start_period_s else check.interval_s
        return step - age_s % step

    def _busy(self) -> int:
        return sum(asked.under_way for asked in self._asked.values())

    def _begin(self, key: tuple[str, str], asked: _Asked) -> None:
        asked.under_way = True
        threading.Thread(target=copy_context().run, args=(self._probe, key, asked), daemon=True).start()

    def _probe(self, key: tuple[str, str], asked: _Asked) -> None:
        began = time.monotonic()
        try:
            if asked.check is None:
                asked.check = next((facts.check for facts in self._engine.facts([key[0]])), None)
            words = command(asked.check) if asked.check else ()
            if not words or asked.check is None:
                asked.over = True
                return
            limit_s = min(asked.check.timeout_s or _LIMIT_S, _LIMIT_S)
            ran = self._engine.run(key[0], words, limit_s)
            self._learn(key, asked, ran)
        except SeatrialError:
            asked.over = True  # it has ended, or the engine has: the watch will see
        finally:
            now = time.monotonic()
            asked.due = now + pause_s(asked.tries, now - began)
            asked.tries += 1
            asked.under_way = False
            self._wake()

    def _learn(self, key: tuple[str, str], asked: _Asked, ran: Ran | None) -> None:
        if ran is None:
            asked.over = True
        elif ran.exit_code == 0:
            self._watch.passed[key] = time.time_ns()
            self._watch.broken.pop(key[0], None)
        elif program := missing(ran):
            asked.missed += 1
            if asked.missed >= _MISSED and time.monotonic() - asked.began >= _MISSED_S:
                self._watch.broken[key[0]] = f"its health check cannot run: `{program}` is not in the image"
        else:
            self._watch.broken.pop(key[0], None)
