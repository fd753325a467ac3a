"""The real engine. The only file that imports python-on-whales: its verbs here, its observations through `child`."""

from __future__ import annotations

import contextlib
import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seatrial import stack as model
from seatrial.engine import MINIMUM_ENGINE, inspect, translate
from seatrial.engine.child import answer, client_missing, stream
from seatrial.engine.event_lines import EventLines
from seatrial.engine.foreground import attached, reaped
from seatrial.engine.observed import LogLine, Snapshot
from seatrial.errors import EngineTooOld, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from python_on_whales import DockerClient

    from seatrial.engine import UpRequest
    from seatrial.project import Project
    from seatrial.stack import Stack

# Probes make three exec events each; only what can change a verdict is asked for.
WATCHED = ("create", "start", "restart", "die", "oom", "stop", "kill", "destroy", "health_status", "pause", "unpause")
ALL_PROFILES = "*"


class WhalesEngine:
    """The engine that the docker client on PATH talks to (`DOCKER_HOST` and contexts are the client's business)."""

    def about(self) -> str:
        done = answer(["version", "--format", "{{.Server.Version}}"], limit_s=10)
        version = done.stdout.strip()
        if done.returncode or not version:
            raise translate.engine_trouble(done.stderr) or translate.failure(done.stderr, doing="tell its version")
        if _numbers(version) < MINIMUM_ENGINE:
            raise EngineTooOld(
                f"Docker Engine {version} answers; seatrial needs {_dotted(MINIMUM_ENGINE)} or newer",
                fix="upgrade the engine (health checks know `start_interval` only since 25.0)",
            )
        return version

    def stack(self, project: Project) -> Stack:
        done = answer(_compose(project, "config", "--format", "json"), cwd=project.directory)
        if done.returncode:
            raise translate.configuration(done.stderr, project.files)
        return model.parse(done.stdout)

    def config_hashes(self, stack: Stack) -> Mapping[str, str]:
        # Compose up to 5.4 leaves env_file out of `config --hash`; the resolved model fed back gives the label's hash.
        done = answer(["compose", "-p", stack.name, "-f", "-", "config", "--hash", "*"], stdin=stack.resolved)
        if done.returncode:
            raise translate.failure(done.stderr, doing="hash the services")
        pairs = (line.split() for line in done.stdout.splitlines())
        return {words[0]: words[1] for words in pairs if len(words) == 2}

    def images(self, names: Sequence[str]) -> Mapping[str, str]:
        if not names:
            return {}
        # `inspect` fails when one is missing and still prints the others: the exit code says nothing.
        done = answer(["image", "inspect", "--format", "{{json .}}", *names])
        if done.returncode and (trouble := translate.engine_trouble(done.stderr)):
            raise trouble
        found: dict[str, str] = {}
        for item in (json.loads(line) for line in done.stdout.splitlines() if line.strip()):
            for name in names:
                if _is_called(item, name):
                    found[name] = item["Id"]
        return found

    def snapshot(self, project_name: str) -> Snapshot:
        listed = answer(["ps", "-aq", "--no-trunc", "--filter", f"label={inspect.PROJECT}={project_name}"])
        if listed.returncode:
            raise translate.failure(listed.stderr, doing="list the containers")
        ids = listed.stdout.split()
        if not ids:
            return Snapshot()
        # A container that vanishes between the two calls is simply not among the answers.
        looked = answer(["inspect", "--type", "container", *ids])
        if looked.returncode and (trouble := translate.engine_trouble(looked.stderr)):
            raise trouble
        return Snapshot(inspect.containers(looked.stdout))

    @contextmanager
    def events(self, project_name: str) -> Iterator[EventLines]:
        arguments = [
            "events",
            "--since",
            f"{time.time():.3f}",
            "--format",
            "{{json .}}",
            "--filter",
            "type=container",
            "--filter",
            f"label={inspect.PROJECT}={project_name}",
        ]
        for action in WATCHED:
            arguments += ["--filter", f"event={action}"]
        with stream(arguments) as lines:
            yield EventLines(lines)

    def up(self, project: Project, request: UpRequest) -> Iterator[str]:
        compose = self._client(project).compose
        with contextlib.chdir(project.directory):
            lines = compose.up(
                services=list(request.services) or None,
                detach=True,
                build=request.build,
                force_recreate=request.force_recreate,
                stream_logs=True,
            )
            yield from _told(lines, doing="bring the services up", limit_s=request.timeout_s)

    def build(self, project: Project, services: Sequence[str], *, cache: bool) -> Iterator[str]:
        compose = self._client(project).compose
        with contextlib.chdir(project.directory):
            lines = compose.build(services=list(services) or None, cache=cache, progress="plain", stream_logs=True)
            yield from _told(lines, doing="build the images")

    def stop(self, project: Project, services: Sequence[str]) -> None:
        self._run(project, lambda compose: compose.stop(list(services) or None), doing="stop the services")

    def restart(self, project: Project, services: Sequence[str]) -> None:
        self._run(project, lambda compose: compose.restart(list(services) or None), doing="restart the services")

    def down(self, project: Project, *, volumes: bool) -> None:
        self._run(
            project,
            lambda compose: compose.down(volumes=volumes, quiet=True),
            doing="remove the containers",
            profiles=[ALL_PROFILES],
        )

    def volumes(self, project_name: str) -> tuple[str, ...]:
        done = answer(["volume", "ls", "-q", "--filter", f"label={inspect.PROJECT}={project_name}"])
        if done.returncode:
            raise translate.failure(done.stderr, doing="list the volumes")
        return tuple(sorted(done.stdout.split()))

    def publishers(self, port: int) -> tuple[str, ...]:
        done = answer(
            ["ps", "--filter", f"publish={port}", "--format", '{{.Names}} {{.Label "com.docker.compose.project"}}']
        )
        lines = (line.split() for line in done.stdout.splitlines())
        return tuple(f"{words[0]} of project {words[1]}" if words[1:] else words[0] for words in lines if words)

    def execute(self, project: Project, service: str, command: Sequence[str], *, tty: bool) -> int:
        # python-on-whales captures what a command without a terminal says; people pipe it.
        terminal = [] if tty else ["--no-TTY"]
        return attached(_compose(project, "exec", *terminal, service, *command), cwd=project.directory)

    def log_tail(self, container_id: str, lines: int) -> tuple[str, ...]:
        with stream(["logs", "--timestamps", "--tail", str(lines), container_id]) as text:
            return tuple(inspect.log_line(line).text for line in text)[-lines:]

    @contextmanager
    def log_lines(self, container_id: str, *, follow: bool, since: str, tail: str) -> Iterator[Iterator[LogLine]]:
        arguments = [
            "logs",
            "--timestamps",
            "--tail",
            tail,
            *(["--since", since] if since else []),
            *(["--follow"] if follow else []),
            container_id,
        ]
        with stream(arguments) as text:
            yield (inspect.log_line(line) for line in text)

    def _run(
        self, project: Project, call: Callable[[Any], object], *, doing: str, profiles: Sequence[str] = ()
    ) -> None:
        from python_on_whales.exceptions import DockerException

        with reaped(), contextlib.chdir(project.directory):
            try:
                call(self._client(project, profiles).compose)
            except DockerException as error:
                raise translate.failure(error.stderr or "", doing=doing) from None

    def _client(self, project: Project, profiles: Sequence[str] = ()) -> DockerClient:
        from python_on_whales import DockerClient

        return DockerClient(
            compose_files=list(project.files),
            compose_profiles=[*project.profiles, *profiles],
            compose_env_files=[project.env_file] if project.env_file else [],
            compose_project_name=project.name,
            compose_project_directory=project.directory,
        )


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


def _compose(project: Project, *arguments: str) -> list[str]:
    command = ["compose", "--project-directory", str(project.directory)]
    for file in project.files:
        command += ["-f", str(file)]
    if project.env_file:
        command += ["--env-file", str(project.env_file)]
    if project.name:
        command += ["-p", project.name]
    for profile in project.profiles:
        command += ["--profile", profile]
    return [*command, *arguments]


def _numbers(version: str) -> tuple[int, ...]:
    head = version.split("-", maxsplit=1)[0].split("+", maxsplit=1)[0].split("~", maxsplit=1)[0]
    return tuple(int(part) for part in head.split(".") if part.isdigit())


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in version)


def _is_called(item: Mapping[str, Any], name: str) -> bool:
    """Whether an inspected image answers to `name`, which may lack a tag or be an id."""
    tagged = name if ":" in name.rsplit("/", 1)[-1] or "@" in name else f"{name}:latest"
    names = [*(item.get("RepoTags") or ()), *(item.get("RepoDigests") or ())]
    return tagged in names or item["Id"] in (name, f"sha256:{name}")
