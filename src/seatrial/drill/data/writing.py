"""Writes to a service by its own interface while it is stopped, killed and made anew, and reads what it has kept.

One write after the other: what is due while nobody answers would only be refused. None is repeated.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
import uuid
from typing import TYPE_CHECKING

from seatrial.drill.data.written import Found, Write
from seatrial.drill.unjudged import Unjudged, inconclusive
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from seatrial.drill.live.scene import Scene
    from seatrial.drill.service.extension import Call, Writer

_PAUSE_S = 0.05
_AFTER_ERROR_S = 0.1
_LIMIT_S = 5.0
_LOOK_S = 0.25
_LARGEST = 16 * 1024 * 1024


class Writing:
    """Writes from entering to leaving; `writes` is complete afterwards."""

    def __init__(self, scene: Scene, writer: Writer) -> None:
        self._scene, self._writer = scene, writer
        self._run = uuid.uuid4().hex[:8]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self.writes: list[Write] = []
        self._known: dict[str, str] = {}
        # Addresses are looked for before anything is disturbed: a service that nobody reaches cannot be judged.
        self._address(writer.write)
        self._address(writer.read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def found(self) -> Found:
        """Read until everything that was acknowledged is there, or `settle_s` is over."""
        deadline = time.monotonic() + self._writer.settle_s
        wanted = [write.id for write in self.writes if write.acknowledged]
        while True:
            found = self._read()
            if all(found.counts.get(one) for one in wanted) and not found.error:
                # What is done twice comes a moment after the first.
                time.sleep(_LOOK_S)
                return self._read()
            if time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_S)

    def _write(self) -> None:
        while not self._over.is_set():
            one = f"seatrial-{self._run}-{len(self.writes):05d}"
            sent = time.time_ns()
            status, _, error = self._asked(self._writer.write, one)
            self.writes.append(Write(one, sent, time.time_ns(), status, error))
            self._over.wait(_AFTER_ERROR_S if error else _PAUSE_S)

    def _read(self) -> Found:
        status, text, error = self._asked(self._writer.read, "")
        if status is not None and not 200 <= status < 300:
            error = f"it answers {status}"
        counts = {write.id: n for write in self.writes if (n := text.count(write.id))}
        return Found(time.time_ns(), counts, error)

    def _asked(self, call: Call, one: str) -> tuple[int | None, str, str]:
        """Status, text and error of one call."""
        try:
            host = self._address(call)
            connection = _connection(host, call)
            try:
                body = call.body.replace("{id}", one)
                connection.request(call.method, call.path.replace("{id}", one), body or None, self._headers(call, body))
                answer = connection.getresponse()
                return answer.status, answer.read(_LARGEST).decode("utf-8", "replace"), ""
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, Unjudged, SeatrialError) as error:
            self._known.pop(call.service, None)  # it may have moved
            return None, "", type(error).__name__

    def _headers(self, call: Call, body: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json" if _is_json(body) else "text/plain"} if body else {}
        return headers | dict(self._scene.declared.headers_of(call.service))

    def _address(self, call: Call) -> str:
        if call.service not in self._known:
            self._known[call.service] = self._looked_up(call)
        return self._known[call.service]

    def _looked_up(self, call: Call) -> str:
        container = self._scene.container(call.service)
        facts = self._scene.engine.facts([container.id]) if container else ()
        own = [network.ip or network.ipv6 for fact in facts for network in fact.networks]
        if container is None or not facts:
            raise inconclusive(f"the writer needs {call.service}, which has no container: up --service {call.service}")
        if facts[0].network_mode == "host":
            own = ["127.0.0.1"]
        if not any(own):
            raise inconclusive(f"the writer needs {call.service}, which has no address")
        return next(address for address in own if address)


def _connection(host: str, call: Call) -> http.client.HTTPConnection:
    if not call.tls:
        return http.client.HTTPConnection(host, call.port, timeout=_LIMIT_S)
    # As for all traffic of drills: what a development stack shows is nearly always signed by itself.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, call.port, timeout=_LIMIT_S, context=context)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
