"""Requests to the engine through the docker client, which hands on what it is given to wherever its engine is."""

from __future__ import annotations

import http.client
import socket
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from seatrial.engine import translate
from seatrial.engine.api.connection import gets, unreachable
from seatrial.engine.child import client_missing, end_group

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST_S = 1.0


class _Given(http.client.HTTPConnection):
    """Over a socket that is connected already."""

    def __init__(self, given: socket.socket) -> None:
        super().__init__("docker")
        self._given = given

    def connect(self) -> None:
        self.sock = self._given


def dialled(targets: Sequence[str], limit_s: float) -> list[bytes | None]:
    """Answers to GETs in their order, None for what is refused, by one process of the client.

    Args:
        targets: paths with their queries, without the version.
        limit_s: seconds for each of them.

    Raises:
        EngineUnreachable: the engine does not answer.
        ClientMissing: there is no docker command.
    """
    if not targets:
        return []
    ours, clients = socket.socketpair()
    with ours, clients:
        # What the client itself uses at the other end of ssh: its two ends are the engine's socket.
        command = ["docker", "system", "dial-stdio"]
        try:
            end = clients.fileno()
            child = subprocess.Popen(
                command, stdin=end, stdout=end, stderr=subprocess.PIPE, text=True, start_new_session=True
            )
        except FileNotFoundError:
            raise client_missing() from None
        with child:
            clients.close()  # else its end would not be seen
            ours.settimeout(limit_s)
            try:
                return list(gets(_Given(ours), targets))
            except (OSError, http.client.HTTPException) as error:
                end_group(child)
                said = child.stderr.read() if child.stderr else ""
                raise translate.engine_trouble(said) or unreachable(error) from None
            finally:
                with suppress(OSError, subprocess.TimeoutExpired):
                    ours.shutdown(socket.SHUT_RDWR)  # by that it ends; a signal it takes to heart after seconds only
                    child.wait(_LAST_S)
                end_group(child)
