"""Looks into containers and signals their processes, through the shell of the helper container."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine.inside import signals
from seatrial.engine.inside.container import started
from seatrial.engine.inside.freezing import at_exit
from seatrial.engine.inside.processes import ZOMBIE, as_inside, executables, family, namespaces, process
from seatrial.engine.inside.sockets import owners, sockets
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from seatrial.engine.inside import Process, Socket
    from seatrial.engine.inside.container import Started

# A number that was free for less than this is not another process's by now: the kernel goes through all of them first.
_REUSE_S = 1.0


@contextmanager
def running(label_value: str, image: str) -> Iterator[Helper]:
    with started(label_value, image) as helper:
        yield Helper(helper)


class Helper:
    """`Inside`, from a container in the PID namespace of the engine's host."""

    def __init__(self, helper: Started) -> None:
        """Nothing is known yet."""
        self._shell, self._host, self._mapped = helper
        self._namespaces: dict[int, str] = {}
        self._looked = float("-inf")
        self._lock = threading.Lock()
        self._frozen: tuple[Process, ...] = ()
        self._executables: dict[tuple[int, int, tuple[str, ...]], str] = {}

    def processes(self, pid: int) -> tuple[Process, ...]:
        namespace, pids = self._members(pid)
        found = self._read(pids)
        if found and self._mapped:
            found = as_inside(found, self._shell.read([f"{pid}/uid_map"])[0])
        return family(pid, found) if namespace == self._host else found

    def sockets(self, pid: int) -> tuple[Socket, ...]:
        namespace, pids = self._members(pid)
        if namespace == self._host:
            pids = [one.pid for one in family(pid, self._read(pids))]
        if not pids:
            return ()
        tables = self._shell.read([f"{pid}/net/tcp", f"{pid}/net/tcp6"])
        # With a second folder `ls` says whose is whose: `self` is its own.
        held = owners(self._shell.ask(f"ls -ln self/fd {' '.join(f'{one}/fd' for one in pids)}"))
        return tuple(socket for table in tables for socket in sockets(table, held))

    def signal(self, pid: int, name: str, *, start_ticks: int | None = None) -> bool:
        number = signals.number(name)
        found = self._read([pid])
        if not found or found[0].state == ZOMBIE or start_ticks not in (None, found[0].start_ticks):
            return False
        if start_ticks is None and self._host in self._ask_namespaces([pid]).values():
            raise HelperUnavailable(
                f"process {pid} is in no container: it gets no signal from here",
                fix="look at the processes anew: the container has ended, and its number may be another process's now",
            )
        if self._shell.ask(f"kill -{number} {pid}; echo $?").strip() == "0":
            return True
        if self._read([pid]):
            raise HelperUnavailable(
                f"the helper container may not send {name} to process {pid}",
                fix="see which security module of the engine's host forbids it (AppArmor, SELinux)",
            )
        return False

    @contextmanager
    def frozen(self, processes: Sequence[Process]) -> Iterator[None]:
        # Before they stop: we may be killed in between.
        self._owe(lambda owed: (*owed, *processes))
        try:
            for process in processes:
                self.signal(process.pid, "SIGSTOP", start_ticks=process.start_ticks)
            yield
        finally:
            for process in processes:
                self.signal(process.pid, "SIGCONT", start_ticks=process.start_ticks)
            self._owe(lambda owed: tuple(one for one in owed if one not in processes))

    def _owe(self, change: Callable[[tuple[Process, ...]], tuple[Process, ...]]) -> None:
        with self._lock:
            self._frozen = change(self._frozen)
            self._shell.ask(at_exit(self._frozen))

    def _members(self, pid: int) -> tuple[str, Sequence[int]]:
        """The PID namespace of a process, and who is in it in the order of their numbers."""
        with self._lock:
            alive = {int(word) for word in self._shell.ask("echo [0-9]*").split() if word.isdigit()}
            now = time.monotonic()
            # A process never changes its PID namespace: only who is new is looked at, however much runs on the host.
            known = self._namespaces if now - self._looked < _REUSE_S else {}
            known = {one: namespace for one, namespace in known.items() if one in alive}
            if new := alive - known.keys():
                # Some hide it even from us: they are no container's, and are not asked again and again.
                known |= dict.fromkeys(new, "") | self._ask_namespaces(new)
            self._namespaces, self._looked = known, now
        wanted = known.get(pid, "")
        return wanted, sorted(one for one, namespace in known.items() if wanted and namespace == wanted)

    def _ask_namespaces(self, pids: Iterable[int]) -> dict[int, str]:
        return namespaces(self._shell.ask(f"ls -ln {' '.join(f'{one}/ns/pid' for one in pids)}"))

    def _read(self, pids: Sequence[int]) -> tuple[Process, ...]:
        texts = iter(self._shell.read([f"{one}/{file}" for one in pids for file in ("stat", "status", "cmdline")]))
        # The same iterator three times: three texts make one process.
        found = (process(*three) for three in zip(texts, texts, texts, strict=True))
        return self._with_executables(tuple(one for one in found if one))

    def _with_executables(self, found: tuple[Process, ...]) -> tuple[Process, ...]:
        """Each process with its `exe`. That changes with an `exec` only, which changes the arguments too."""
        new = {_image(one): one for one in found if _image(one) not in self._executables and one.state != ZOMBIE}
        if new:
            told = executables(self._shell.ask(f"ls -ln {' '.join(f'{one.pid}/exe' for one in new.values())}"))
            self._executables |= {key: told.get(one.pid, "") for key, one in new.items()}
        return tuple(replace(one, exe=self._executables.get(_image(one), "")) for one in found)


def _image(one: Process) -> tuple[int, int, tuple[str, ...]]:
    return one.pid, one.start_ticks, one.command
