"""The files that say what is watched: which of them are others than when they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from seatrial.watch.building import ignore_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.watch.scene import Scene

_Stamp: TypeAlias = tuple[int, int, int] | None


class Definitions:
    """Files as they were when they were looked at last; one that is not there is one, too.

    Args:
        files: looked at now, so this is to be made before they are read.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._seen = {path: _stamp(path) for path in self._files}

    def follow(self, scene: Scene) -> None:
        """Beside them, those that take something out of what the rules of a scene watch."""
        models = scene.stack.service_models()
        further = {path for name in scene.services for path in ignore_files(models.get(name) or {})}
        known, files = self._seen, (*self._files, *sorted(further))
        self._seen = {path: known[path] if path in known else _stamp(path) for path in files}

    def changed(self) -> tuple[Path, ...]:
        """Those that are others than at the last call."""
        now = {path: _stamp(path) for path in self._seen}
        before, self._seen = self._seen, now
        return tuple(path for path in now if now[path] != before[path])


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
