"""Is the env file there, closed to others, and kept out of git?"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, skipped, warning
from seatrial.doctor.fixing.remedy import Change, Remedy
from seatrial.engine.env_sample import own_sample
from seatrial.env.git import Tracking, tracking
from seatrial.plain_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seatrial.project import Project

_OPEN = 0o077


@dataclass(frozen=True, slots=True)
class State:
    """The env file as it lies there.

    Attributes:
        path: absolute; None when there is none.
        shown: as it is told.
        mode: permissions; 0 when there is none.
        ignore: the `.gitignore` that would keep it out, and how many lines that has.
        repository: whether it lies in one.
        wanted: where the schema, if there is one, asks for one.
        sample: what a first one is copied from, where there is none.
    """

    path: Path | None
    shown: str = ""
    mode: int = 0
    tracking: Tracking = Tracking.UNKNOWN
    ignore: Path | None = None
    ignore_lines: int = 0
    line: str = ""
    wanted: str = ""
    repository: bool = False
    sample: str = ""


def looked(project: Project, start: Path) -> State:
    path = project.env_file
    wanted = os.path.relpath(project.schema.with_name(".env"), start) if project.schema else ""
    if path is None:
        sample = own_sample(project)
        return State(None, wanted=wanted, sample=os.path.relpath(sample, start) if sample else "")
    top = _top(path.parent)
    ignore = (top or path.parent) / ".gitignore"
    try:
        lines = len(read_text(ignore).splitlines())
    except OSError:
        lines = 0
    return State(
        path,
        os.path.relpath(path, start),
        stat.S_IMODE(path.stat().st_mode),
        tracking(path),
        ignore,
        lines,
        f"/{path.relative_to(ignore.parent).as_posix()}",
        wanted,
        top is not None,
    )


def presence(state: State) -> Iterator[Finding]:
    if state.path is None and state.wanted:
        yield failure(
            f"there is no env file, and the schema beside {state.wanted} describes one",
            why="required variables have no value, and `up` starts nothing",
            fix="env.init",
        )
    else:
        sample = f"the project has no env file; {state.sample} is a sample of one" if state.sample else ""
        yield ok(state.shown or sample or "the project has no env file, and asks for none")


def permissions(state: State) -> Iterator[Finding]:
    if state.path is None:
        yield skipped("there is no env file")
    elif state.mode & _OPEN:
        yield warning(
            f"{state.shown} can be read by others (mode {state.mode:04o})",
            why="it holds passwords and tokens",
            fix=f"chmod 600 {state.shown}",
            remedy=Remedy(commands=(("chmod", "600", str(state.path)),)),
        )
    else:
        yield ok(f"{state.shown} is closed to others (mode {state.mode:04o})")


def ignored(state: State) -> Iterator[Finding]:
    if state.path is None:
        yield skipped("there is no env file")
    elif state.tracking is Tracking.TRACKED:
        yield failure(
            f"{state.shown} is committed",
            why="whoever has the repository has what is in it, also after it is deleted: the history keeps it",
            fix=f"git rm --cached {state.shown}; add it to .gitignore; change the passwords that were in it",
        )
    elif state.tracking is Tracking.NOT_IGNORED and state.ignore:
        yield warning(
            f"{state.shown} is not ignored by git",
            why="the next `git add .` commits what is in it",
            fix=f"add the line {state.line} to {state.ignore.name}",
            remedy=Remedy((Change(state.ignore, state.ignore_lines, added=(state.line,)),)),
        )
    elif state.tracking is Tracking.IGNORED:
        yield ok(f"{state.shown} is ignored by git")
    else:
        yield skipped("git cannot be asked" if state.repository else "it lies in no git repository")


def _top(folder: Path) -> Path | None:
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
