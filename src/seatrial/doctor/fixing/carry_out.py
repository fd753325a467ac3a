"""Carries remedies out one after the other. What did not have the effect that was meant is taken back at once."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.doctor.fixing.effect import beyond
from seatrial.doctor.fixing.remedy import Change, Remedy, changed, meet
from seatrial.env import place as places
from seatrial.errors import SeatrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

COMMAND_S = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a remedy; `trouble` says why nothing was changed by it, and is empty where it was done."""

    check: str
    trouble: str = ""


class Files:
    """Text files that are changed, as they were before and as they are now."""

    def __init__(self) -> None:
        self._before: dict[Path, str | None] = {}
        self._changes: list[Change] = []

    def meets(self, changes: Sequence[Change]) -> bool:
        return meet(changes, self._changes)

    def text(self, file: Path) -> str | None:
        """As it was before anything was done; None when there was none. Raises `OSError`, `UnicodeDecodeError`."""
        if file not in self._before:
            found = places.read(file)
            self._before[file] = None if found.status is None else found.data.decode("utf-8")
        return self._before[file]

    def apply(self, changes: Sequence[Change]) -> None:
        """Write all that was changed so far and these. Raises `OSError`."""
        self._write([*self._changes, *changes], {change.file for change in changes})
        self._changes += changes

    def take_back(self, changes: Sequence[Change]) -> None:
        """Without these again."""
        self._changes = [change for change in self._changes if change not in changes]
        self._write(self._changes, {change.file for change in changes})

    def _write(self, changes: Sequence[Change], files: Iterable[Path]) -> None:
        for file in sorted(files):
            own = [change for change in changes if change.file == file]
            before = self.text(file)
            _put(file, None if before is None and not own else changed(before or "", own))


def carry_out(
    remedies: Iterable[tuple[str, Remedy]], compose_files: Iterable[Path], model: Callable[[], Mapping[str, Any]]
) -> tuple[Outcome, ...]:
    """Each remedy with the check that it is for; `model` has Compose resolve the project anew.

    A change of a compose file stays only if Compose still takes the project and the model differs where it was meant.
    """
    files, watched = Files(), frozenset(compose_files)
    return tuple(Outcome(check, _carried_out(remedy, files, watched, model)) for check, remedy in remedies)


def _carried_out(
    remedy: Remedy, files: Files, compose_files: frozenset[Path], model: Callable[[], Mapping[str, Any]]
) -> str:
    if files.meets(remedy.changes):
        return "it is about lines that another fix has changed: run doctor --fix once more"
    try:
        if remedy.changes:
            trouble = _edited(remedy, files, compose_files, model)
            if trouble:
                return trouble
        for command in remedy.commands:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=COMMAND_S, stdin=subprocess.DEVNULL
            )
            if done.returncode:
                return done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
    except subprocess.TimeoutExpired:
        return f"no end within {COMMAND_S:g} s"
    except OSError as error:
        # What is written has another name until it is whole.
        file = str(error.filename or "").partition(".seatrial-")[0]
        return ": ".join(part for part in (file, error.strerror or str(error)) if part)
    except UnicodeDecodeError as error:
        return str(error)
    return ""


def _edited(
    remedy: Remedy, files: Files, compose_files: frozenset[Path], model: Callable[[], Mapping[str, Any]]
) -> str:
    watched = any(change.file in compose_files for change in remedy.changes)
    before = model() if watched else {}
    try:
        files.apply(remedy.changes)
        if not watched:
            return ""
        trouble = beyond(before, model(), remedy.model)
    except SeatrialError as error:
        trouble = f"Compose refuses the changed file: {error.what}"
    except BaseException:
        with suppress(OSError):
            files.take_back(remedy.changes)
        raise
    if trouble:
        files.take_back(remedy.changes)
        return f"{trouble}; it was taken back: do it by hand"
    return ""


def _put(file: Path, text: str | None) -> None:
    """The text in the file's place, in one step; None takes away a file that was made here."""
    if text is None:
        file.unlink(missing_ok=True)
        return
    found = places.read(file)
    if found.status is None:
        places.create(file, text.encode())
    else:
        with places.locked(found.path.parent):
            places.write(found, text.encode())
