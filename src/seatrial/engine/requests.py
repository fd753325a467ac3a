"""How containers and images are asked for and acted on: over the engine's socket, else through the docker client."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from seatrial.engine.api.calls import Api
from seatrial.engine.api.endpoint import socket_path
from seatrial.engine.by_client import ByClient

if TYPE_CHECKING:
    from collections.abc import Mapping

Requests: TypeAlias = Api | ByClient


def requests(environ: Mapping[str, str]) -> Requests:
    socket = socket_path(environ)
    return Api(socket) if socket else ByClient()
