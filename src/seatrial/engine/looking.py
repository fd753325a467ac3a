"""What the real engine tells: over its socket where it has one, else through the docker client, a child of our own.

python-on-whales is not used for it: its typed model drops fields, and reading an attribute of its container may
start a process.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from seatrial import compose_variables as variables
from seatrial import stack as model
from seatrial.composed import json_model, undoubled
from seatrial.engine import MINIMUM_ENGINE, inspect, labels
from seatrial.engine.ask import ask, who_makes
from seatrial.engine.child import stream
from seatrial.engine.command import compose
from seatrial.engine.log_stream import PIECE, log_lines
from seatrial.engine.observed import Snapshot
from seatrial.engine.together import together
from seatrial.engine.warned import warnings
from seatrial.errors import EngineTooOld, EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from subprocess import CompletedProcess
    from typing import IO

    from seatrial.engine import PathStat
    from seatrial.engine.child import Client
    from seatrial.engine.event_lines import EventLines
    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Container, LogLine, Made, Usage
    from seatrial.engine.requests import Requests
    from seatrial.engine.resources import Resources
    from seatrial.engine.together import Question
    from seatrial.errors import SeatrialError
    from seatrial.project import Project
    from seatrial.stack import Stack

# Probes make three exec events each; only what can change a verdict is asked for.
WATCHED = ("create", "start", "restart", "die", "oom", "stop", "kill", "destroy", "health_status", "pause", "unpause")
# Compose answers in a tenth of a second; after this much of them files are looked at for the reason.
# Pieces of lines that are read for the end of a log, at most: 64 MiB.
_MOST_PIECES = 4096
_USUAL_S = 3.0
# Compose indents JSON by two blanks a level. YAML and JSON are read to fewer than 1,000 levels.
_TOO_DEEP = "\n" + "  " * 300
_ASKED = "x-seatrial-asked"
# No value can be this by accident: a character outside of what people type, and a word.
_UNSET = "\u2205unset"


class Looking:
    """The half of an engine that changes nothing."""

    @cached_property
    def asked(self) -> Requests:
        """The engine itself, whichever way leads to it."""
        from seatrial.engine.requests import requests  # questions to Compose need it not

        return requests(os.environ)

    def about(self) -> str:
        version = self.asked.version()
        if _numbers(version) < MINIMUM_ENGINE:
            raise EngineTooOld(
                f"Docker Engine {version} answers; seatrial needs {_dotted(MINIMUM_ENGINE)} or newer",
                fix="upgrade the engine (health checks know `start_interval` only since 25.0)",
            )
        return version

    @cached_property
    def _begun(self) -> dict[Project, Question[CompletedProcess[str]]]:
        return {}

    @cached_property
    def makers(self) -> dict[Project, Client]:
        """Who may make the containers of a project whose model has been asked for."""
        return {}

    @contextmanager
    def ahead(self, project: Project) -> Iterator[None]:
        with together() as asking:
            self._begun[project] = asking.ask(lambda: _resolved(project))
            try:
                yield
            finally:
                self._begun.clear()

    def stack(self, project: Project) -> Stack:
        begun = self._begun.pop(project, None)
        done = begun.answer() if begun else _resolved(project)
        if done.returncode:
            raise _refused(done, project)
        self.makers[project] = who_makes(done.stdout)
        return replace(_named(model.parse(done.stdout), project), warnings=warnings(done.stderr))

    def stacks_by_label(self, project: Project) -> tuple[Stack, ...]:
        if project.name:
            return labels.stacks(self.asked.inspected(self.asked.containers(f"{inspect.PROJECT}={project.name}")))
        first = project.files[0]
        files = dict.fromkeys(
            (first, project.directory.resolve() / first.name, first.resolve())
        )  # with and without links
        ids = [one for file in files for one in self.asked.containers(f"{labels.FOLDER}={file.parent}")]
        return labels.stacks(self.asked.inspected(tuple(dict.fromkeys(ids))), tuple(map(str, files)))

    def uninterpolated(self, project: Project) -> str:
        done = _asked(project, "config", "--no-interpolate", "--format", "json")
        if done.returncode:
            raise _refused(done, project)
        return done.stdout

    def values(self, project: Project, names: Sequence[str]) -> Mapping[str, str | None]:
        asked = {name: f"${{{name}-{_UNSET}}}" for name in names}
        # A model without services in place of the files: it reads the same env files and fails for no missing variable.
        text = json.dumps({"name": "probe", "services": {}, _ASKED: asked})
        done = _asked(project, "config", "--format", "json", stdin=text)
        if done.returncode:
            raise _refused(done, project)
        told: dict[str, str] = json.loads(done.stdout).get(_ASKED) or {}
        return {name: None if text == _UNSET else undoubled(text) for name, text in told.items()}

    def environments(self, container_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return inspect.environments(self.asked.inspected(container_ids))

    def facts(self, container_ids: Sequence[str]) -> tuple[Facts, ...]:
        from seatrial.engine.facts import facts  # most verbs need it not, and Compose waits for what is loaded here

        return facts(self.asked.inspected(container_ids))

    def config_hashes(self, stack: Stack) -> Mapping[str, str]:
        from seatrial.engine.hashes import hashes  # where nothing is made yet, nobody compares

        return hashes(stack)

    def compose_version(self) -> tuple[int, ...]:
        return _numbers(ask(["compose", "version", "--short"]).stdout.strip().removeprefix("v"))

    def made(self, names: Sequence[str]) -> Mapping[str, Made]:
        items = json.loads(self.asked.images(names) or "[]")
        return {name: inspect.made(item) for item in items for name in names if _is_called(item, name)}

    def resources(self, project_name: str) -> Resources | None:
        from seatrial.engine.resources import resources

        query = quote(json.dumps({"label": [f"{inspect.PROJECT}={project_name}"]}))
        networks, volumes = self.asked.many(["/networks", f"/volumes?filters={query}"])
        if networks is None or volumes is None:
            return None
        return resources(json.loads(networks), json.loads(volumes).get("Volumes") or ())

    def snapshot(self, project_name: str) -> Snapshot:
        return Snapshot(self.look(self.asked.containers(f"{inspect.PROJECT}={project_name}")))

    def look(self, container_ids: Sequence[str]) -> tuple[Container, ...]:
        return inspect.containers(self.asked.inspected(container_ids))

    @contextmanager
    def events(self, project_name: str) -> Iterator[EventLines]:
        from seatrial.engine.event_lines import EventLines

        with self.asked.events(f"{inspect.PROJECT}={project_name}", WATCHED, time.time()) as lines:
            yield EventLines(lines)

    def fetch(self, container_id: str, path: str) -> AbstractContextManager[IO[bytes]]:
        return self.asked.fetch(container_id, path)

    def path_in(self, container_id: str, path: str) -> PathStat | None:
        return self.asked.path_in(container_id, path)

    def volumes(self, project_name: str) -> tuple[str, ...]:
        return tuple(sorted(self.asked.volumes(f"{inspect.PROJECT}={project_name}")))

    def publishers(self, port: int, protocol: str = "tcp") -> tuple[str, ...]:
        found = json.loads(self.asked.inspected(self.asked.publishers(port, protocol)) or "[]")
        return tuple(_of_project(item) for item in found)

    def log_tail(self, container_id: str, lines: int) -> tuple[str, ...]:
        return tuple(line.text for line in self._tail(container_id, lines, "") if line.time)

    def usage(self, container_ids: Sequence[str]) -> Mapping[str, Usage]:
        from seatrial.engine.api.many import usage

        return usage(self.asked.many, container_ids)

    def last_lines(self, container_ids: Sequence[str]) -> Mapping[str, LogLine]:
        from seatrial.engine.api.many import last_lines

        return last_lines(self.asked.many, container_ids)

    @contextmanager
    def log_lines(self, container_id: str, *, follow: bool, since: str, tail: str) -> Iterator[Iterator[LogLine]]:
        lines: tuple[LogLine, ...] = ()
        if tail.isdigit() and int(tail):
            lines = self._tail(container_id, int(tail), since)
            if not follow:
                yield iter(lines)
                return
            # Lines asked for by their number begin at the time of the first of them.
            since, tail = lines[0].time if lines else since, "all"
        with _log(container_id, since=since, tail=tail, follow=follow) as told:
            yield told

    def _tail(self, container_id: str, count: int, since: str) -> tuple[LogLine, ...]:
        """The last lines, whole. The engine counts the pieces of a long line, each as one."""
        asked = count + 1
        while True:
            with _log(container_id, since=since, tail=str(asked)) as told:
                lines = tuple(told)
            # With one line more than wanted none of these is without its beginning.
            if len(lines) > count or asked > _MOST_PIECES or sum(_pieces(line) for line in lines) < asked:
                return lines[-count:]
            asked *= 8


@contextmanager
def _log(container_id: str, *, since: str, tail: str, follow: bool = False) -> Iterator[Iterator[LogLine]]:
    flags = [*(["--since", since] if since else []), *(["--follow"] if follow else [])]
    with stream(["logs", "--timestamps", "--tail", tail, *flags, container_id]) as told:
        yield log_lines(told.buffer)  # type: ignore[attr-defined]  # bytes: pieces are cut by their number


def _pieces(line: LogLine) -> int:
    return 1 + len(line.text.encode()) // PIECE


def _resolved(project: Project) -> CompletedProcess[str]:
    done = _asked(project, "config", "--format", "json")
    if done.returncode and "MarshalJSON" in done.stderr:
        done = _asked(project, "config")
        if not done.returncode:
            done.stdout = json_model(done.stdout)
    return done


def _asked(project: Project, *arguments: str, stdin: str | None = None) -> CompletedProcess[str]:
    """Ask about the project. When no answer comes, or one too deep to read, search for the file that is the cause.

    Raises:
        ConfigurationInvalid: there is one.
    """
    command = compose(project, *arguments, piped=stdin is not None)
    done = None
    with suppress(EngineUnreachable):
        done = ask(command, stdin=stdin, limit_s=_USUAL_S)
    if done is None or _TOO_DEEP in done.stdout:
        from seatrial.engine.blocking_files import blocking

        if trouble := blocking(project):
            raise trouble
    return done or ask(command, stdin=stdin)  # a busy machine


def _named(stack: Stack, project: Project) -> Stack:
    """Ask Compose how it names images, where a variable may have it use other names."""
    unnamed = [service.name for service in stack.services if service.builds and not service.image]
    if not unnamed or not variables.is_on(variables.COMPATIBILITY, os.environ, project.env_files):
        return stack
    done = _asked(project, "config", "--images")
    other = replace(stack, separator="_")
    return other if {other.image_of(name) for name in unnamed} & set(done.stdout.split()) else stack


def _refused(done: CompletedProcess[str], project: Project) -> SeatrialError:
    from seatrial.engine.refused import refused

    return refused(done.stderr, project)


def _of_project(item: Mapping[str, Any]) -> str:
    name = item["Name"].lstrip("/")
    project = (item["Config"].get("Labels") or {}).get(inspect.PROJECT)
    return f"{name} of project {project}" if project else name


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
