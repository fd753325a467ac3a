"""Linked git worktrees: a second checkout of a repository, beside the first. Read from git's files; git is not run."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

# A top-level `name:`; Compose takes that of the last file. Nested ones are indented.
_NAME = re.compile(r"""^["']?name["']?[ \t]*:[ \t]*["']?([^"'#\n]*?)["']?[ \t]*(?:#.*)?$""", re.MULTILINE)
_BARE = re.compile(r"^\s*bare\s*(?:=\s*(?:true|yes|on|1)\s*)?$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worktree:
    """A linked worktree.

    Attributes:
        root: its folder, links resolved.
        main: the folder of the main checkout; the repository itself when that is bare.
        id: git's name of it, which no other worktree of the repository has.
        repository: the folder that all of them share.
    """

    root: Path
    main: Path
    id: str
    repository: Path


def worktree(folder: Path) -> Worktree | None:
    """Return the linked worktree that `folder` is in; None in a main checkout, and outside of git.

    A submodule belongs to the checkout around it. A bare repository has no main checkout: one of its worktrees takes
    that place, so that one keeps the name that Compose gives it.
    """
    folder = folder.resolve()
    for root in (folder, *folder.parents):
        link = root / ".git"
        if link.is_dir():
            return None
        if link.is_file() and (found := _read(root, link)):
            return None if _is_main(found) else found
    return None


def _read(root: Path, link: Path) -> Worktree | None:
    try:
        own = (root / link.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
        repository = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except (OSError, ValueError):
        return None  # a submodule, or a repository that is kept elsewhere: it has no commondir
    return Worktree(root, repository.parent if repository.name == ".git" else repository, own.name, repository)


def _is_main(tree: Worktree) -> bool:
    """Whether it stands in for the main checkout of a bare repository: that of the default branch, else the oldest."""
    if not any(_BARE.search(_text(tree.repository / name)) for name in ("config", "config.worktree")):
        return False
    branch = _text(tree.repository / "HEAD").strip().rpartition("/")[2]
    trees = dict(_created(tree.repository))
    main = branch if branch in trees else min(trees, key=lambda name: (trees[name], name), default="")
    return tree.id == main


def _created(repository: Path) -> Iterator[tuple[str, float]]:
    """Each worktree with the time at which git made it."""
    for own in (repository / "worktrees").iterdir():
        try:
            yield own.name, (own / "commondir").stat().st_mtime
        except OSError:
            continue


def name(tree: Worktree, files: Sequence[Path], lookup: Callable[[str], str | None]) -> str | None:
    """Return the project name of this worktree; None when a variable that is set tells checkouts apart.

    `lookup` gives the value of a variable in `name:`.
    """
    written = _written(files)
    if "$" in written:
        from seatrial.env_syntax.dollars import dollars, expanded

        if any(lookup(dollar.name) for dollar in dollars(written) if dollar.name):
            return None
        written = expanded(written, lookup)
    directory, at_root = files[0].parent, files[0].parent.resolve() == tree.root
    own, main, mark = plain(directory.name), plain(tree.main.name), _mark(tree)
    if not written and at_root and own == mark != main:
        return own  # as Compose calls it
    # `compose/compose.yaml` without a name would be project `compose` in every repository.
    base = plain(written).rstrip("-_") or (main if at_root else own)
    return "-".join(part for part in (base, mark) if part)


def _mark(tree: Worktree) -> str:
    """Return what tells this worktree from the others: its id, and a digest where that says too little."""
    own = plain(tree.id)
    others = {plain(other) for other, _ in _created(tree.repository) if other != tree.id}
    if own == tree.id or (own and own not in others):
        return own
    import hashlib  # rarely needed

    return "-".join(part for part in (own, hashlib.sha256(os.fsencode(tree.id)).hexdigest()[:6]) if part)


def _written(files: Sequence[Path]) -> str:
    for file in reversed(files):
        found = _NAME.findall(_text(file))
        if found:
            return str(found[-1])
    return ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def plain(text: str) -> str:
    """Return a folder's name as Compose makes a project name of it: small letters, digits, `-` and `_`."""
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")
