"""Which compose files, env files and name a directory means. Paths only: nothing is merged or interpolated here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seatrial import compose_variables as variables
from seatrial.errors import ComposeFileMissing, UsageError
from seatrial.plain_file import other_kind
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
# What a process has open; Compose, a process of its own, would find another file there.
_OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/")


@dataclass(frozen=True, slots=True)
class Project:
    """What is handed to every Compose call of a run, so that all of them mean the same project.

    Paths are absolute and keep the links by which the caller reached them, as Compose's do.

    Attributes:
        root: the folder that people would call the project; `env/` is looked for here.
        files: the compose files, in the order in which Compose merges them. Never empty.
        env_files: those that count, in Compose's order: the last one wins.
        schema: the `.env.schema` that the environment is checked against.
        env_files_chosen: whether Compose's own variables say which env files count, or that none does.
        files_named: whether the caller named the files, by flag or configuration.
        name: the project name asked for; None leaves it to the compose file.
        profiles: profiles asked for, beside those of `COMPOSE_PROFILES`.
        worktree: the linked git worktree that gave it its name; None when the user or a variable did.
        by_labels: only `name` counts: Compose uses what it wrote on the containers, and reads no file.
    """

    root: Path
    files: tuple[Path, ...]
    env_files: tuple[Path, ...] = ()
    name: str | None = None
    profiles: tuple[str, ...] = ()
    schema: Path | None = None
    env_files_chosen: bool = False
    by_labels: bool = False
    worktree: Worktree | None = None
    files_named: bool = False

    @property
    def directory(self) -> Path:
        """What relative paths in the compose files start from: the folder of the first file, as in Compose."""
        return self.files[0].parent

    @property
    def env_file(self) -> Path | None:
        """The project's own env file; None when there is none, or Compose's variables choose others."""
        return self.env_files[-1] if self.env_files and not self.env_files_chosen else None

    @property
    def env_file_flags(self) -> tuple[Path, ...]:
        """The env files to name on Compose's command line: none where Compose reads the same one by itself.

        Compose records files that are named in a label of every container.
        """
        found_by_compose = not self.env_files_chosen and self.env_files == (self.directory / ".env",)
        return () if found_by_compose else self.env_files


class _Files(NamedTuple):
    """Compose files, and the folder whose env file names them; None when another source does."""

    paths: tuple[Path, ...]
    home: Path | None = None


def here() -> Path:
    """Return the folder of the caller, by the links that led there, as Compose does.

    Raises:
        UsageError: it has been removed.
    """
    try:
        real = Path.cwd()
    except FileNotFoundError:
        raise UsageError("the folder that you are in has been removed", fix="cd to another one") from None
    shown = os.environ.get("PWD", "")
    if shown.startswith("/"):
        try:
            return Path(os.path.normpath(shown)) if os.path.samefile(shown, real) else real  # noqa: PTH121
        except OSError:
            return real
    return real


def find(
    start: Path,
    *,
    environ: Mapping[str, str],
    files: Sequence[str] = (),
    name: str | None = None,
    profiles: Iterable[str] = (),
) -> Project:
    """Return the project that `start` is in.

    Files come from `files`, else `COMPOSE_FILE` (of the shell, or of the env file of `start` or a folder above), else
    from Compose's own names in `start` and its parents; in each folder `compose/` counts too.

    Raises:
        ComposeFileMissing: nothing was found, or a file that was named is missing.
        UsageError: a variable of Compose's has a value that it cannot use.
    """
    start = variables.absolute(start, "")
    chosen = variables.named_env_files(start, environ)
    found = _named(start, files) or _from_variables(start, environ, chosen or ()) or _discovered(start, environ, chosen)
    root = found.home or _root_of(found.paths[0])
    env_files = _own_env_files(root, found) if chosen is None else chosen
    tree = None if name else _unnamed_worktree(root, env_files, environ)
    derived = worktree_name(tree, found.paths, lambda key: variables.lookup(key, environ, env_files)) if tree else None
    return Project(
        root,
        found.paths,
        env_files,
        name or derived,
        tuple(profiles),
        _beside(root, ".env.schema"),
        chosen is not None,
        worktree=tree if derived else None,
        files_named=bool(files),
    )


def _own_env_files(root: Path, found: _Files) -> tuple[Path, ...]:
    """The project's own env file. The one that names files elsewhere is stronger than the one beside those."""
    beside = found.paths[0].parent / ".env"
    own = _beside(root, ".env")
    if own is None or (found.home and beside != own and beside.parent != root):
        return tuple(file for file in (beside, own) if file and file.is_file())
    return (own,)


