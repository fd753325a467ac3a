"""Which of the requests a service has told of in its log, when it tells of requests at all. Pure.

Two ways: a line that holds the id that a request was sent with; or lines of one shape, of which there is one for every
request. Whoever logs one request in ten, or only errors, is not judged by either.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.drill.recording import Recording
    from seatrial.engine.observed import LogLine

# Fewer say nothing of a habit.
_HABIT = 10
_EVERY = 0.9
# Requests before the recorded ones: it was tried out what the service can bear.
_TRIED = 40
# A program may write the line before it answers, and answer that much later than it usually does.
_EARLY_NS = 50_000_000
_BLOCK_NS = 500_000_000
_WORD = re.compile(r"[^\s\"'=:,()\[\]{}/?&]*\d[^\s\"'=:,()\[\]{}/?&]*")


@dataclass(frozen=True, slots=True)
class Told:
    """What the log tells of requests.

    Attributes:
        requests: that were answered and should be in it.
        lines: that tell of them.
        missing_ns: when those were answered after which there is no line any more; by time.
        last_ns: of the last line that tells of one.
        late: how many were told of only half a second and more after their answer: a crash loses those.
        how: "their ids" or "a line of one shape for each".
        example: such a line.
    """

    requests: int
    lines: int
    missing_ns: tuple[int, ...]
    last_ns: int
    late: int
    how: str
    example: str


def told(recording: Recording, until_ns: int) -> Told | None:
    """Of the requests answered before `until_ns`; None when the log tells of no requests, or not of all."""
    answered = sorted(
        (r.done_ns, r.marker)
        for r in recording.requests
        if r.status and r.complete and r.done_ns and r.done_ns < until_ns
    )
    if len(answered) < _HABIT:
        return None
    lines = [(recording.clock.ours(nanoseconds(line.time)), line.text) for line in recording.logs]
    usual_ns = int(recording.trial.answer.seconds * 2e9) if recording.trial and recording.trial.answer else 0
    return _by_id(answered, lines) or _by_shape([at for at, _ in answered], lines, _EARLY_NS + usual_ns)


def shutdown_lines(recording: Recording, signal_ns: int) -> tuple[LogLine, ...]:
    """What it has logged since the signal."""
    since = recording.clock.engines(signal_ns)
    return tuple(line for line in recording.logs if nanoseconds(line.time) >= since)


def cut_off(lines: Sequence[LogLine]) -> str:
    """The last line, when it is half of a JSON object in a log of whole ones; else ""."""
    last = lines[-1].text.strip() if lines else ""
    if len(lines) <= _HABIT or not last.startswith("{") or _whole(last):
        return ""
    return last if all(_whole(line.text) for line in lines[-_HABIT - 1 : -1]) else ""


def shape(text: str) -> str:
    """A line without what differs from one request to the next: every word with a digit in it."""
    return _WORD.sub("0", text)


def _by_id(answered: Sequence[tuple[int, str]], lines: Sequence[tuple[int, str]]) -> Told | None:
    found: dict[str, int] = {}
    example, ids = "", {marker for _, marker in answered}
    for at, text in lines:
        for word in re.findall(r"[0-9a-f]{8}-\d+", text):
            if word in ids:
                found.setdefault(word, at)
                example = text
    if len(found) < _HABIT / 2:
        return None
    last = max(at for at, marker in answered if marker in found)
    until = [marker for at, marker in answered if at <= last]
    if sum(marker in found for marker in until) < _EVERY * len(until):
        return None
    missing = tuple(at for at, marker in answered if at > last)
    late = sum(found[marker] - at > _BLOCK_NS for at, marker in answered if marker in found)
    return Told(len(answered), len(found), missing, max(found.values()), late, "their ids", example)


def _by_shape(answered: Sequence[int], lines: Sequence[tuple[int, str]], early_ns: int) -> Told | None:
    """The shape that is there most often; it must be there for every request until its last line."""
    shapes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, text in lines:
        if text.strip():
            shapes[shape(text)].append((at, text))
    fitting = [
        found for told in sorted(shapes.values(), key=len, reverse=True) if (found := _habit(answered, told, early_ns))
    ]
    # A service that stops to log one thing may still log another: the one that tells of most counts.
    return min(fitting, key=lambda found: len(found.missing_ns), default=None)


def _habit(answered: Sequence[int], of_shape: Sequence[tuple[int, str]], early_ns: int) -> Told | None:
    times = sorted(at for at, _ in of_shape)
    before = sum(at <= times[-1] + early_ns for at in answered)
    if before < _HABIT or len(times) < _EVERY * before or len(times) > 2 * before + _TRIED:
        return None
    missing = tuple(at for at in answered if at > times[-1] + early_ns)
    late = sum(at < times[0] - _BLOCK_NS for at in answered)
    how = "a line of one shape for each"
    return Told(len(answered), len(times), missing, times[-1], late, how, of_shape[-1][1])


def _whole(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def last_ns(recording: Recording, lines: Iterable[LogLine]) -> int | None:
    """When the last of them was written, by our clock; None without one."""
    return max((recording.clock.ours(nanoseconds(line.time)) for line in lines), default=None)
