"""Which process is the service, and what stands between it and the signals of the engine. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.lifecycle.shell_text import is_idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine.inside import Process, Socket

# They pass signals on to their child and reap what is left over.
INITS = frozenset(
    {"tini", "docker-init", "dumb-init", "catatonit", "s6-svscan", "s6-supervise", "supervisord", "runit", "runsvdir"}
)
SHELLS = frozenset({"sh", "dash", "bash", "ash", "hush", "zsh", "ksh", "mksh"})
# One file that is many programs: which of them, the first word tells, or the second one.
_MULTI_CALL = re.compile(r"(?:busybox|toybox|coreutils)(?:\..*)?|qemu-.*")
# They start the service as a child; some versions pass signals on, some do not: only an experiment tells.
_RUNNERS = frozenset(
    {"npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "corepack", "nodemon", "tsx", "ts-node-dev", "watchexec"}
)
_RUNNER_FLAGS = frozenset({"--run", "--watch", "--reload"})
_ZOMBIE = "Z"
_TITLE = 30


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The processes of one container, in their order of descent.

    Attributes:
        first: PID 1; None when nothing ran.
        workload: who listens on the port, else the first that is no init, shell or runner; may be PID 1 itself.
        chain: from PID 1 down to the workload, both included.
    """

    first: Process | None = None
    workload: Process | None = None
    chain: tuple[Process, ...] = ()
    zombies: tuple[Process, ...] = ()

    @property
    def between(self) -> tuple[Process, ...]:
        """Who must pass the signal on so that the workload gets it; an init at the top can be trusted with that."""
        return tuple(process for process in self.chain[:-1] if not is_init(process))

    @property
    def init(self) -> bool:
        """Whether PID 1 is an init."""
        return self.first is not None and is_init(self.first)

    @property
    def shell(self) -> Process | None:
        """The outermost shell above the workload."""
        return next((process for process in self.between if is_shell(process)), None)

    @property
    def runner(self) -> Process | None:
        """The outermost package manager or watcher above the workload."""
        return next((process for process in self.between if is_runner(process)), None)


def anatomy(processes: Sequence[Process], sockets: Iterable[Socket] = (), port: int | None = None) -> Anatomy:
    """Who is who. `port` is where the service listens; without it any listener counts."""
    first = next((process for process in processes if process.inner_pid == 1), None)
    if first is None:
        return Anatomy()
    known = {process.pid: process for process in processes}
    listening = [s for s in sockets if s.state == "LISTEN"]
    wanted = [s for s in listening if s.local_port == port] or listening
    owners = [known[pid] for s in wanted for pid in s.owners if pid in known]
    chains = sorted((_chain(process, known, first) for process in owners), key=len)
    chain = chains[0] if chains else _descended(first, processes)
    zombies = tuple(process for process in processes if process.state == _ZOMBIE)
    return Anatomy(first, chain[-1], chain, zombies)


def is_init(process: Process) -> bool:
    return program(process) in INITS or (not process.exe and process.name in INITS)


def is_shell(process: Process) -> bool:
    return program(process) in SHELLS or (not process.exe and process.name in SHELLS)


def is_runner(process: Process) -> bool:
    """A package manager or watcher; `npm start` gives itself that title."""
    script = next((word for word in process.command[1:] if not word.startswith("-")), "")
    words = [text.split()[0] for text in (*process.command[:1], script) if text.strip()]
    names = {PurePosixPath(word).name.removesuffix(".js").removesuffix(".cjs").removesuffix("-cli") for word in words}
    return bool(names & _RUNNERS) or any(word.split("=")[0] in _RUNNER_FLAGS for word in process.command[1:])


def program(process: Process) -> str:
    """The name of the program that it is: by its file; of one that is many programs, by its arguments.

    The kernel's name and titles tell nothing: node's is `MainThread`, nginx is `nginx: master process nginx`.
    """
    file = PurePosixPath(process.exe).name
    if file and not _MULTI_CALL.fullmatch(file):
        return file
    if is_titled(process):
        return PurePosixPath(process.command[0].partition(": ")[0]).name
    first, second = ([PurePosixPath(word).name for word in process.command[:2]] + ["", ""])[:2]
    return second if second and _MULTI_CALL.fullmatch(first) else first.removeprefix("-") or file or process.name


def is_titled(process: Process) -> bool:
    """Whether what it shows as its arguments is a title, which cannot be executed."""
    words = [word for word in process.command if word]
    if not words:
        return False
    alone = len(words) == 1 and " " in words[0] and not words[0].startswith("/")
    return alone or ": " in words[0] or words[0].endswith(":")


def arguments(process: Process) -> tuple[str, ...]:
    """What starts it, as far as it tells; () for a title."""
    return () if is_titled(process) else process.command


def shown(process: Process) -> str:
    """`node (PID 7)`: by the number that people see inside the container, without arguments: those may be secret."""
    name = program(process)
    title = process.command[0].partition(": ")[0] if is_titled(process) else name
    if not process.exe:
        words = title.split()
        name = " ".join(words if len(words) == 2 else words[:1]) or name  # `npm start`
    elif title.split()[:1] != [name]:
        return f"{name} (PID {process.inner_pid}, called `{title[:_TITLE]}`)"
    return f"{PurePosixPath(name).name} (PID {process.inner_pid})"


def _chain(process: Process, known: dict[int, Process], first: Process) -> tuple[Process, ...]:
    chain = [process]
    while chain[-1].pid != first.pid and chain[-1].parent in known:
        chain.append(known[chain[-1].parent])
    return tuple(reversed(chain))


def _descended(first: Process, processes: Sequence[Process]) -> tuple[Process, ...]:
    """Down from PID 1 as long as what stands there only starts others, or only waits, and has one child."""
    chain = [first]
    while is_init(chain[-1]) or is_shell(chain[-1]) or is_runner(chain[-1]) or is_idle(program(chain[-1])):
        children = [p for p in processes if p.parent == chain[-1].pid and p.state != _ZOMBIE]
        if len(children) != 1:
            break
        chain.append(children[0])
    return tuple(chain)
