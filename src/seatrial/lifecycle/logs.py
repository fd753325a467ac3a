"""Logs of many containers as one stream in engine time order, through restarts and recreations."""

from __future__ import annotations

import contextlib
import heapq
import queue
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import Self, TypeAlias

    from seatrial.engine import Engine, EventStream
    from seatrial.engine.observed import Container, LogLine, Snapshot
    from seatrial.stack import Stack

    # Called with a container and what the engine or the client says instead of its log.
    Refused: TypeAlias = Callable[[Container, str], None]

# Lines of different containers reach us through different pipes; within this they are put in order.
REORDER_S = 0.1
_PENDING = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line of one container. `time` is the engine's, RFC 3339; entries sort by it."""

    time: str
    container: str
    service: str
    text: str


_SINCE = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?|\d+(\.\d+)?|(\d+(\.\d+)?(ns|us|ms|s|m|h))+")


def check_range(since: str, tail: str) -> None:
    """Refuse what the engine would refuse in the middle of the log.

    Raises:
        UsageError: `since` is no time or age, `tail` no number of lines.
    """
    if since and not _SINCE.fullmatch(since):
        raise UsageError(f"--since is {since!r}", fix="give it a time (2026-01-31T12:00:00Z) or an age (10m, 1h30m)")
    if tail != "all" and not tail.isdigit():
        raise UsageError(f"--tail is {tail!r}", fix="give it a number of lines, or `all`")


def unattached(stack: Stack) -> frozenset[str]:
    """Services with `attach: false`, whose logs are shown only by name."""
    return frozenset(name for name, model in stack.service_models().items() if model.get("attach") is False)


def chosen(snapshot: Snapshot, services: Sequence[str], hidden: Collection[str] = frozenset()) -> tuple[Container, ...]:
    """The containers whose logs are wanted: of `services`, of all but `hidden` when empty, one-off ones left out."""
    names = services or sorted({*snapshot.services} - {*hidden})
    return tuple(container for name in names for container in snapshot.of(name))


def so_far(
    engine: Engine, containers: Iterable[Container], *, since: str, tail: str, refused: Refused = lambda *_: None
) -> Iterator[Entry]:
    """What has been logged up to now, merged. Holds one line of each container at a time, however large the logs."""
    with contextlib.ExitStack() as stack:
        readers = [
            _entries(
                container,
                stack.enter_context(engine.log_lines(container.id, follow=False, since=since, tail=tail)),
                refused,
            )
            for container in containers
        ]
        yield from heapq.merge(*readers)


def _entries(container: Container, lines: Iterable[LogLine], refused: Refused, after: str = "") -> Iterator[Entry]:
    for line in lines:
        if not line.time:
            refused(container, line.text)
        elif line.time > after:  # else it was shown before the container was restarted
            yield Entry(line.time, container.name, container.service, line.text)


class Follower:
    """Follows the logs of a project's services, of containers that are yet to come too.

    A container's log ends with it; when it is started again, it is read on from the last line shown.

    Args:
        hidden: services that are left out where `services` names none.
        refused: called once for each container with what the engine or the client says instead of its log.
    """

    def __init__(  # noqa: PLR0913
        self,
        engine: Engine,
        services: Sequence[str],
        *,
        since: str,
        tail: str,
        hidden: Collection[str] = frozenset(),
        refused: Refused = lambda *_: None,
    ) -> None:
        self._engine, self._services, self._hidden, self._refused = engine, services, hidden, refused
        self._since, self._tail = since, tail
        self._lines: queue.Queue[Entry] = queue.Queue(_PENDING)
        self._told: dict[str, str] = {}
        self._readers: dict[str, tuple[threading.Thread, str]] = {}
        self._refusals: set[tuple[str, str]] = set()
        self._one_ended = threading.Event()
        self._streams = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._streams.close()

    def read(self, snapshot: Snapshot) -> None:
        """Start to read every wanted container that is new, or that runs and is not being read."""
        for container in chosen(snapshot, self._services, self._hidden):
            reader, started_at = self._readers.get(container.id, (None, ""))
            again = container.state == "running" and container.started_at != started_at
            if reader is None or (again and not reader.is_alive()):
                self._readers[container.id] = self._start(container), container.started_at

    def _start(self, container: Container) -> threading.Thread:
        after = self._told.get(container.id, "")
        lines = self._streams.enter_context(
            self._engine.log_lines(
                container.id, follow=True, since=after or self._since, tail="all" if after else self._tail
            )
        )

        def pump() -> None:
            with contextlib.suppress(ValueError):  # closed under us: the follower is being left
                for entry in _entries(container, lines, self._tell_refusal, after):
                    self._lines.put(entry)
                    self._told[container.id] = entry.time
            self._one_ended.set()

        thread = threading.Thread(target=pump, daemon=True)
        thread.start()
        return thread

    def _tell_refusal(self, container: Container, words: str) -> None:
        if (container.id, words) not in self._refusals:
            self._refusals.add((container.id, words))
            self._refused(container, words)

    def entries(self, events: EventStream, project_name: str) -> Iterator[Entry]:
        """Entries in time order for as long as the caller reads; never ends by itself."""
        order = Reorder()
        while True:
            yield from order.due(time.monotonic())
            if self._take(order):
                continue
            started = any(event.action == "start" for event in events.wait(0))
            if started or self._one_ended.is_set():
                self._one_ended.clear()
                self.read(self._engine.snapshot(project_name))

    def _take(self, order: Reorder) -> bool:
        """Move one waiting line into the order; False when none came for a moment."""
        try:
            order.put(self._lines.get(timeout=REORDER_S / 2), time.monotonic())
        except queue.Empty:
            return False
        return True


class Reorder:
    """Holds each entry back for a moment, so that one with an earlier time may still go before it."""

    def __init__(self, hold_s: float = REORDER_S) -> None:
        self._hold_s = hold_s
        self._held: list[tuple[str, int, float, Entry]] = []
        self._count = 0

    def put(self, entry: Entry, now: float) -> None:
        self._count += 1
        heapq.heappush(self._held, (entry.time, self._count, now, entry))

    def due(self, now: float) -> Iterator[Entry]:
        """Entries held for long enough at `now`, and all with an earlier time, in order."""
        ripe = sum(1 for _, _, arrived, _ in self._held if now - arrived >= self._hold_s)
        while ripe and self._held:
            _, _, arrived, entry = heapq.heappop(self._held)
            ripe -= now - arrived >= self._hold_s
            yield entry
