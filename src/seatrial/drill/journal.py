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

_FIX = "name a journal that drill has written"
# Masks of signals are as wide as a word, and have no sign.
_LEAST, _LARGEST, _SHOWN = -(2**63), 2**64 - 1, 20


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
    """See that the file can be written, before anything is disturbed; a new one is not left empty.

    Raises:
        UsageError: it cannot be written.
    """
    new = not path.exists()
    _touch(path)
    if new:
        path.unlink(missing_ok=True)


def _touch(path: Path) -> None:
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
    _touch(path)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def read(path: Path) -> tuple[Recording, ...]:
    """The recordings in a file. Raises as `opened` does."""
    return opened(path).recordings


def opened(path: Path) -> Journal:
    """A file's content. Raises `UsageError` that names the file and what is wrong in it."""
    told = _told(path)
    version = told.get("version") if isinstance(told, dict) else None
    if type(version) is not int or version != VERSION:
        text = f"{path} is no journal" if version is None else f"{path} is a journal of version {json.dumps(version)}"
        raise UsageError(f"{text}; this seatrial reads version {VERSION}", fix=_FIX)
    recordings = _valid(path, _recordings(), told, "recordings")
    return Journal(str(told.get("project") or ""), recordings, _valid(path, _provenance(), told, "run"))


def _told(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            raise UsageError(f"{path} is empty", fix=_FIX)
        return json.loads(text, parse_int=_whole, parse_float=_broken, parse_constant=_broken)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", fix=_FIX) from None
    except _TooLarge as error:
        raise UsageError(f"{path}: {error} is no number that is recorded", fix=_FIX) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no JSON, or a part is missing", fix=_FIX) from None


class _TooLarge(ValueError):
    """A number that no clock and no counter gives: what is reckoned with it would be no number any more."""


def _whole(text: str) -> int:
    if len(text) > len(str(_LARGEST)) + 1 or not _LEAST <= int(text) <= _LARGEST:
        raise _TooLarge(text[:_SHOWN])
    return int(text)


def _broken(text: str) -> float:
    if not abs(float(text)) <= _LARGEST:
        raise _TooLarge(text[:_SHOWN])
    return float(text)


def _valid(path: Path, kind: TypeAdapter[Any], told: dict[str, Any], key: str) -> Any:
    from pydantic import ValidationError

    try:
        return kind.validate_python(told.get(key))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join((key, *map(str, first["loc"])))
        raise UsageError(f"{path}: {place}: {first['msg']}", fix=_FIX) from None


@cache
def _provenance() -> TypeAdapter[Provenance | None]:
    from pydantic import TypeAdapter

    return TypeAdapter(Provenance | None)


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write the journal {path}: {error.strerror}", fix="name another file")