def _unnamed_worktree(root: Path, env_files: Sequence[Path], environ: Mapping[str, str]) -> Worktree | None:
    """The linked worktree that the project is in, unless a variable names the project."""
    tree = worktree(root)
    return None if tree is None or variables.lookup(variables.NAME, environ, env_files) else tree


def _named(start: Path, files: Sequence[str]) -> _Files | None:
    if "-" in files:
        raise UsageError(
            "the compose file cannot be read from standard input: it is needed more than once",
            fix="write it to a file and name that with --file",
        )
    return _Files(_present(tuple(variables.absolute(start, name) for name in files), "--file")) if files else None


def _from_variables(start: Path, environ: Mapping[str, str], env_files: Sequence[Path]) -> _Files | None:
    value = variables.lookup(variables.FILE, environ, env_files)
    source = variables.FILE if variables.FILE in environ else f"{variables.FILE} in {variables.ENV_FILES}"
    return _from_value(start, value or "", environ, env_files, source)


def _from_value(
    start: Path, value: str, environ: Mapping[str, str], env_files: Sequence[Path], source: str
) -> _Files | None:
    separator = variables.lookup(variables.SEPARATOR, environ, env_files)
    paths = variables.named_files(start, value, separator)
    return _Files(_present(paths, source)) if paths else None


def _present(files: tuple[Path, ...], source: str) -> tuple[Path, ...]:
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise ComposeFileMissing(
            f"no compose file {', '.join(missing)} (named by {source})", fix=f"correct the path given by {source}"
        )
    for file in files:
        _stop_at_no_file(file, f" (named by {source})")
    return files


def _stop_at_no_file(file: Path, source: str = "") -> None:
    """Raise for a folder, a pipe or a device: every question to Compose would read it, or wait for it."""
    try:
        kind = other_kind(file) or ("open in another process" if str(file).startswith(_OPEN_FILES) else "")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ComposeFileMissing(
            f"the compose file {file} cannot be read: {reason}{source}", fix="correct its path or its permissions"
        ) from None
    if kind:
        raise ComposeFileMissing(
            f"the compose file {file} is {kind}, not a file{source}",
            fix="write its text to a plain file, which is read more than once, and name that file",
        )


def _discovered(start: Path, environ: Mapping[str, str], chosen: Sequence[Path] | None) -> _Files:
    for folder in (start, *start.parents):
        if chosen is None and variables.FILE not in environ and (found := _by_env_file(folder, environ)):
            return found
        for place in (folder, folder / FOLDER):
            first = _first(place, FILE_NAMES)
            if first:
                override = _first(place, OVERRIDE_NAMES)
                return _Files((first, override) if override else (first,))
    raise ComposeFileMissing(
        f"no compose file in {start} or a folder above it",
        fix="change to a folder that holds one of: "
        + ", ".join((*FILE_NAMES, f"{FOLDER}/{FILE_NAMES[0]}"))
        + "\nor name it: --file PATH",
    )


def _by_env_file(folder: Path, environ: Mapping[str, str]) -> _Files | None:
    """What `COMPOSE_FILE` in the env file of a folder names, from wherever below the caller is."""
    for file in _env_files_of(folder):
        value = variables.in_files(variables.FILE, environ, (file,))
        if value and (found := _from_value(folder, value, environ, (file,), f"{variables.FILE} in {file}")):
            return found._replace(home=folder)
    return None


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    found = next((folder / name for name in names if os.path.exists(folder / name)), None)  # noqa: PTH110
    if found:
        _stop_at_no_file(found)
    return found


def _root_of(first: Path) -> Path:
    """`compose/compose.yaml` means the folder above, from wherever it was found."""
    return first.parent.parent if first.parent.name == FOLDER else first.parent


def _env_files_of(folder: Path) -> Iterator[Path]:
    return (file for file in (folder / "env" / ".env", folder / ".env") if file.is_file())


def _beside(root: Path, name: str) -> Path | None:
    """`name` in `env/`, else in the root."""
    return next((file for file in (root / "env" / name, root / name) if file.is_file()), None)
