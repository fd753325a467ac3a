"""What counts of that which is directly in a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.watch.stamp import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Container

    from seatrial.watch.rule import Rule


@dataclass(frozen=True, slots=True)
class Listing:
    """What counts of one folder, by absolute path.

    Attributes:
        found: what there is of files, links and folders.
        inner: of the folders among them, the rules that go on in them.
        roots: names that are roots of rules themselves, of whatever kind they are.
        unreadable: path -> reason.
    """

    found: dict[str, Stamp] = field(default_factory=dict)
    inner: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    unreadable: dict[str, str] = field(default_factory=dict)


def listing(folder: str, rules: tuple[Rule, ...], roots: Container[str]) -> Listing:
    """List a folder. What vanishes or is replaced meanwhile is left out: that is an event of its own.

    Args:
        folder: absolute.
        rules: those that cover the folder and do not prune it.
        roots: the paths of all rules.

    Raises:
        OSError: it cannot be listed.
    """
    listed = Listing()
    prefix = folder if folder.endswith("/") else folder + "/"
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if path in roots:
                listed.roots.add(path)
            elif entry.is_dir(follow_symlinks=False):  # comes with the name: what nobody wants costs no further call
                inner = tuple(rule for rule in rules if not rule.prunes(path))
                if inner and _see(entry, path, listed, folder=True):
                    listed.inner[path] = inner
            elif any(rule.wants(path, folder=False) for rule in rules):
                _see(entry, path, listed, folder=False)
    return listed


def _see(entry: os.DirEntry[str], path: str, listed: Listing, *, folder: bool) -> bool:
    try:
        found = stamp(entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False
    except OSError as error:
        listed.unreadable[path] = error.strerror or str(error)
        return False
    if found is None or (found.kind == "folder") != folder:
        return False
    listed.found[path] = found
    return True
