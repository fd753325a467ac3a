"""Looks up names from inside of a container, on a network that is made for it and removed again."""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass

from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.inside import own_image
from seatrial.engine.inside.owner import options
from seatrial.engine.inspect import PROJECT

OWNER = "doctor"
IMAGE = f"{own_image.REPOSITORY}:names-1"
PROGRAMS = ("sh", "cat", "getent")
# Reserved for documents (RFC 2606), and there on the internet.
OUTSIDE = "example.org"
RUN_S = 15.0
_END_S = 10.0


@dataclass(frozen=True, slots=True)
class Names:
    """What could be resolved.

    Attributes:
        peer: a name on the container's own network.
        outside: a public one, from inside; `here`: the same, on this machine.
        servers: the addresses that the container asks.
        refused: the engine's words, when it made no network or container.
    """

    peer: bool = False
    outside: bool = False
    here: bool = False
    servers: tuple[str, ...] = ()
    refused: str = ""


def looked() -> Names:
    """Raises `SeatrialError`, `OSError` when no container can be had for it."""
    _image()
    name = f"seatrial-doctor-{uuid.uuid4().hex[:12]}"
    label = options(OWNER)
    made = answer(["network", "create", *label, name], limit_s=RUN_S)
    if made.returncode:
        return Names(here=resolves(OUTSIDE), refused=" ".join(translate.last_words(made.stderr, 1)))
    try:
        done = answer(_run(name, label), limit_s=RUN_S)
    finally:
        answer(["rm", "--force", "--volumes", name], limit_s=_END_S)
        answer(["network", "rm", name], limit_s=_END_S)
    if done.returncode:
        return Names(here=resolves(OUTSIDE), refused=" ".join(translate.last_words(done.stderr, 1)))
    return read(done.stdout, here=resolves(OUTSIDE))


def read(text: str, *, here: bool) -> Names:
    """What the container wrote. Pure."""
    words = [line.split() for line in text.splitlines()]
    told = {line[0]: line[1] for line in words if len(line) == 2}
    servers = tuple(line[1] for line in words if len(line) == 2 and line[0] == "nameserver")
    return Names(told.get("peer") == "0", told.get("outside") == "0", here, servers)


def resolves(name: str) -> bool:
    """Whether this machine can."""
    try:
        return bool(socket.getaddrinfo(name, None))
    except OSError:
        return False


def _image() -> None:
    if not own_image.possible():
        raise OSError("no container can be put together from this machine's programs")
    if answer(["image", "inspect", "--format", "-", IMAGE]).returncode:
        own_image.assemble(IMAGE, PROGRAMS)


def _run(name: str, label: tuple[str, ...]) -> list[str]:
    ask = f"getent ahosts {name} >/dev/null; echo peer $?; getent ahosts {OUTSIDE} >/dev/null; echo outside $?"
    return [
        *("run", "--rm", "--name", name, "--network", name, "--network-alias", name, *label, "--label", f"{PROJECT}="),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--log-driver", "none"),
        *("--dns-option", "timeout:2", "--dns-option", "attempts:1", "--init=false", "--no-healthcheck"),
        *("--entrypoint", "sh", IMAGE, "-c", f"{ask}; cat /etc/resolv.conf"),
    ]
