"""Reads the files that say what is watched again when they have changed; called in the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import EngineError, SeatrialError
from seatrial.watch.adoption import adoption
from seatrial.watch.mounts import relative

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from seatrial.watch.adoption import Meant
    from seatrial.watch.definitions import Definitions
    from seatrial.watch.scene import Scene
    from seatrial.watch.workers import Workers


class Following:
    """One question at a time; what was written while it was answered is asked for again.

    Args:
        definitions: the files.
        meant: what they say now; asked in a thread. Raises `SeatrialError`.
    """

    def __init__(self, definitions: Definitions, meant: Callable[[], Meant]) -> None:
        self._definitions, self._meant = definitions, meant
        self._waiting: dict[Path, None] = {}
        self._reading = False
        self._refused = ""

    def follow(self, scene: Scene) -> None:
        """This is what counts."""
        self._definitions.follow(scene)

    def beat(self, scene: Scene, workers: Workers, adopt: Callable[[Scene], None]) -> None:
        """Look at the files, and read them if there is a reason; `adopt` is called with what counts from then on."""
        if self._reading:
            return
        self._waiting |= dict.fromkeys(self._definitions.changed())
        if not self._waiting:
            return
        self._reading = True
        workers.begin(self._meant, lambda answer: self._read(scene, answer, adopt))

    def _read(self, scene: Scene, answer: Meant | BaseException, adopt: Callable[[Scene], None]) -> None:
        self._reading = False
        if isinstance(answer, BaseException) and not isinstance(answer, SeatrialError):
            raise answer
        written = self._definitions.changed()
        self._waiting |= dict.fromkeys(written)
        if written or isinstance(answer, EngineError):
            return  # the next beat asks again
        files, self._waiting = _named(self._waiting, scene), {}
        found = adoption(scene, answer, files, self._refused)
        self._refused = found.refused
        for note in found.notes:
            scene.tell(note)
        if found.scene is not None:
            adopt(found.scene)


def _named(files: Iterable[Path], scene: Scene) -> str:
    root = str(scene.project.directory)
    return ", ".join(relative(root, str(file)) or str(file) for file in files)
