"""Is git in the middle of something? While its index is locked, the tree is between two states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOCK = "index.lock"
_POINTS_TO = "gitdir:"


class Git:
    """The repositories that folders lie in."""

    def __init__(self, folders: Iterable[str]) -> None:
        found = (_repository(Path(folder)) for folder in folders)
        self._locks = sorted({repository / _LOCK for repository in found if repository})

    @property
    def busy(self) -> bool:
        return any(lock.exists() for lock in self._locks)


def _repository(folder: Path) -> Path | None:
    """The folder in which git keeps what belongs to this working tree."""
    for parent in (folder, *folder.parents):
        git = parent / ".git"
        if git.is_dir():
            return git
        if git.is_file():  # a linked worktree, or a submodule
            try:
                text = git.read_text(encoding="utf-8", errors="replace").strip()
            except OSError:
                return None
            return parent / text.removeprefix(_POINTS_TO).strip() if text.startswith(_POINTS_TO) else None
    return None
