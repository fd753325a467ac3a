"""Reads /proc/PID of one process, and links of /proc that `ls -ln` shows. Pure: text in, values out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.engine.inside import Process

if TYPE_CHECKING:
    from collections.abc import Iterable

ZOMBIE = "Z"
# Not `.*`: the name may hold a line break, and brackets of its own.
_STAT = re.compile(r"(?P<pid>\d+) \((?P<name>.*)\) (?P<rest>[A-Za-z] [-\d ]+)", re.DOTALL)
_EXECUTABLE = re.compile(r" (?:/proc/)?(\d+)/exe -> (.+)$", re.MULTILINE)
_DELETED = " (deleted)"
_NAMESPACE = re.compile(r" (?:/proc/)?(\d+)/ns/pid -> (pid:\[\d+\])$", re.MULTILINE)
# Counted from the state, which is field 3 of /proc/PID/stat.
_STATE, _PARENT, _START = 0, 1, 19


def process(stat: str, status: str, cmdline: str) -> Process | None:
    """The process as its three files tell it; None when it ended while they were read."""
    found = _STAT.match(stat)
    lines = dict(line.split(":\t", 1) for line in status.split("\n") if ":\t" in line)
    if not found or "SigCgt" not in lines:
        return None
    fields, pid = found["rest"].split(), int(found["pid"])
    return Process(
        pid=pid,
        inner_pid=int(lines.get("NSpid", str(pid)).split()[-1]),
        parent=int(fields[_PARENT]),
        state=fields[_STATE],
        name=found["name"],
        # Who gives itself a shorter title (npm, nginx) leaves zeros behind it.
        command=tuple(cmdline.rstrip("\0").split("\0")) if cmdline else (),
        uid=int(lines["Uid"].split()[1]),
        caught=int(lines["SigCgt"], 16),
        ignored=int(lines["SigIgn"], 16),
        blocked=int(lines["SigBlk"], 16),
        start_ticks=int(fields[_START]),
    )


def namespaces(listing: str) -> dict[int, str]:
    """By PID the PID namespace it is in, from `ls -ln PID/ns/pid ...`; without those that have ended."""
    return {int(pid): namespace for pid, namespace in _NAMESPACE.findall(listing)}


def executables(listing: str) -> dict[int, str]:
    """By PID the file that it executes, from `ls -ln PID/exe ...`; without those that have ended."""
    return {int(pid): path.removesuffix(_DELETED) for pid, path in _EXECUTABLE.findall(listing)}


def family(pid: int, everybody: Iterable[Process]) -> tuple[Process, ...]:
    """The process `pid` and all of its descendants; () when it is not there."""
    everybody = tuple(everybody)
    children: dict[int, list[Process]] = {}
    for one in everybody:
        children.setdefault(one.parent, []).append(one)
    found = [one for one in everybody if one.pid == pid]
    for one in found:  # grows while it is walked
        found += children.get(one.pid, ())
    return tuple(found)


def as_inside(found: Iterable[Process], uid_map: str) -> tuple[Process, ...]:
    """With users as the container counts them, by /proc/PID/uid_map: first inside, first outside, how many."""
    ranges = [[int(word) for word in line.split()] for line in uid_map.splitlines()]

    def inside(uid: int) -> int:
        return next((uid - outer + inner for inner, outer, count in ranges if outer <= uid < outer + count), uid)

    return tuple(replace(one, uid=inside(one.uid)) for one in found)
