"""The port to Docker: what seatrial asks of an engine, in seatrial's words.

`whales` talks to the real one, `memory` is one without Docker; a contract test holds both to the same behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, Unpack

from seatrial.engine.files import Files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from seatrial.engine.facts import Facts
    from seatrial.engine.how import How
    from seatrial.engine.observed import Container, Event, LogLine, Made, NotRemoved, Snapshot, Usage
    from seatrial.engine.resources import Resources
    from seatrial.project import Project
    from seatrial.stack import Stack

MINIMUM_ENGINE = (25, 0)


@dataclass(frozen=True, slots=True)
class UpRequest:
    """How `up` is asked for.

    Attributes:
        services: names; empty means all.
        renew_volumes: whether new containers start with empty anonymous volumes, and not with those of the old ones.
        timeout_s: the whole of it, in seconds; the engine's client is ended when it is over.
    """

    services: tuple[str, ...] = ()
    build: bool = False
    no_build: bool = False
    force_recreate: bool = False
    renew_volumes: bool = False
    timeout_s: float = 120.0


class Ran(NamedTuple):
    """A command inside of a container that has ended; `output` is both streams."""

    exit_code: int
    output: str


class PathStat(NamedTuple):
    """What is at a path of a container; a link is not followed.

    Attributes:
        kind: `file`, `folder`, `link`, or `other` (a device, a pipe, a socket).
        mode: permissions, with the bits for set-user-id, set-group-id and sticky.
        size: bytes.
        leads_to: of a link, where it ends inside of the container, an absolute path; "" where that cannot be told.
    """

    kind: str
    mode: int
    size: int
    leads_to: str = ""


class EventStream(Protocol):
    """Events of one project's containers, from the moment the stream was opened."""

    def wait(self, timeout_s: float) -> list[Event]:
        """Everything that has happened since the last call; waits up to `timeout_s` for the first.

        Raises:
            EngineUnreachable: the engine has gone away.
        """
        ...

    def wake(self) -> None:
        """End a wait that is under way, or the next one, from another thread."""
        ...


