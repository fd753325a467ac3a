"""Recordings as a JSON file, from which the same verdicts can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from seatrial.drill.provenance import Provenance
from seatrial.drill.recording import VERSION, Recording
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Journal:
    """What a file holds. `provenance` is None in one that does not tell: those of before 0.2."""

    project: str
    recordings: tuple[Recording, ...]
    provenance: Provenance | None = None


def written(recordings: Sequence[Recording], project: str, provenance: Provenance | None = None) -> dict[str, Any]:
    """The file's content; it may quote secrets that a program has logged, and must be redacted before it is written."""
    kept = _recordings().dump_python(tuple(recordings), mode="json")
    run = asdict(provenance) if provenance else None
    return {"version": VERSION, "project": project, "run": run, "recordings": kept}


def redacted(recording: Recording, redact: Callable[[Any], Any]) -> Recording:
    """The recording as the file will hold it: what is judged quotes it, in part, and half a secret is not found."""
    return _recordings().validate_python(redact(_recordings().dump_python((recording,), mode="json")))[0]


@cache
def _recordings() -> TypeAdapter[tuple[Recording, ...]]:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Recording, ...])


def prepare(path: Path) -> None:
    """See that the file can be written, before anything is disturbed. Raises `UsageError` when it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise _unwritable(path, error) from None


def write(
    path: Path,
    recordings: Sequence[Recording],
    project: str,
    redact: Callable[[Any], Any],
    provenance: Provenance | None = None,
) -> None:
    """Write it for our eyes only. Raises `UsageError` when the file cannot be written."""
    text = json.dumps(redact(written(recordings, project, provenance)), ensure_ascii=False, separators=(",", ":"))
    prepare(path)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def read(path: Path) -> tuple[Recording, ...]:
    """The recordings in a file. Raises as `opened` does."""
    return opened(path).recordings


def opened(path: Path) -> Journal:
    """A file's content. Raises `UsageError` that names the file and what is wrong in it."""
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
        recordings = _recordings().validate_python(told.get("recordings"))
        provenance = TypeAdapter(Provenance | None).validate_python(told.get("run"))
        return Journal(str(told.get("project") or ""), recordings, provenance)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {place}: {first['msg']}", fix="name a journal that drill has written") from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write the journal {path}: {error.strerror}", fix="name another file")
