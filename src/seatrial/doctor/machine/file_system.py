"""Does the project lie where changes of files are told, and where reading them is fast?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

_WINDOWS = frozenset({"9p", "drvfs", "v9fs"})
_SHARED = frozenset({"virtiofs", "vboxsf", "prl_fs", "fuse.grpcfuse", "fakeowner", "fuse.osxfs", "fuse.vmhgfs-fuse"})
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "ceph", "glusterfs", "fuse.rclone"})


def looked(folder: Path) -> tuple[str, bool]:
    """The kind of the file system that the folder lies on ("" where that cannot be told), and whether this is WSL."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        kernel = Path("/proc/sys/kernel/osrelease").read_text(encoding="utf-8")
    except OSError:
        return "", False
    return kind(mounts, str(folder)), "microsoft" in kernel.lower()


def kind(mounts: str, folder: str) -> str:
    """Of the innermost mount above the folder, out of /proc/self/mounts. Pure."""
    best, found = "", ""
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3:
            continue
        target = words[1].encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        if f"{folder}/".startswith(f"{target.rstrip('/')}/") and len(target) >= len(best):
            best, found = target, words[2]
    return found


def judge(folder: str, found: str, *, wsl: bool) -> Iterator[Finding]:
    if wsl and (found in _WINDOWS or folder.startswith(("/mnt/c/", "/mnt/d/"))):
        yield warning(
            f"the project lies on a Windows disk ({folder})",
            why="reading is many times slower through WSL, and changes made in Windows are told to nobody: watching"
            " has to poll",
            fix="keep the checkout inside of WSL (git clone into ~), and open it from Windows by \\\\wsl$",
        )
    elif found in _SHARED | _WINDOWS | _REMOTE:
        yield warning(
            f"the project lies on a shared file system ({found})",
            why="changes made on the other side are told to nobody: watching has to poll, which is slow and costs CPU",
            fix="keep the checkout on a disk of this machine",
        )
    else:
        yield ok(f"the project lies on {found or 'a disk of this machine'}" + (", in WSL" if wsl else ""))
