"""The half of an engine without Docker that is about what is inside of containers."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

from seatrial.engine.memory_files import Files
from seatrial.engine.observed import Usage
from seatrial.errors import ContainerGone, RunFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import IO

    from seatrial.engine import PathStat, Ran
    from seatrial.engine.how import How
    from seatrial.engine.observed import Container
    from seatrial.project import Project


class Inside:
    """What is put into containers, run there, and used by them.

    Attributes:
        containers: those that there are, by id.
        files: by container id, what archives have put there.
        commands: what was run inside, with the container's id, in its order.
    """

    containers: dict[str, Container]
    files: dict[str, Files]
    commands: list[tuple[str, tuple[str, ...]]]

    def usage(self, container_ids: Sequence[str]) -> Mapping[str, Usage]:
        running = (c for i in container_ids if (c := self.containers.get(i)) and c.state == "running")
        return {c.id: Usage(0.0, 1 << 20, 1 << 30, time.time_ns()) for c in running}

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        del limit_s, how
        if self._there(container_id).state != "running":
            raise RunFailed("the container does not run", fix="start it")
        self.commands.append((container_id, tuple(command)))
        return self._files(container_id).run(command)

    def execute(self, project: Project, service: str, command: Sequence[str], *, tty: bool) -> int:
        del project, tty
        if not any(c.state == "running" and c.service == service for c in self.containers.values()):
            raise RunFailed(f"{service} is not running", fix="start it")
        return 1 if list(command) == ["false"] else 0

    def remove_beside(self, container_id: str, paths: Sequence[str], image: str, limit_s: float) -> Mapping[str, str]:
        del image
        self.run(container_id, ["rm", "-f", "--", *paths], limit_s)
        self.run(container_id, ["rmdir", "--", *paths], limit_s)
        return {}

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        del limit_s
        self._files(container_id).put(folder, archive)

    @contextmanager
    def fetch(self, container_id: str, path: str) -> Iterator[IO[bytes]]:
        with self._files(container_id).fetch(path) as archive:
            yield archive

    def path_in(self, container_id: str, path: str) -> PathStat | None:
        return self._files(container_id).path_in(path)

    def _there(self, container_id: str) -> Container:
        if container_id not in self.containers:
            raise RunFailed(f"no container {container_id}", fix="up makes one")
        return self.containers[container_id]

    def _files(self, container_id: str) -> Files:
        if container_id not in self.containers:
            raise ContainerGone("the container is gone", fix="up makes one")
        return self.files.setdefault(container_id, Files())
