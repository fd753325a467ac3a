"""Recordings as a JSON file, from which the same verdicts can be computed again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatrial.drill.recording import VERSION, Recording
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def written(recordings: Sequence[Recording], project: str) -> dict[str, Any]:
    """The file's content; it may quote secrets that a program has logged, and must be redacted before it is written."""
    from pydantic import TypeAdapter

    kept = TypeAdapter(tuple[Recording, ...]).dump_python(tuple(recordings), mode="json")
    return {"version": VERSION, "project": project, "recordings": kept}


def prepare(path: Path) -> None:
    """See that the file can be written, before anything is disturbed. Raises `UsageError` when it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise _unwritable(path, error) from None


def write(path: Path, recordings: Sequence[Recording], project: str, redact: Callable[[Any], Any]) -> None:
    """Write it for our eyes only. Raises `UsageError` when the file cannot be written."""
    text = json.dumps(redact(written(recordings, project)), ensure_ascii=False, separators=(",", ":"))
    prepare(path)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def read(path: Path) -> tuple[Recording, ...]:
    """The recordings in a file. Raises `UsageError` that names the file and what is wrong in it."""
    from pydantic import TypeAdapter, ValidationError

    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", fix="name a journal that drill has written") from None
    except ValueError:
        raise UsageError(f"{path} is no JSON", fix="name a journal that drill has written") from None
    version = told.get("version") if isinstance(told, dict) else None
    if version != VERSION:
        text = f"{path} is a journal of version {version}" if version else f"{path} is no journal"
        raise UsageError(f"{text}; this seatrial reads version {VERSION}", fix="name a journal that drill has written")
    try:
        return TypeAdapter(tuple[Recording, ...]).validate_python(told.get("recordings"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {place}: {first['msg']}", fix="name a journal that drill has written") from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write the journal {path}: {error.strerror}", fix="name another file")