class Engine(Files, Protocol):
    """Every method may raise `EngineUnreachable`; every name of a service is one of the stack."""

    def about(self) -> str:
        """The engine's version. Raises `EngineTooOld`, `ClientMissing`."""
        ...

    def ahead(self, project: Project) -> AbstractContextManager[None]:
        """Begin to ask for the model; `stack` takes the answer, if it is asked for inside."""
        ...

    def stack(self, project: Project) -> Stack:
        """The model as Compose resolves it. Raises `ConfigurationInvalid` with file and line."""
        ...

    def stacks_by_label(self, project: Project) -> tuple[Stack, ...]:
        """The stacks that have containers, as Compose's labels on these tell: services and what they depend on.

        Of the project's name; where it has none, those that were started from its folder with its first file.
        """
        ...

    def uninterpolated(self, project: Project) -> str:
        """The merged model as JSON with every `${...}` as it was written: shows no value, fails for none missing."""
        ...

    def values(self, project: Project, names: Sequence[str]) -> Mapping[str, str | None]:
        """What `${NAME}` in a compose file of the project stands for, as the installed Compose sees it.

        None is unset, which differs from empty. Raises `ConfigurationInvalid` when an env file cannot be read.
        """
        ...

    def facts(self, container_ids: Sequence[str]) -> tuple[Facts, ...]:
        """What the containers are made to be, for those that exist."""
        ...

    def environments(self, container_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """By container id, the environment that its main process was given. Values are secrets: never show them."""
        ...

    def config_hashes(self, stack: Stack) -> Mapping[str, str]:
        """Per service the hash that Compose would label its container with now."""
        ...

    def compose_version(self) -> tuple[int, ...]:
        """That of the Compose that acts; empty when it does not say."""
        ...

    def made(self, names: Sequence[str]) -> Mapping[str, Made]:
        """What is known of images by name, for those that are present."""
        ...

    def resources(self, project_name: str) -> Resources | None:
        """All networks of the engine, and the volumes that carry the project's label; None where it does not say."""
        ...

    def snapshot(self, project_name: str) -> Snapshot:
        """All containers that carry the project's label, of inactive profiles too, whatever their state."""
        ...

    def look(self, container_ids: Sequence[str]) -> tuple[Container, ...]:
        """Those of the containers that exist, as they are now: a look at a few of a snapshot's."""
        ...

    def events(self, project_name: str) -> AbstractContextManager[EventStream]:
        """Opens the stream before it returns, so that nothing that happens afterwards is missed."""
        ...

    def up(self, project: Project, request: UpRequest) -> Iterator[str]:
        """Create and start; yields the client's progress lines. Raises `RunFailed`, `TimedOut`."""
        ...

    def create(self, project: Project, request: UpRequest) -> Iterator[str]:
        """Make networks, volumes and containers, anew where they differ from the model, and start none.

        One that runs and must be made anew is stopped for it. Yields the client's progress lines. Raises `RunFailed`.
        """
        ...

    def start_container(self, container_id: str) -> None:
        """Start one container; nothing when it runs. Raises `RunFailed`."""
        ...

    def resume_container(self, container_id: str) -> None:
        """Let a paused container run on. Raises `RunFailed`."""
        ...

    def stop_container(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        """Stop one with its own signal and grace period, or `grace_s`; `limit_s` exceeds it. Raises `RunFailed`."""
        ...

    def remove_container(self, container_id: str, *, volumes: bool) -> None:
        """Remove one that has ended; `volumes` those of it that nobody named. Raises `RunFailed`."""
        ...

    def start_service(self, project: Project, service: str, *, pre_start: bool = False) -> None:
        """Have Compose start a service's containers, with what only Compose does at a start. Raises `RunFailed`."""
        ...

    def restart_container(self, container_id: str, limit_s: float) -> None:
        """Stop one as `stop_container` does, and start it; one that has ended is started. Raises `RunFailed`."""
        ...

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        """Run a command inside, as the container's user unless `how` names another.

        None when it has not ended within `limit_s` seconds, and goes on inside.

        Raises:
            RunFailed: the container does not run.
        """
        ...

    def build(self, project: Project, services: Sequence[str], *, cache: bool, model: str = "") -> Iterator[str]:
        """Build images; yields progress lines. A `model` (JSON) takes the files' place. Raises `RunFailed`."""
        ...

    def stop(self, project: Project, services: Sequence[str], grace_s: int | None = None) -> None:
        """Have Compose stop services, with what only Compose does at a stop. Raises `RunFailed`."""
        ...

    def restart(self, project: Project, services: Sequence[str]) -> None: ...

    def down(self, project: Project, *, volumes: bool, grace_s: int | None = None) -> None:
        """Remove networks and the containers of the model's services; what it does not know is left as it is.

        `volumes` deletes named volumes as well.
        """
        ...

    def remove_networks(self, project_name: str, keys: Collection[str] | None) -> tuple[NotRemoved, ...]:
        """Remove the project's networks with these keys in the compose file, all of them for None."""
        ...

    def remove_volumes(self, names: Collection[str]) -> tuple[NotRemoved, ...]:
        """Remove volumes. One that does not exist is no error."""
        ...

    def volume_users(self, names: Collection[str]) -> Mapping[str, Sequence[str]]:
        """By name of a volume, the names of the containers that use it, of any project, whether they run or not."""
        ...

    def volumes(self, project_name: str) -> tuple[str, ...]:
        """Names of the volumes that carry the project's label."""
        ...

    def existing_volumes(self, names: Collection[str]) -> tuple[str, ...]:
        """Those of the named volumes that exist, whatever their labels."""
        ...

    def publishers(self, port: int, protocol: str = "tcp") -> tuple[str, ...]:
        """Names of the running containers, of any project, that publish the host port."""
        ...

    def execute(self, project: Project, service: str, command: Sequence[str], *, tty: bool) -> int:
        """Run a command in the service's running container with our own streams; its exit code."""
        ...

    def log_tail(self, container_id: str, lines: int) -> tuple[str, ...]:
        """The last `lines` lines, oldest first."""
        ...

    def log_lines(
        self, container_id: str, *, follow: bool, since: str, tail: str
    ) -> AbstractContextManager[Iterator[LogLine]]:
        """The container's log in engine time order; with `follow` it ends when the container does."""
        ...

    def usage(self, container_ids: Sequence[str]) -> Mapping[str, Usage]:
        """What containers use of processor and memory now, for those that run."""
        ...

    def last_lines(self, container_ids: Sequence[str]) -> Mapping[str, LogLine]:
        """The last line that each has logged, for those that have, and whose log can be read."""
        ...
