"""Remembers that an environment was in order, so that asking again costs nothing. It stores no value, only a digest.

What was found depends on the schema, the env files, the compose files, some variables of the shell and the Compose that
is installed. A record names those files and variables; when the digest of them is the same, so is the answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.env.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.env.examination import Examination
    from seatrial.project import Project

FORMAT = 1
# Files that these name are not known to us: nothing is remembered about a project that has them.
_ELSEWHERE = re.compile(rb"^\s*(?:-\s*)?(?:include|extends)\s*:", re.MULTILINE)
_PLUGIN_FOLDERS = (
    "~/.docker/cli-plugins",
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An environment that was in order; `problems` are warnings and notes, `variables` how many were checked."""

    problems: tuple[Problem, ...]
    variables: int


def recall(project: Project, environ: Mapping[str, str]) -> Remembered | None:
    """What was found the last time, if nothing that it depends on has changed since."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads(_place(project, environ).read_bytes())
        files = [Path(name) for name in record["files"]]
        if record["format"] == FORMAT and record["digest"] == _digest(project, environ, files, record["names"]):
            problems = tuple(Problem(**{**p, "severity": Severity(p["severity"])}) for p in record["problems"])
            return Remembered(problems, record["variables"])
    return None


def remember(project: Project, environ: Mapping[str, str], found: Examination) -> None:
    """Write down that the environment was in order. A disk that does not let us is no reason to fail."""
    if not found.sound or any(_ELSEWHERE.search(file.read_bytes()) for file in project.files):
        return
    names = sorted({*found.values, *(key for env in found.contained.values() for key in env)})
    files = [file.path for file in found.files] + [Path(entry.path) for entry in found.references.env_files]
    record = {
        "format": FORMAT,
        "digest": _digest(project, environ, files, names),
        "files": [str(file) for file in files],
        "names": names,
        "variables": len(found.schema.keys if found.schema else found.references.names),
        "problems": [asdict(problem) for problem in found.problems],
    }
    with suppress(OSError):
        _replace(_place(project, environ), json.dumps(record).encode())


def _place(project: Project, environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME") or str(Path.home()), ".cache")  # noqa: PTH118
    identity = "\0".join([str(project.root), *map(str, project.files), project.name or "", *project.profiles])
    return Path(base) / "seatrial" / "env" / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"


def _digest(project: Project, environ: Mapping[str, str], files: Iterable[Path], names: Iterable[str]) -> str:
    whole = hashlib.sha256()

    def add(*parts: bytes) -> None:
        for part in parts:
            whole.update(len(part).to_bytes(8, "big") + part)

    for file in (*project.files, *files, *(filter(None, (project.schema, project.env_file)))):
        add(str(file).encode(), file.read_bytes() if file.is_file() else b"\0absent")
    said = {name: environ[name] for name in names if name in environ}
    said |= {name: value for name, value in environ.items() if name.startswith("COMPOSE_")}
    for name in sorted(said):
        add(name.encode(), said[name].encode("utf-8", "surrogateescape"))
    for program in _programs():
        add(str(program).encode(), b"%d %d" % (program.stat().st_mtime_ns, program.stat().st_size))
    return whole.hexdigest()


def _programs() -> list[Path]:
    """The docker client and its Compose plugin: another file may be another version."""
    client = shutil.which("docker")
    plugins = (Path(folder).expanduser() / "docker-compose" for folder in _PLUGIN_FOLDERS)
    return [*([Path(client)] if client else []), *(plugin for plugin in plugins if plugin.is_file())]


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(draft).replace(target)
