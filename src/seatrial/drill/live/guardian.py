"""Puts back what a drill has changed when the drill itself dies: a process of its own that outlives ours.

Its input are debts, one JSON line each: `[number, ["docker", "start", ...], seconds]`, and `[number]` when one is paid.
When the input ends with debts unpaid, it pays them, last one first. `{"ID": "ID of the owner"}` are containers on the
network of another one: when that was started after them, they are restarted in the end.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.containers import asked
from seatrial.errors import RunFailed, SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from seatrial.drill.live.tape import Tape

_LIMIT_S = 60
# A stop that the engine has been asked for is an event by then.
_MOMENT_S = 0.2
_TURNS = ("kill", "die", "start")
# What was sent to the engine before we died may take effect after that: a stop at the end of its grace.
_LATE_S = 25.0
_LAST_S = 10.0
# The engine's words for what is as it should be already.
_NOT_NEEDED = ("already exists in network", "is already attached to network")
_GONE = "No such container"


class Debt:
    """One thing to put back."""

    def __init__(self, arguments: Sequence[str], paid: Callable[[], None]) -> None:
        self.arguments, self._paid, self._open = tuple(arguments), paid, True

    def settle(self) -> None:
        """It is put back already, and nothing is left to be done."""
        if self._open:
            self._open = False
            self._paid()

    def pay(self) -> None:
        """Put it back, if that was not done. Raises `RunFailed`, `EngineUnreachable`."""
        if not self._open:
            return
        doing = f"put back what was changed (docker {' '.join(self.arguments)})"
        try:
            asked(self.arguments, doing=doing, limit_s=_LIMIT_S)
        except RunFailed as error:
            harmless = (*_NOT_NEEDED, _GONE) if self.arguments[0] == "rm" else _NOT_NEEDED
            if not any(words in line for line in error.detail for words in harmless):
                raise
        self.settle()


class Guardian:
    """Our end of it."""

    def __init__(self, process: subprocess.Popen[str], tape: Tape) -> None:
        self._process, self._tape = process, tape
        self._numbers = itertools.count()
        self._debts: dict[int, Debt] = {}
        self._lock = threading.Lock()

    @contextmanager
    def owing(self, *arguments: str, late_s: float = _LATE_S) -> Iterator[Debt]:
        """Whatever happens inside, `docker ARGUMENTS` is run at the end. It must do no harm when it is not needed.

        Args:
            arguments: of `docker`.
            late_s: for how long what the block does may still take effect when we are killed in the middle of it.
        """
        number, began_ns = next(self._numbers), time.time_ns()
        self._tell([number, ["docker", *arguments], late_s])
        debt = self._debts[number] = Debt(arguments, lambda: self._settled(number))
        try:
            yield debt
        except BaseException:
            if arguments[0] == "start":
                self._until_ended(arguments[1:], began_ns, late_s)
            # What went wrong first is what is told; what is not put back is found by the look at the end.
            with suppress(SeatrialError):
                debt.pay()
            raise
        debt.pay()

    def remember(self, shared: Mapping[str, str]) -> None:
        """By id of a container that shares another one's network, the id of that one: they are kept together."""
        if shared:
            self._tell(dict(shared))

    def owed(self) -> tuple[tuple[str, ...], ...]:
        """The arguments of `docker` for what is not put back, in the order in which it would be."""
        with self._lock:
            return tuple(debt.arguments for _, debt in sorted(self._debts.items(), reverse=True))

    def catch_up(self) -> None:
        """Put back now what could not be put back when it was due: there was no engine."""
        with self._lock:
            left = [debt for _, debt in sorted(self._debts.items(), reverse=True)]
        for debt in left:
            with suppress(SeatrialError):
                debt.pay()

    def _settled(self, number: int) -> None:
        with self._lock:
            self._debts.pop(number, None)
        self._tell([number])

    def _until_ended(self, container_ids: Sequence[str], since_ns: int, late_s: float) -> None:
        """Wait for what is being stopped: `start` means nothing to it until it has ended."""
        time.sleep(_MOMENT_S)
        deadline = time.monotonic() + late_s
        while time.monotonic() < deadline and any(self._ending(one, since_ns) for one in container_ids):
            time.sleep(_MOMENT_S)

    def _ending(self, container_id: str, since_ns: int) -> bool:
        if self._tape.lost:  # the end would not be heard
            return False
        told = [event.action for event in self._tape.since(since_ns, container_id) if event.action in _TURNS]
        return bool(told) and told[-1] == "kill"

    def _tell(self, line: Sequence[object] | dict[str, str]) -> None:
        assert self._process.stdin is not None  # noqa: S101
        with self._lock:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()


@contextmanager
def watching(tape: Tape) -> Iterator[Guardian]:
    """A guardian that lives as long as the block, and longer if we do not."""
    process = subprocess.Popen(
        # By its path and without site packages: it starts in 20 ms, and nothing that we have imported can break it.
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("guardian_process.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield Guardian(process, tape)
    finally:
        assert process.stdin is not None  # noqa: S101
        process.stdin.close()
        # With the engine gone it goes on without us, until there is one again.
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_S)
