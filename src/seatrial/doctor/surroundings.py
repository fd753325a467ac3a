"""What is looked at whatever the project: machine, client, engine, network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial import plugin
from seatrial.doctor.docker import info as docker_info
from seatrial.doctor.look import ENGINE_S, INSIDE_S, QUICK_S, Look, Unseen, unknown
from seatrial.doctor.machine import inotify, memory
from seatrial.doctor.network import authority, inside
from seatrial.doctor.project import left_over
from seatrial.engine.api.endpoint import socket_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.doctor.look import Looks
    from seatrial.engine import Engine

_NO_ENGINE = "no engine answers"


@dataclass(slots=True)
class Machine:
    """What is looked at whatever the project."""

    environ: Mapping[str, str]
    start: Path
    engine: Engine
    looks: Looks
    info: Look[docker_info.Info]
    memory: Look[int]
    authority: Look[authority.Authority]
    budget: Look[inotify.Budget | None]
    left: Look[left_over.Left]
    names: Look[inside.Names]

    def engine_answers(self) -> docker_info.Info:
        """What the engine says. Raises `Unseen` where there is none, so that nobody waits for it twice."""
        told = self.info.answer()
        if not told.engine:
            raise Unseen(_NO_ENGINE)
        return told

    @property
    def client(self) -> str | None:
        return plugin.client(self.environ)

    @property
    def has_compose(self) -> bool:
        """Whether the client is known to have it."""
        try:
            return "compose" in self.info.answer().plugins
        except Unseen:
            return False

    @property
    def near(self) -> bool:
        """Whether the engine runs on this machine, as far as can be told from here."""
        return socket_path(self.environ) is not None


def machine(looks: Looks, environ: Mapping[str, str], start: Path, engine: Engine, *, far: bool = True) -> Machine:
    """Begin to look. Without `far` no container is run and no registry asked."""
    info = looks.begin(docker_info.looked, docker_info.LIMIT_S)

    def with_engine(call: Any) -> Any:
        def asked() -> Any:
            if not info.answer().engine:
                raise Unseen(_NO_ENGINE)
            return call()

        return asked

    return Machine(
        environ,
        start,
        engine,
        looks,
        info,
        looks.begin(memory.looked, QUICK_S),
        looks.begin(lambda: authority.looked(environ), QUICK_S),
        looks.begin(inotify.looked, QUICK_S),
        looks.begin(with_engine(left_over.looked), ENGINE_S),
        looks.begin(with_engine(inside.looked), INSIDE_S) if far else unknown("not asked"),
    )
