"""The real engine. The only file that imports python-on-whales, which carries the commands that act."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from seatrial.engine import inspect, translate
from seatrial.engine.ask import who_acts
from seatrial.engine.child import DOCKER, answer, client_missing, told
from seatrial.engine.command import compose as compose_command
from seatrial.engine.foreground import attached, reaped
from seatrial.engine.looking import Looking
from seatrial.errors import RunFailed, TimedOut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from python_on_whales import DockerClient

    from seatrial.engine import Ran, UpRequest
    from seatrial.engine.how import How
    from seatrial.engine.observed import NotRemoved
    from seatrial.project import Project

ALL_PROFILES = "*"
# A start or a stop on a machine that does much else.
ACT_S = 120.0
# A grace period has no upper limit.
_LONGEST_S = 86400.0


class WhalesEngine(Looking):
    """The engine that the docker client on PATH talks to (`DOCKER_HOST` and contexts are the client's business)."""

    def up(self, project: Project, request: UpRequest) -> Iterator[str]:
        compose = self._client(project).compose
        lines = compose.up(
            services=list(request.services) or None,
            detach=True,
            build=request.build,
            force_recreate=request.force_recreate,
            stream_logs=True,
        )
        yield from _told(lines, doing="bring the services up", limit_s=request.timeout_s)

    def create(self, project: Project, request: UpRequest) -> Iterator[str]:
        # Not by python-on-whales: to import it takes as long as Compose takes here.
        flags = ["--build"] if request.build else ["--no-build"] if request.no_build else []
        flags += ["--force-recreate"] if request.force_recreate else []
        arguments = compose_command(project, "create", *flags, *request.services)
        maker = self.makers.get(project, DOCKER)
        code, said = yield from told(arguments, client=maker)
        if code:
            raise translate.failure(said, doing="make the containers")

    def start_container(self, container_id: str) -> None:
        self.asked.start(container_id)

    def resume_container(self, container_id: str) -> None:
        self.asked.resume(container_id)

    def stop_container(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        self.asked.stop(container_id, limit_s, grace_s)

    def remove_container(self, container_id: str, *, volumes: bool) -> None:
        self.asked.remove(container_id, volumes=volumes)

    def remove_networks(self, project_name: str, keys: Collection[str] | None) -> tuple[NotRemoved, ...]:
        from seatrial.engine.removal import remove_networks

        return remove_networks(self.asked, f"{inspect.PROJECT}={project_name}", keys)

    def remove_volumes(self, names: Collection[str]) -> tuple[NotRemoved, ...]:
        from seatrial.engine.removal import remove_volumes

        return remove_volumes(self.asked, names)

    def volume_users(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        from seatrial.engine.removal import volume_users

        return volume_users(self.asked, names)

    def existing_volumes(self, names: Collection[str]) -> tuple[str, ...]:
        from seatrial.engine.removal import existing_volumes

        return existing_volumes(self.asked, names)

    def start_service(self, project: Project, service: str, *, pre_start: bool = False) -> None:
        # `start` runs the hooks of a `create`, which are there once. `up` makes them again, and keeps the container.
        flags = ("--detach", "--no-deps", "--no-build", "--no-recreate", "--pull", "never")
        action = ("up", *flags) if pre_start else ("start",)
        done = answer(compose_command(project, *action, service), limit_s=ACT_S)
        if done.returncode:
            raise translate.failure(done.stderr, doing=f"start {service}")

    def restart_container(self, container_id: str, limit_s: float) -> None:
        self.asked.restart(container_id, limit_s)

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        return self.asked.run(container_id, command, limit_s, **how)

    def remove_beside(self, container_id: str, paths: Sequence[str], image: str, limit_s: float) -> Mapping[str, str]:
        from seatrial.engine.inside.removing import removed

        pid = next((facts.pid for facts in self.facts([container_id])), 0)
        if not pid:
            raise RunFailed("the container does not run", fix="start it")
        return removed(pid, paths, image, limit_s)

    def put(self, container_id: str, folder: str, archive: Iterable[bytes], limit_s: float) -> None:
        self.asked.put(container_id, folder, archive, limit_s)

    def build(self, project: Project, services: Sequence[str], *, cache: bool, model: str = "") -> Iterator[str]:
        # Not by python-on-whales: it has no way to hand over a model. By docker, which knows where its builder is.
        flags = [] if cache else ["--no-cache"]
        arguments = compose_command(project, "build", *flags, *services, piped=bool(model))
        code, said = yield from told(arguments, stdin=model or None)
        if code:
            raise translate.failure(said, doing="build the images")

    def stop(self, project: Project, services: Sequence[str], grace_s: int | None = None) -> None:
        _acted(project, "stop", *_grace(grace_s), *services, doing="stop the services")

    def restart(self, project: Project, services: Sequence[str]) -> None:
        _acted(project, "restart", *services, doing="restart the services")

    def down(self, project: Project, *, volumes: bool, grace_s: int | None = None) -> None:
        flags = [*_grace(grace_s), *(["--volumes"] if volumes else [])]
        everything = replace(project, profiles=(*project.profiles, ALL_PROFILES))
        _acted(everything, "down", *flags, doing="remove the containers")

    def execute(self, project: Project, service: str, command: Sequence[str], *, tty: bool) -> int:
        # python-on-whales captures what a command without a terminal says; people pipe it.
        terminal = [] if tty else ["--no-TTY"]
        if project.by_labels:
            _name_no_file()
        # Compose's warnings of the model are no output of the command; its errors do not go through its log.
        quiet = ["--log-level", "error"]
        return attached([*quiet, *compose_command(project, "exec", *terminal, service, *command)])

    def _client(self, project: Project) -> DockerClient:
        from python_on_whales import DockerClient

        # With it the library prints every command with the whole environment, secrets included.
        os.environ.pop("PYTHON_ON_WHALES_DEBUG", None)
        if project.by_labels:
            _name_no_file()
            return DockerClient(compose_env_files=[os.devnull], compose_project_name=project.name)
        return DockerClient(
            compose_files=list(project.files),
            compose_profiles=list(project.profiles),
            compose_env_files=list(project.env_file_flags),
            compose_project_name=project.name,
            compose_project_directory=project.directory,
        )


def _acted(project: Project, *arguments: str, doing: str) -> None:
    """Not by python-on-whales: to import it takes longer than Compose takes to stop a small stack."""
    if project.by_labels:
        _name_no_file()
    command = compose_command(project, *arguments)
    done = answer(command, limit_s=_LONGEST_S, client=who_acts())
    if done.returncode:
        raise translate.failure(done.stderr, doing=doing)


def _grace(grace_s: int | None) -> list[str]:
    return [] if grace_s is None else ["--timeout", str(grace_s)]


def _name_no_file() -> None:
    """Compose looks whether this one is there even where it is to read none."""
    os.environ.pop("COMPOSE_FILE", None)


def _told(lines: Iterable[tuple[str, bytes]], *, doing: str, limit_s: float | None = None) -> Iterator[str]:
    """The client's lines as text; its failure as one of our errors."""
    from python_on_whales.exceptions import DockerException

    with reaped(limit_s) as late:
        try:
            for _, line in lines:
                yield line.decode(errors="replace").rstrip()
        except DockerException as error:
            if late.is_set():
                raise TimedOut(
                    f"Docker could not {doing} in {limit_s:.0f} s", fix="give it more with --timeout SECONDS"
                ) from None
            raise translate.failure(error.stderr or "", doing=doing) from None
        except FileNotFoundError:
            raise client_missing() from None
