"""Compose's own variables (`COMPOSE_*`) by Compose's rules: the shell first, then the env files, the last one foremost.

The rules are those of compose-go (`cli/options.go`) and docker/compose (`cmd/compose/compose.go`). Relative paths count
from the folder of the caller, whichever file names them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = "COMPOSE_FILE"
SEPARATOR = "COMPOSE_PATH_SEPARATOR"
NAME = "COMPOSE_PROJECT_NAME"
ENV_FILES = "COMPOSE_ENV_FILES"
COMPATIBILITY = "COMPOSE_COMPATIBILITY"
REMOVE_ORPHANS = "COMPOSE_REMOVE_ORPHANS"
IGNORE_ORPHANS = "COMPOSE_IGNORE_ORPHANS"
NO_ENV_FILE = "COMPOSE_DISABLE_ENV_FILE"
# As Compose reads a switch (Go's strconv.ParseBool).
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_YES = frozenset({"y", "yes", "on"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
# More is no list of variables, and reading it would take longer than anybody waits.
_MOST_BYTES = 4_000_000


def lookup(name: str, environ: Mapping[str, str], files: Sequence[Path]) -> str | None:
    """Return the value of a variable; None when neither the shell nor a file sets it. A shell's empty value counts."""
    return environ[name] if name in environ else in_files(name, environ, files)


def is_on(name: str, environ: Mapping[str, str], files: Sequence[Path]) -> bool:
    """Return whether a switch is on; any other value than Compose's words for that is off."""
    value = (lookup(name, environ, files) or "").strip().lower()
    return value in _TRUE or value in _YES


def in_files(name: str, environ: Mapping[str, str], files: Sequence[Path]) -> str | None:
    """Return the value that env files give a variable, with the variables in it resolved."""
    texts = [_text(file) for file in files]
    if not any(name in text for text in texts):
        return None
    from seatrial.env_syntax.dollars import expanded  # no other project pays for it
    from seatrial.env_syntax.scan import statements

    known: dict[str, str] = {}
    for statement in (statement for text in texts for statement in statements(text) if statement.fault is None):
        if statement.inherits:
            known |= {statement.key: environ[statement.key]} if statement.key in environ else {}
        elif statement.quote == "'":
            known[statement.key] = statement.value
        else:
            known[statement.key] = expanded(statement.value, {**known, **environ}.get)
    return known.get(name)


def named_env_files(start: Path, environ: Mapping[str, str]) -> tuple[Path, ...] | None:
    """Return the env files that `COMPOSE_ENV_FILES` names; none when env files are off; None when it says nothing.

    Raises:
        UsageError: `COMPOSE_DISABLE_ENV_FILE` is neither true nor false.
    """
    names = [name for name in environ.get(ENV_FILES, "").split(",") if name]
    if names:
        return tuple(absolute(start, name) for name in names)
    switch = environ.get(NO_ENV_FILE)
    if switch in _TRUE:
        return ()
    if switch is not None and switch not in _FALSE:
        raise UsageError(
            f"{NO_ENV_FILE} is `{switch}` in the shell, and Compose reads true or false there",
            fix=f"unset {NO_ENV_FILE}, or set it to true",
        )
    return None


def named_files(start: Path, value: str, separator: str | None) -> tuple[Path, ...]:
    """Return the compose files that a value of `COMPOSE_FILE` names."""
    return tuple(absolute(start, name) for name in value.split(separator or os.pathsep) if name)


def absolute(start: Path, name: str) -> Path:
    """Return a path as Compose does: `~` and `..` resolved in the text, links kept.

    Raises:
        UsageError: it is an address, which Compose would fetch at each question.
    """
    if "://" in name or name.startswith("git@"):
        raise UsageError(
            f"{name} is an address, and compose files are read from this machine here",
            fix=f"fetch it once: docker compose -f {name} config --no-interpolate > compose.yaml",
        )
    return Path(os.path.normpath(start / os.path.expanduser(name)))  # noqa: PTH111  Path.expanduser raises


def _text(file: Path) -> str:
    """Return what a regular file holds; nothing for all else: the check of the environment reports it."""
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return ""
