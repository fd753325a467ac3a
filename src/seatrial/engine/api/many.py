"""What is asked of many containers at a time: figures of their use, and the last line of each log. Pure but for `get`.

Each is one request for a container. `Requests.many` carries them out together, whichever way leads to the engine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatrial.engine.api.multiplexed import text
from seatrial.engine.log_stream import log_lines
from seatrial.engine.observed import LogLine, Usage
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    # Answers to GETs of these targets, in their order; None where the engine refuses one.
    Get: TypeAlias = Callable[[Sequence[str]], Sequence[bytes | None]]

_STREAMS = (0, 1, 2)
_NS = 10**9


def usage(get: Get, ids: Sequence[str]) -> Mapping[str, Usage]:
    """By container id, for those that run. One reading each: the engine's own percentages take it two seconds."""
    answers = get([f"/containers/{container_id}/stats?stream=false&one-shot=true" for container_id in ids])
    told = {i: _usage(json.loads(answer)) for i, answer in zip(ids, answers, strict=True) if answer}
    return {container_id: found for container_id, found in told.items() if found}


def last_lines(get: Get, ids: Sequence[str]) -> Mapping[str, LogLine]:
    """By container id, for those that have logged something and whose log can be read."""
    answers = get([f"/containers/{i}/logs?stdout=1&stderr=1&timestamps=1&tail=1" for i in ids])
    lines = {i: _lines(answer) for i, answer in zip(ids, answers, strict=True) if answer}
    # The engine's log drivers differ in what a last line is where a line was cut in pieces.
    return {container_id: found[-1] for container_id, found in lines.items() if found}


def _usage(told: Mapping[str, Any]) -> Usage | None:
    memory = told.get("memory_stats") or {}
    read_ns = nanoseconds(told["read"])
    if not read_ns or "usage" not in memory:
        return None  # it has ended meanwhile
    if "current" not in (told.get("pids_stats") or {}):
        # Only the root of all cgroups counts no processes: a rootless engine on cgroup v1 can make none below it, and
        # tells of every container what the whole machine uses.
        return None
    details = memory.get("stats") or {}
    # As `docker stats` counts: what the kernel would give back at once is no use of memory. cgroup v1, then v2.
    idle = details.get("total_inactive_file", details.get("inactive_file", 0))
    used = memory["usage"] - idle if idle < memory["usage"] else memory["usage"]
    return Usage(told["cpu_stats"]["cpu_usage"]["total_usage"] / _NS, used, memory.get("limit", 0), read_ns)


def _lines(answer: bytes) -> list[LogLine]:
    """Of a container without a terminal the two streams are framed; a time never looks like a frame."""
    framed = answer[0] in _STREAMS and answer[1:4] == b"\x00\x00\x00"
    whole = text(answer).encode() if framed else answer
    return [line for line in log_lines(whole.split(b"\n")) if line.time]
