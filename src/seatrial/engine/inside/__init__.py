"""What happens inside of containers, seen and touched from one helper container per run; a target needs nothing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a container, or a zombie.

    Attributes:
        pid: in the engine's PID namespace, which `State.Pid` of an inspection is in too.
        inner_pid: in the container's own.
        parent: its parent's `pid`; for a command of `docker exec` that is a process of the engine.
        state: the letter of /proc/PID/stat: R S D T t Z X I.
        name: the kernel's, of at most 15 characters.
        command: its arguments, which may hold secrets; empty for a zombie.
        uid: the effective one, as the container counts.
        caught: mask of the signals with a handler of its own; bit N-1 stands for signal N, in the other masks too.
        start_ticks: when it started, in clock ticks since boot: with `pid` it tells one process from all others.
        exe: the path of the file that it executes, as the container has it; "" where the kernel does not tell.
    """

    pid: int
    inner_pid: int
    parent: int
    state: str
    name: str
    command: tuple[str, ...]
    uid: int
    caught: int
    ignored: int
    blocked: int
    start_ticks: int
    exe: str = ""

    def catches(self, signal_number: int) -> bool:
        return bool(self.caught >> (signal_number - 1) & 1)

    def ignores(self, signal_number: int) -> bool:
        return bool(self.ignored >> (signal_number - 1) & 1)


@dataclass(frozen=True, slots=True)
class Socket:
    """A TCP socket of a container's network namespace.

    Attributes:
        state: the kernel's word for it: LISTEN, ESTABLISHED, CLOSE_WAIT...
        local: an IP address; IPv4 in IPv6 is written as IPv4.
        remote_port: 0 for a listener.
        owners: `pid` of the processes that hold it open, of this container only; none for what the kernel keeps alone.
    """

    state: str
    local: str
    local_port: int
    remote: str
    remote_port: int
    owners: tuple[int, ...] = ()


class Inside(Protocol):
    """May be used by several threads. Every method raises `HelperUnavailable` when the helper has gone."""

    def processes(self, pid: int) -> tuple[Process, ...]:
        """All of the PID namespace of the container whose PID 1 is `pid`, zombies too; () when that has ended.

        Under `pid: host` that would be everybody: then only `pid` and its descendants.
        """
        ...

    def sockets(self, pid: int) -> tuple[Socket, ...]:
        """The TCP sockets, v4 and v6, of the container whose PID 1 is `pid`; () when that has ended."""
        ...

    def signal(self, pid: int, name: str, *, start_ticks: int | None = None) -> bool:
        """Send "SIGKILL", "SIGTERM"...; False when there is no such process (any more) or it is a zombie.

        The engine knows nothing of it, so a restart policy acts as after a crash.

        Args:
            pid: a process of a container; one of the engine's host is refused, unless `start_ticks` shows it is meant.
            name: the signal's name in Linux.
            start_ticks: of the process that is meant; False when the number belongs to another one by now.
        """
        ...

    def frozen(self, processes: Sequence[Process]) -> AbstractContextManager[None]:
        """SIGSTOP them for the time of the block.

        They go on when it ends, and also when the helper does because we were killed.
        """
        ...


@contextmanager
def opened(label_value: str, *, image: str = "") -> Iterator[Inside]:
    """Start the helper, and end it on the way out; whatever a killed run left under the same label is removed first.

    Args:
        label_value: whose helper it is, as the value of its label `seatrial.helper`: a project's name.
        image: the only image to use, pulled when it is missing; "" finds or makes one (`image.py`).

    Raises:
        HelperUnavailable: no helper can run here, with the reason.
        EngineError: there is no engine to talk to.
    """
    from seatrial.engine.inside.helper import running

    with running(label_value, image) as inside:
        yield inside
