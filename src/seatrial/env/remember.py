"""Writes down that an environment was in order, for `cache` to recall."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.env.known import is_pasted
from seatrial.env.record import FORMAT, digest, known_prints, place, prints
from seatrial.env.words import names_mentioned
from seatrial.kept import save

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.env.examination import Examination
    from seatrial.env.record import Watched
    from seatrial.project import Project

# Files that these name are not known to us: nothing is remembered about a project that has them.
_ELSEWHERE = re.compile(rb"\b(?:include|extends)\b")
# Depends on where one stands, and is looked for each time.
_NOT_STORED = frozenset({"SubfolderEnv"})
# Its message quotes the value of a public variable.
_MAY_QUOTE = frozenset({"SchemaViolation"})


def remember(project: Project, environ: Mapping[str, str], found: Examination, before: Watched) -> None:
    """Write down that the environment was in order. A disk that does not let us is no reason to fail."""
    with suppress(OSError, RuntimeError):
        if found.stack is None or not found.sound or _depends_on_more(project, found):
            return
        files = [Path(entry.path) for entry in found.references.env_files]
        now = known_prints(project)
        if now != before.prints or any(_changed_since(file, before.began_ns) for file in files):
            return
        names = sorted({*found.values, *_in_services(found), *_in_files(found)})
        if any(is_pasted(name, found.schema) for name in names):
            return
        record = {
            "format": FORMAT,
            "digest": digest({**now, **prints(files)}, environ, names),
            "files": [str(file) for file in files],
            "names": names,
            "variables": len(found.schema.keys if found.schema else found.references.names),
            "problems": [asdict(problem) for problem in found.problems if problem.rule not in _NOT_STORED],
        }
        save(place(project, environ), record)


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
