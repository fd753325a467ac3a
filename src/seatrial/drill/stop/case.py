"""What is known of a stop that was not clean. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import Anatomy, anatomy, program, shown
from seatrial.drill.stop.ended import name_of, number_of, stop
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording, Sample
    from seatrial.drill.stop.ended import Stop
    from seatrial.engine.inside import Process

NODE = "node"
_LINES, _LINE = 3, 160
_TROUBLE = re.compile(
    r"\b(?:error|err|fail(?:ed|ure|s)?|fatal|can(?:'t|not)|could not|unable|denied|refused|exception|traceback)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a stop that was not clean.

    Attributes:
        lost: whether requests that were in flight got no answer.
        control: whether the stop was clean when the signal went straight to the workload; None when that was not tried.
    """

    recording: Recording
    stop: Stop
    lost: bool
    control: bool | None = None

    @property
    def anatomy(self) -> Anatomy:
        """As it was before the stop."""
        samples = self.recording.samples
        return anatomy(samples[0].processes, samples[0].sockets or (), self.recording.port) if samples else Anatomy()

    @property
    def signal(self) -> str:
        return name_of(number_of(self.recording.subject.facts.stop_signal))

    @property
    def number(self) -> int:
        """Of the stop signal."""
        return number_of(self.recording.subject.facts.stop_signal)

    def during(self) -> Iterator[Sample]:
        """The looks between the signal and the end, the engine's SIGKILL included; oldest first."""
        ends = [at for at in (self.stop.killed_ns, self.stop.ended_ns) if at is not None]
        for sample in self.recording.samples:
            if self.stop.signal_ns < sample.at_ns and (not ends or sample.at_ns <= min(ends)) and sample.processes:
                yield sample

    def handles(self, process: Process) -> bool:
        """Whether it catches the stop signal, by the kernel's mask; true where that cannot be told."""
        return self._judged_by(process).catches(self.number)

    def deaf(self, process: Process) -> str:
        """That it does not, with the mask that tells it."""
        judged = self._judged_by(process)
        if judged is process:
            return f"{shown(process)} does not catch {self.signal} (SigCgt {process.caught:016x})"
        return (
            f"{shown(process)} does not catch {self.signal}: its runtime's own handler took itself away when it came "
            f"(SigCgt {process.caught:016x} before, {judged.caught:016x} after)"
        )

    def _judged_by(self, process: Process) -> Process:
        """The look at it that tells. node has a handler of its own that takes itself away when the signal comes."""
        if program(process) != NODE or not process.catches(self.number):
            return process
        later = [p for sample in self.during() for p in sample.processes if p.pid == process.pid]
        return later[-1] if later else process


def complaints(recording: Recording) -> tuple[str, ...]:
    """The last lines that it logged after the signal and that report an error of its own."""
    found = [text.strip()[:_LINE] for text in said_since(recording) if _TROUBLE.search(text)]
    return tuple(f"log: {text}" for text in list(dict.fromkeys(found))[-_LINES:])


def said_since(recording: Recording) -> tuple[str, ...]:
    """What it has logged after the signal, and not in the same words before; numbers do not count."""
    ended = stop(recording)
    if ended is None:
        return ()
    timed = [(recording.clock.ours(nanoseconds(line.time)), line.text) for line in recording.logs]
    before = {_NUMBERS.sub("0", text) for at, text in timed if at < ended.signal_ns}
    # What it says when it is started again is none of it.
    last = ended.ended_ns or max((at for at, _ in timed), default=0)
    return tuple(text for at, text in timed if ended.signal_ns <= at <= last and _NUMBERS.sub("0", text) not in before)
