"""The record of a check on disk: where it is, and the digest of all that the answer depends on. It stores no value.

A check depends on the schema, the env files, the compose files, some variables of the shell, the Compose that is
installed, and on us. Little is loaded here: what is remembered is to cost nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seatrial.env.paths import overlays, own_files, reserved
from seatrial.env.programs import programs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.project import Project

FORMAT = 2
_ABSENT = "absent"
# The clock that files are stamped with goes in steps, behind the one that we read.
_STEP_NS = 20_000_000


class Watched(NamedTuple):
    """What a check of a project starts from: fingerprints of what is in the files now, and when that was."""

    prints: Mapping[str, str]
    began_ns: int


def watched(project: Project) -> Watched:
    """To be called before Compose is asked: of what changes from then on nobody knows what was checked."""
    return Watched(known_prints(project), time.time_ns() - _STEP_NS)


def place(project: Project, environ: Mapping[str, str]) -> Path:
    """Where the record of this project is, for these files, this name and these profiles."""
    base = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME") or str(Path.home()), ".cache")  # noqa: PTH118
    identity = "\0".join([str(project.root), *map(str, project.files), project.name or "", *project.profiles])
    return Path(base) / "seatrial" / "env" / f"{hashlib.sha256(os.fsencode(identity)).hexdigest()[:24]}.json"


def known_prints(project: Project) -> dict[str, str]:
    """Fingerprints of the files that matter whatever Compose says, those that may come to be included."""
    own = [*own_files(project), project.directory / ".env", *(path for _, path in reserved(project))]
    return prints([*project.files, *overlays(project), *own])


def prints(files: Iterable[Path]) -> dict[str, str]:
    return {str(file): _print_of(file) for file in files}


def _print_of(file: Path) -> str:
    try:
        if file.is_file():
            return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return "not to be read"
    return "no file" if file.exists() or file.is_symlink() else _ABSENT


def digest(files: Mapping[str, str], environ: Mapping[str, str], names: Iterable[str]) -> str:
    """Of fingerprints, of what the shell says of these names and to Compose, and of the programs."""
    said = {name: environ[name] for name in names if name in environ}
    said |= {name: value for name, value in environ.items() if name.startswith("COMPOSE_")}
    whole = json.dumps([sorted(files.items()), sorted(said.items()), programs(environ)])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
