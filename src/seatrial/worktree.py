"""Linked git worktrees: a second checkout of a repository, beside the first. Read from git's files; git is not run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A top-level `name:`; Compose takes that of the last file. Nested ones are indented.
_NAME = re.compile(r"""^["']?name["']?[ \t]*:[ \t]*["']?([^"'#\n]*?)["']?[ \t]*(?:#.*)?$""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Worktree:
    """A linked worktree.

    Attributes:
        root: its folder.
        main: the folder of the main checkout; the repository itself when that is bare.
        id: what git calls it, which no other worktree of the repository is called.
    """

    root: Path
    main: Path
    id: str


def worktree(folder: Path) -> Worktree | None:
    """The linked worktree that `folder` lies in; None in a main checkout, a submodule, and outside of git."""
    for root in (folder, *folder.parents):
        link = root / ".git"
        if link.is_dir():
            return None
        if link.is_file():
            return _read(root, link)
    return None


def _read(root: Path, link: Path) -> Worktree | None:
    try:
        own = (root / link.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
        repository = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except (OSError, ValueError):
        return None  # a submodule has no commondir
    return Worktree(root, repository.parent if repository.name == ".git" else repository, own.name)


def name(tree: Worktree, files: Sequence[Path]) -> str | None:
    """The project name of this worktree; None when Compose's own is its own already, or is made of a variable."""
    written = _written(files)
    if "$" in written:
        return None  # the user's means of telling checkouts apart
    directory = files[0].parent
    own, main = _plain(directory.name), _plain(tree.main.name)
    if not written and directory == tree.root and own == _plain(tree.id) != main:
        return None
    # `compose/compose.yaml` without a name would be project `compose` in every repository.
    base = _plain(written) or (main if directory == tree.root else own)
    return "-".join(part for part in (base, _plain(tree.id)) if part)


def _written(files: Sequence[Path]) -> str:
    for file in reversed(files):
        try:
            found = _NAME.findall(file.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
        if found:
            return str(found[-1])
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")
