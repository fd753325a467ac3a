"""Remembers that an environment was in order, so that asking again costs nothing. It stores no value, only a digest.

What was found depends on the schema, the env files, the compose files, some variables of the shell, the Compose that is
installed, and on us. A record names those files and variables; when the digest of them is the same, so is the answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.env.paths import overlays, own_files, reserved
from seatrial.env.problem import Problem, Severity
from seatrial.env.programs import programs
from seatrial.env.words import names_mentioned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.env.examination import Examination
    from seatrial.project import Project

FORMAT = 2
# Files that these name are not known to us: nothing is remembered about a project that has them.
_ELSEWHERE = re.compile(rb"\b(?:include|extends)\b")
# Depends on where one stands, and is looked for each time.
_NOT_STORED = frozenset({"SubfolderEnv"})
# Its message quotes the value of a public variable.
_MAY_QUOTE = frozenset({"SchemaViolation"})
_ABSENT = "absent"
# The clock that files are stamped with goes in steps, behind the one that we read.
_STEP_NS = 20_000_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """An environment that was in order; `problems` are warnings and notes, `variables` how many were checked."""

    problems: tuple[Problem, ...]
    variables: int


def recall(project: Project, environ: Mapping[str, str]) -> Remembered | None:
    """What was found the last time, if nothing that it depends on has changed since."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        record = _own(_place(project, environ))
        files = [Path(name) for name in record["files"]]
        now = {**_watched(project, environ), **_prints(files)}
        if record["format"] == FORMAT and record["digest"] == _digest(now, environ, record["names"]):
            problems = tuple(Problem(**{**p, "severity": Severity(p["severity"])}) for p in record["problems"])
            return Remembered(problems, int(record["variables"]))
    return None


@dataclass(frozen=True, slots=True)
class Watched:
    """What a check of a project starts from: fingerprints of what is in the files now, and when that was."""

    prints: Mapping[str, str]
    began_ns: int


def watched(project: Project, environ: Mapping[str, str]) -> Watched:
    """To be called before Compose is asked: of what changes from then on nobody knows what was checked."""
    return Watched(_watched(project, environ), time.time_ns() - _STEP_NS)


def _watched(project: Project, environ: Mapping[str, str]) -> dict[str, str]:
    own = [*own_files(project, environ), project.directory / ".env", *(path for _, path in reserved(project))]
    return _prints([*project.files, *overlays(project), *own])


def remember(project: Project, environ: Mapping[str, str], found: Examination, before: Watched) -> None:
    """Write down that the environment was in order. A disk that does not let us is no reason to fail."""
    from seatrial.env.known import is_pasted

    with suppress(OSError, RuntimeError):
        if found.stack is None or not found.sound or _depends_on_more(project, found):
            return
        files = [Path(entry.path) for entry in found.references.env_files]
        now = _watched(project, environ)
        if now != before.prints or any(_changed_since(file, before.began_ns) for file in files):
            return
        names = sorted({*found.values, *_in_services(found), *_in_files(found)})
        if any(is_pasted(name, found.schema) for name in names):
            return
        record = {
            "format": FORMAT,
            "digest": _digest({**now, **_prints(files)}, environ, names),
            "files": [str(file) for file in files],
            "names": names,
            "variables": len(found.schema.keys if found.schema else found.references.names),
            "problems": [asdict(problem) for problem in found.problems if problem.rule not in _NOT_STORED],
        }
        _replace(_place(project, environ), json.dumps(record).encode())


def _changed_since(file: Path, began_ns: int) -> bool:
    return file.exists() and file.stat().st_ctime_ns >= began_ns


def _depends_on_more(project: Project, found: Examination) -> bool:
    return any(problem.rule in _MAY_QUOTE for problem in found.problems) or any(
        _ELSEWHERE.search(file.read_bytes()) for file in project.files
    )


def _in_services(found: Examination) -> Iterable[str]:
    return (key for env in found.contained.values() for key in env)


def _in_files(found: Examination) -> Iterable[str]:
    """Names whose value in the shell may change what a file gives: those it sets, inherits and is made of."""
    for file in found.files:
        yield from file.keys
        for statement in file.statements:
            yield from names_mentioned(statement.value)


def _place(project: Project, environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME") or str(Path.home()), ".cache")  # noqa: PTH118
    identity = "\0".join([str(project.root), *map(str, project.files), project.name or "", *project.profiles])
    return Path(base) / "seatrial" / "env" / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"


def _own(place: Path) -> Any:
    """The record, if it is ours: what others may have written is not believed."""
    with place.open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise PermissionError
        return json.loads(file.read())


def _prints(files: Iterable[Path]) -> dict[str, str]:
    return {str(file): _print_of(file) for file in files}


def _print_of(file: Path) -> str:
    try:
        if file.is_file():
            return _print(file.read_bytes())
    except OSError:
        return "not to be read"
    return "no file" if file.exists() or file.is_symlink() else _ABSENT


def _print(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest(files: Mapping[str, str], environ: Mapping[str, str], names: Iterable[str]) -> str:
    said = {name: environ[name] for name in names if name in environ}
    said |= {name: value for name, value in environ.items() if name.startswith("COMPOSE_")}
    whole = json.dumps([sorted(files.items()), sorted(said.items()), programs(environ)])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
