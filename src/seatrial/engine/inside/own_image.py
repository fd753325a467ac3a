"""A helper image of this machine's own `sh`, `cat`, `ls`, `rm`, `rmdir` and their libraries, without a registry."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.child import answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REPOSITORY = "seatrial-helper"
# The number changes with the recipe.
NAME = f"{REPOSITORY}:3"
PROGRAMS = ("sh", "cat", "ls", "rm", "rmdir")
_LIMIT_S = 60.0
# `libc.so.6 => /lib/libc.so.6 (0x7f..)` and `/lib64/ld-linux-x86-64.so.2 (0x7f..)`; the vdso has no path.
_LIBRARY = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)


def possible() -> bool:
    """Whether this machine's programs can run where the engine's containers do: both are Linux."""
    return sys.platform == "linux"


def assemble(name: str, wanted: Sequence[str] = PROGRAMS) -> None:
    """Import an image of the `wanted` programs under a name.

    Raises:
        OSError: a program is missing, or the engine did not take it.
    """
    programs = {program: _program(program) for program in wanted}
    libraries = sorted({path for program in programs.values() for path in libraries_of(_ldd(program))})
    folders = ":".join(sorted({os.path.dirname(path) for path in libraries}))  # noqa: PTH120 - a path in the image
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for word, program in programs.items():
                _add(tar, program, f"bin/{word}")
            for path in libraries:
                _add(tar, Path(path), path.lstrip("/"))
        file.flush()
        # The linker finds them without its cache and its configuration of this machine.
        changes = ("ENV PATH=/bin", f"ENV LD_LIBRARY_PATH={folders}")
        imported = answer(["import", *_each("--change", changes), file.name, name], limit_s=_LIMIT_S)
    if imported.returncode:
        raise OSError(imported.stderr.strip())


def libraries_of(listing: str) -> tuple[str, ...]:
    """Paths in the output of `ldd`; none for a static program."""
    return tuple(_LIBRARY.findall(listing))


def _program(name: str) -> Path:
    found = shutil.which(name, path="/bin:/usr/bin:/run/current-system/sw/bin")
    if not found:
        raise FileNotFoundError(f"this machine has no `{name}`")
    return Path(found)


def _ldd(program: Path) -> str:
    """Its exit code is no help: it is 1 for a static program."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False, timeout=_LIMIT_S)
    return done.stdout


def _add(tar: tarfile.TarFile, source: Path, name: str) -> None:
    # What links lead to, so that an image needs none.
    entry = tar.gettarinfo(source.resolve(strict=True), name)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    # The second name of one file would be written as a link to the first.
    entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", source.stat().st_size
    with source.open("rb") as file:
        tar.addfile(entry, file)


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]
