"""What is asked of the engine over its socket, and what it is told to do."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Unpack
from urllib.parse import quote

from seatrial.engine import Ran, inspect, translate
from seatrial.engine.api.archives import Archives
from seatrial.engine.api.connection import Connections, Refused
from seatrial.engine.api.multiplexed import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from http.client import HTTPResponse

    from seatrial.engine.event_lines import Lines
    from seatrial.engine.how import How

LIMIT_S = 30.0
# A start or a stop on a machine that does much else.
ACT_S = 120.0
_GONE = 404
_GOING = 409


class Api(Archives):
    """One engine by its socket. Every method may raise `EngineUnreachable`."""

    def __init__(self, path: str) -> None:
        self._engine = Connections(path)

    def version(self) -> str:
        return str(self._engine.json("/version", limit_s=10)["Version"])

    def containers(self, label: str) -> list[str]:
        """Ids of the containers with the label `KEY=VALUE`, whatever their state."""
        return self._ids({"all": "1", "filters": json.dumps({"label": [label]})})

    def volumes(self, label: str) -> list[str]:
        """Names of the volumes with the label `KEY=VALUE`."""
        query = {"filters": json.dumps({"label": [label]})}
        return [item["Name"] for item in self._engine.json("/volumes", query, limit_s=LIMIT_S)["Volumes"] or ()]

    def networks(self, label: str) -> list[tuple[str, str, str]]:
        """Id, name and Compose's key of the networks with the label `KEY=VALUE`."""
        query = {"filters": json.dumps({"label": [label]})}
        found = self._engine.json("/networks", query, limit_s=LIMIT_S)
        return [(item["Id"], item["Name"], (item["Labels"] or {}).get(inspect.NETWORK, "")) for item in found]

    def remove_network(self, network_id: str) -> str:
        """Return "" when it is gone, else why the engine keeps it."""
        return self._removed(f"/networks/{network_id}")

    def remove_volume(self, name: str) -> str:
        """Return "" when it is gone, else why the engine keeps it."""
        return self._removed(f"/volumes/{quote(name)}")

    def publishers(self, port: int, protocol: str) -> list[str]:
        """Ids of the running containers that publish the host port."""
        return self._ids({"filters": json.dumps({"publish": [f"{port}/{protocol}"]})})

    def inspected(self, container_ids: Sequence[str]) -> str:
        """The JSON list of those that exist, as `docker inspect` prints it."""
        return _listed(self._found(f"/containers/{container_id}/json") for container_id in container_ids)

    def images(self, names: Sequence[str]) -> str:
        """The same for images."""
        return _listed(self._found(f"/images/{quote(name)}/json") for name in names)

    def many(self, targets: Sequence[str]) -> list[bytes | None]:
        """Answers to GETs of these targets, in their order; None where the engine refuses one."""
        return self._engine.many(targets, limit_s=LIMIT_S)

    def start(self, container_id: str) -> None:
        """One that runs already is no error. Raises `RunFailed`."""
        self._act(f"/containers/{container_id}/start", doing="start the container", limit_s=ACT_S)

    def resume(self, container_id: str) -> None:
        """Raises `RunFailed`, also when it is not paused."""
        self._act(f"/containers/{container_id}/unpause", doing="resume the container", limit_s=ACT_S)

    def stop(self, container_id: str, limit_s: float, grace_s: int | None = None) -> None:
        """With the container's own signal and grace period, or `grace_s`; one that has ended is no error.

        Raises:
            RunFailed: the engine cannot end it.
        """
        query = "" if grace_s is None else f"?t={grace_s}"
        self._act(f"/containers/{container_id}/stop{query}", doing="stop the container", limit_s=limit_s)

    def remove(self, container_id: str, *, volumes: bool) -> None:
        """Remove one that has ended; `volumes` those of it that nobody named. Raises `RunFailed`."""
        path = f"/containers/{container_id}?v={int(volumes)}"
        self._act(path, method="DELETE", doing="remove the container", limit_s=ACT_S)

    def restart(self, container_id: str, limit_s: float) -> None:
        """With the container's own signal and grace period; one that has ended is started. Raises `RunFailed`."""
        self._act(f"/containers/{container_id}/restart", doing="restart the container", limit_s=limit_s)

    def run(self, container_id: str, command: Sequence[str], limit_s: float, **how: Unpack[How]) -> Ran | None:
        """Run a command; None when it has not ended in time: it then goes on inside.

        Raises:
            RunFailed: the container does not run.
        """
        doing = "run a command in the container"
        wanted = {"AttachStdout": True, "AttachStderr": True, "Cmd": list(command), **_wanted(how)}
        exec_id = json.loads(self._act(f"/containers/{container_id}/exec", wanted, doing=doing, limit_s=LIMIT_S))["Id"]
        said = self._said(exec_id, limit_s, how.get("given"))
        if said is None:
            return None
        found = self._engine.json(f"/exec/{exec_id}/json", limit_s=LIMIT_S)
        return None if found["Running"] else Ran(found["ExitCode"] or 0, text(said))

    @contextmanager
    def events(self, label: str, actions: Sequence[str], since_s: float) -> Iterator[Lines]:
        """Lines of JSON as they come, from `since_s` (since the epoch) on."""
        chosen = {"type": ["container"], "label": [label], "event": list(actions)}
        query = {"since": f"{since_s + self._engine.offset_s:.3f}", "filters": json.dumps(chosen)}
        with self._engine.stream("GET", "/events", query) as (answer, _):
            yield (line.decode() for line in answer)

    def _said(self, exec_id: str, limit_s: float, given: Iterable[bytes] | None) -> bytes | None:
        deadline = time.monotonic() + limit_s
        said = b""
        with self._started(exec_id) as (answer, sock):
            if given is not None:
                # Beside the reading: a command that says much before it has read all would wait for ever.
                Thread(target=_give, args=(sock, given), daemon=True).start()
            while (left := deadline - time.monotonic()) > 0:
                sock.settimeout(left)
                try:
                    more = answer.read1(65536)
                except TimeoutError:
                    return None
                if not more:
                    return said
                said += more
        return None

    @contextmanager
    def _started(self, exec_id: str) -> Iterator[tuple[HTTPResponse, socket.socket]]:
        try:
            with self._engine.stream("POST", f"/exec/{exec_id}/start", body={"Detach": False}) as both:
                yield both
        except Refused as refused:
            # It has ended, or was paused, since the command was asked for.
            raise translate.failure(str(refused), doing="run a command in the container") from None

    def _ids(self, query: dict[str, str]) -> list[str]:
        return [item["Id"] for item in self._engine.json("/containers/json", query, limit_s=LIMIT_S)]

    def _found(self, path: str) -> str:
        try:
            return self._engine.request("GET", path, limit_s=LIMIT_S).decode()
        except Refused as refused:
            if refused.status in (_GONE, _GOING):
                return ""  # it has vanished meanwhile: it is simply not among the answers
            raise translate.failure(str(refused), doing="inspect what runs") from None

    def _removed(self, path: str) -> str:
        try:
            self._engine.request("DELETE", path, limit_s=ACT_S)
        except Refused as refused:
            return "" if refused.status == _GONE else str(refused)
        return ""

    def _act(self, path: str, body: object = None, *, doing: str, limit_s: float, method: str = "POST") -> bytes:
        try:
            return self._engine.request(method, path, body=body, limit_s=limit_s)
        except Refused as refused:
            said = str(refused)
            raise translate.container_gone(said, of=path) or translate.refusal(said, doing=doing) from None


def _listed(texts: Iterable[str]) -> str:
    return f"[{','.join(text.strip() for text in texts if text)}]"


def _wanted(how: How) -> dict[str, object]:
    return {
        "AttachStdin": how.get("given") is not None,
        "User": how.get("user", ""),
        "WorkingDir": how.get("working_dir", ""),
        "Env": list(how.get("environment", ())),
        "Privileged": how.get("privileged", False),
    }


def _give(sock: socket.socket, given: Iterable[bytes]) -> None:
    # A command that has ended reads no more: its exit code tells.
    with suppress(OSError):
        for piece in given:
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
