"""Reads /proc/PID/net/tcp and tcp6, and who holds which socket open. Pure: text in, values out."""

from __future__ import annotations

import ipaddress
import re
import sys
from typing import TYPE_CHECKING

from seatrial.engine.inside import Socket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# include/net/tcp_states.h
_IN_ORDER = (
    "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV"
)
_STATES = {f"{number:02X}": name for number, name in enumerate(_IN_ORDER.split(), start=1)}
_LOCAL, _REMOTE, _STATE, _INODE = 1, 2, 3, 9
_WORD = 8  # hexadecimal digits of 32 bits
_FOLDER = re.compile(r"(?:/proc/)?(\d+)/fd:")
_OPEN = re.compile(r"l.* -> socket:\[(\d+)\]")


def sockets(table: str, owners: Mapping[int, tuple[int, ...]]) -> Iterator[Socket]:
    """The sockets of one table, in the kernel's order; `owners` holds PIDs by inode."""
    for line in table.splitlines():
        words = line.split()
        if len(words) <= _INODE or not words[0].endswith(":"):
            continue  # the head line
        (local, local_port), (remote, remote_port) = _end(words[_LOCAL]), _end(words[_REMOTE])
        state = _STATES.get(words[_STATE], words[_STATE])
        yield Socket(state, local, local_port, remote, remote_port, owners.get(int(words[_INODE]), ()))


def owners(listing: str) -> dict[int, tuple[int, ...]]:
    """PIDs by inode of the sockets they hold open, from `ls -ln PID/fd PID/fd ...`."""
    found: dict[int, dict[int, None]] = {}
    pid = None
    for line in listing.splitlines():
        if folder := _FOLDER.fullmatch(line):
            pid = int(folder[1])
        elif pid is not None and (link := _OPEN.fullmatch(line)):
            found.setdefault(int(link[1]), {})[pid] = None
    return {inode: tuple(pids) for inode, pids in found.items()}


def _end(text: str) -> tuple[str, int]:
    address, _, port = text.partition(":")
    # Words of 32 bits as the machine's memory holds them; engines of the other byte order are not met in practice.
    words = (int(address[at : at + _WORD], 16) for at in range(0, len(address), _WORD))
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    found = ipaddress.ip_address(packed)
    return str(getattr(found, "ipv4_mapped", None) or found), int(port, 16)
