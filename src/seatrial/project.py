"""Which compose files, env file and name a directory means. Paths only: nothing is merged or interpolated here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import ComposeFileMissing, UsageError
from seatrial.worktree import Worktree, worktree
from seatrial.worktree import name as worktree_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Compose's own names in its own order of preference (compose-go cli/options.go, DefaultFileNames).
FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
FOLDER = "compose"
NAME = "COMPOSE_PROJECT_NAME"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})  # as Compose reads a switch (Go's strconv.ParseBool)


@dataclass(frozen=True, slots=True)
class Project:
    """What is handed to every Compose call of a run, so that all of them mean the same project.

    Attributes:
        root: the folder that people would call the project; `env/` is looked for here.
        files: the compose files, absolute, in the order in which Compose merges them. Never empty.
        env_file: passed as `--env-file`; None leaves the choice to Compose.
        schema: the `.env.schema` that the environment is held against.
        env_files_chosen: whether Compose's own variables say which env files count, or that none does.
        name: the project name asked for; None leaves it to the compose file.
        profiles: profiles asked for, beside those of `COMPOSE_PROFILES`.
        worktree: the linked git worktree that gave it its name; None when Compose or somebody else did.
        by_labels: only `name` counts: Compose is to go by what it wrote on the containers, and to read no file.
    """

    root: Path
    files: tuple[Path, ...]
    env_file: Path | None = None
    name: str | None = None
    profiles: tuple[str, ...] = ()
    schema: Path | None = None
    env_files_chosen: bool = False
    by_labels: bool = False
    worktree: Worktree | None = None

    @property
    def directory(self) -> Path:
        """What relative paths in the compose files start from: the folder of the first file, as in Compose."""
        return self.files[0].parent


def here() -> Path:
    """Where the caller stands. Raises `UsageError`: that is no more."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the folder that you are in has been removed", fix="cd to another one") from None


def find(
    start: Path,
    *,
    environ: Mapping[str, str],
    files: Sequence[str] = (),
    name: str | None = None,
    profiles: Iterable[str] = (),
) -> Project:
    """The project that `start` lies in.

    Files come from `files`, else `COMPOSE_FILE` (also from a `.env` beside `start`), else from Compose's own names in
    `start` and its parents; in each folder `compose/` counts too.

    Raises:
        ComposeFileMissing: nothing was found, or a file that was named is not there.
    """
    start = start.resolve()
    chosen = _named(start, files) or _from_environment(start, environ) or _discovered(start)
    root = _root_of(chosen[0])
    off = environ.get("COMPOSE_DISABLE_ENV_FILE") in _TRUE
    own = bool(environ.get("COMPOSE_ENV_FILES")) or off
    env_file = None if own else _beside(root, ".env")
    tree = None if name else _unnamed_worktree(root, env_file, environ, off=off)
    derived = worktree_name(tree, chosen) if tree else None
    schema = _beside(root, ".env.schema")
    named = name or derived
    return Project(root, chosen, env_file, named, tuple(profiles), schema, own, worktree=tree if derived else None)


def _unnamed_worktree(root: Path, env_file: Path | None, environ: Mapping[str, str], *, off: bool) -> Worktree | None:
    """The linked worktree that the project lies in, unless somebody has given the project a name."""
    tree = worktree(root)
    if tree is None or environ.get(NAME):
        return None
    chosen = [root / file for file in environ.get("COMPOSE_ENV_FILES", "").split(",") if file]
    files = [] if off else [env_file] if env_file else chosen
    return None if any(_in_env_file(file, NAME) for file in files) else tree


def _named(start: Path, files: Sequence[str]) -> tuple[Path, ...]:
    if "-" in files:
        raise UsageError(
            "the compose file cannot be read from standard input: it is needed more than once",
            fix="write it to a file and name that with --file",
        )
    return _present(tuple((start / name).resolve() for name in files), "--file")


def _from_environment(start: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    value, source = environ.get("COMPOSE_FILE", ""), "COMPOSE_FILE"
    if not value:
        value, source = _in_env_file(start / ".env", "COMPOSE_FILE"), ".env, COMPOSE_FILE"
    separator = environ.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    return _present(tuple((start / name).resolve() for name in value.split(separator) if name), source)


def _in_env_file(file: Path, name: str) -> str:
    """What a `.env` says; nothing for a file that is no such file. What is wrong with it is told by the check of it."""
    try:
        text = file.read_text("utf-8-sig", "replace") if file.is_file() else ""
    except OSError:
        return ""
    if name not in text:
        return ""
    from dotenv.parser import parse_stream

    return next((b.value or "" for b in reversed(list(parse_stream(StringIO(text)))) if b.key == name), "")


def _present(files: tuple[Path, ...], source: str) -> tuple[Path, ...]:
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise ComposeFileMissing(
            f"no compose file {', '.join(missing)} (named by {source})", fix=f"correct the path given by {source}"
        )
    return files


def _discovered(start: Path) -> tuple[Path, ...]:
    for folder in _upwards(start):
        for place in (folder, folder / FOLDER):
            found = _first(place, FILE_NAMES)
            if found:
                override = _first(place, OVERRIDE_NAMES)
                return (found, override) if override else (found,)
    raise ComposeFileMissing(
        f"no compose file in {start} or a folder above it",
        fix="change to a folder that holds one of: "
        + ", ".join((*FILE_NAMES, f"{FOLDER}/{FILE_NAMES[0]}"))
        + "\nor name it: --file PATH",
    )


def _upwards(start: Path) -> Iterator[Path]:
    yield start
    yield from start.parents


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _root_of(first: Path) -> Path:
    """`compose/compose.yaml` means the folder above, from wherever it was found."""
    return first.parent.parent if first.parent.name == FOLDER else first.parent


def _beside(root: Path, name: str) -> Path | None:
    """`name` in `env/`, else in the root."""
    return next((file for file in (root / "env" / name, root / name) if file.is_file()), None)
