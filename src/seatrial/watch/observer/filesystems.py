"""File systems on which others write without the kernel here being told."""

from __future__ import annotations

import os
import re
from pathlib import Path

# Shared folders of virtual machines, networks and FUSE: what is written on the other side makes no event on this one.
# What is written on this side does, so these are watched too.
_SILENT = re.compile(
    r"9p|afs|ceph|cifs|drvfs|fakeowner|fuse(\..*)?|gfs2|glusterfs|grpcfuse|lustre|nfs4?|ocfs2|osxfs|prl_fs|smb[23]?|smbfs|vboxsf"
    r"|virtiofs|vmhgfs"
)
MOUNTS = Path("/proc/self/mountinfo")


class FileSystems:
    """Tells of folders whether their file system tells.

    Args:
        mounts: as `proc(5)` says of `/proc/PID/mountinfo`; missing where there is none.
    """

    def __init__(self, mounts: Path = MOUNTS) -> None:
        self._mounts = mounts
        self._known: dict[int, str] = {}  # device -> type, or "" for one that tells

    def silent(self, folder: str) -> str:
        """The type of the file system of a folder that has to be polled; "" of one that tells, or that is not there."""
        try:
            device = Path(folder).stat().st_dev
        except OSError:
            return ""
        if device not in self._known:
            kind = kind_of(os.path.realpath(folder), self._mounts)
            self._known[device] = kind if _SILENT.fullmatch(kind) else ""
        return self._known[device]


def kind_of(path: str, mounts: Path = MOUNTS) -> str:
    """The type of the file system that a path (real, absolute) is on; "" where nobody says."""
    try:
        lines = os.fsdecode(mounts.read_bytes()).splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        fields, _, rest = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields.split(" ")[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # of two on one point the later one covers the other
            best, kind = point, rest.split(" ")[0]
    return kind
