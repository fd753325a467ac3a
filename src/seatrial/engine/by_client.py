"""The same questions and acts as `api.calls`, through the docker client: it finds its way to every engine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

from seatrial.engine import Ran, inspect, piped, translate
from seatrial.engine.api.calls import ACT_S, LIMIT_S
from seatrial.engine.child import answer, stream
from seatrial.engine.client_archives import ClientArchives
from seatrial.engine.dialled import dialled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.engine.event_lines import Lines
    from seatrial.engine.how import How


_NOT_BEGUN = ("No such container", "is not running", "is paused", "is restarting")


class ByClient(ClientArchives):
    """The engine that the docker client on PATH talks to. Every method may raise `EngineUnreachable`."""

    def version(self) -> str:
        done = answer(["version", "--format", "{{.Server.Version}}"], limit_s=10)
        version = done.stdout.strip()
        if done.returncode or not version:
            raise translate.engine_trouble(done.stderr) or translate.failure(done.stderr, doing="tell its version")
        return version

    def containers(self, label: str) -> list[str]:
        return _told(["ps", "-aq", "--no-trunc", "--filter", f"label={label}"], doing="list the containers").split()

    def volumes(self, label: str) -> list[str]:
        return _told(["volume", "ls", "-q", "--filter", f"label={label}"], doing="list the volumes").split()

    def networks(self, label: str) -> list[tuple[str, str, str]]:
        shape = f'{{{{.ID}}}}\t{{{{.Name}}}}\t{{{{.Label "{inspect.NETWORK}"}}}}'
        arguments = ["network", "ls", "--no-trunc", "--filter", f"label={label}", "--format", shape]
        lines = _told(arguments, doing="list the networks").splitlines()
        return [(found[0], found[1], found[2]) for line in lines if len(found := line.split("\t")) == 3]

    def remove_network(self, network_id: str) -> str:
        return _removed("network", network_id)

    def remove_volume(self, name: str) -> str:
        return _removed("volume", name)

    def publishers(self, port: int, protocol: str) -> list[str]:
        arguments = ["ps", "-q", "--no-trunc", "--filter", f"publish={port}/{protocol}"]
        return _told(arguments, doing="list the containers").split()

    def inspected(self, container_ids: Sequence[str]) -> str:
        if not container_ids:
            return ""
        # A container that has vanished meanwhile is simply not among the answers.
        done = answer(["inspect", "--type", "container", *container_ids])
        if done.returncode and (trouble := translate.engine_trouble(done.stderr)):
            raise trouble
        return done.stdout

    def images(self, names: Sequence[str]) -> str:
        if not names:
            return ""
        # `inspect` fails when one is missing and still prints the others: the exit code says nothing.
        done = answer(["image", "inspect", *names])
        if done.returncode and (trouble := translate.engine_trouble(done.stderr)):
            raise trouble
        return done.stdout

    def many(self, targets: Sequence[str]) -> list[bytes | None]:
        return dialled(targets, LIMIT_S)

    def start(self, container_id: str) -> None:
        _told(["start", container_id], doing="start the container", limit_s=ACT_S)

    def resume(self, container_id: str) -> None:
        _told(["unpause", container_id], doing="resume the container", limit_s=ACT_S)

    def stop(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        grace = [] if grace_s is None else ["-t", str(grace_s)]
        _told(["stop", *grace, container_id], doing="stop the container", limit_s=limit_s)

    def remove(self, container_id: str, *, volumes: bool) -> None:
        flags = ["--volumes"] if volumes else []
        _told(["rm", *flags, container_id], doing="remove the container", limit_s=ACT_S)

    def restart(self, container_id: str, limit_s: float) -> None:
        _told(["restart", container_id], doing="restart the container", limit_s=limit_s)

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        done = piped.fed(["exec", *_flags(how), container_id, *command], how.get("given") or (), limit_s)
        if done is None:
            return None
        if done.returncode and (_refused(done.stderr) or translate.engine_trouble(done.stderr)):
            raise translate.archive_failure(done.stderr, doing="run a command in the container")
        return Ran(done.returncode, done.stdout + done.stderr)

    @contextmanager
    def events(self, label: str, actions: Sequence[str], since_s: float) -> Iterator[Lines]:
        arguments = ["events", "--since", f"{since_s:.3f}", "--format", "{{json .}}", "--filter", "type=container"]
        arguments += ["--filter", f"label={label}"]
        for action in actions:
            arguments += ["--filter", f"event={action}"]
        with stream(arguments) as lines:
            yield lines


def _told(arguments: Sequence[str], *, doing: str, limit_s: float = LIMIT_S) -> str:
    done = answer(arguments, limit_s=limit_s)
    if done.returncode:
        raise translate.failure(done.stderr, doing=doing)
    return done.stdout


def _removed(kind: str, name: str) -> str:
    done = answer([kind, "rm", name], limit_s=ACT_S)
    if trouble := translate.engine_trouble(done.stderr):
        raise trouble
    gone = not done.returncode or translate.is_gone(done.stderr)
    return "" if gone else " ".join(translate.last_words(done.stderr, 2))


def _refused(said: str) -> bool:
    """Whether the engine did not even begin with a command: its exit code could not tell."""
    return said.startswith("Error response from daemon: ") and any(word in said for word in _NOT_BEGUN)


def _flags(how: How) -> list[str]:
    flags = ["--interactive"] if how.get("given") is not None else []
    flags += ["--user", user] if (user := how.get("user")) else []
    flags += ["--workdir", folder] if (folder := how.get("working_dir")) else []
    flags += [word for pair in how.get("environment", ()) for word in ("--env", pair)]
    return [*flags, *(["--privileged"] if how.get("privileged") else [])]
