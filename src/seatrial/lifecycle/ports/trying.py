"""Whether a host port can be had, tried as docker-proxy will: by binding a socket to it, and letting it go."""

from __future__ import annotations

import errno
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.api.endpoint import socket_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LISTENS = "0A"  # linux/include/net/tcp_states.h, TCP_LISTEN
_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def free(host_ip: str, port: int, protocol: str) -> bool:
    """Whether the port can be bound now; what cannot be tried counts as free, and the engine has the last word."""
    return all(_one(family, address, port, protocol) for family, address in _places(host_ip))


def near(environ: Mapping[str, str]) -> bool:
    """Whether the engine publishes ports where we try them.

    Not an engine on another machine; nor the one outside when we run in a container that was given its socket.
    """
    path = socket_path(environ)
    if path is None:
        return False
    credentials = getattr(socket, "SO_PEERCRED", None)
    if credentials is None:
        return True
    try:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.settimeout(1)
            engine.connect(path)
            pid, user, _ = struct.unpack("3i", engine.getsockopt(socket.SOL_SOCKET, credentials, 12))
    except OSError:
        return False
    return pid > 0 and (user != 0 or _same_network(pid))  # a rootless engine has ports in our network, and its own


def _same_network(pid: int) -> bool:
    """Of a process that we may not look at it is taken to be the same."""
    try:
        return os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/self/ns/net")  # noqa: PTH115  no path
    except OSError:
        return True


def _places(host_ip: str) -> Iterator[tuple[socket.AddressFamily, str]]:
    if ":" not in host_ip:
        yield socket.AF_INET, host_ip or "0.0.0.0"  # noqa: S104  what the compose file means
    if ":" in host_ip or not host_ip:
        yield socket.AF_INET6, host_ip or "::"


def _one(family: socket.AddressFamily, address: str, port: int, protocol: str) -> bool:
    try:
        with socket.socket(family, _KINDS[protocol]) as tried:
            if protocol == "tcp":  # as Go does for every listener, and for no other socket
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tried.bind((address, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        # Below 1024 the engine may bind what we may not: what listens there can be read.
        return error.errno not in (errno.EACCES, errno.EPERM) or not _listed(port, protocol)
    except OverflowError:  # no port at all: Compose or the engine says so
        return True
    return True


def _listed(port: int, protocol: str) -> bool:
    for name in (protocol, f"{protocol}6"):
        try:
            lines = Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if int(words[1].rpartition(":")[2], 16) == port and (protocol == "udp" or words[3] == _LISTENS):
                return True
    return False
