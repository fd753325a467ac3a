"""Do containers hold what is on disk? By digests, file by file; whether or not somebody watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.watch.contents import Contents
from seatrial.watch.ledger import everything, obsolete
from seatrial.watch.sync.destination import destination
from seatrial.watch.sync.digests import UNSEEN, digests
from seatrial.watch.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine.observed import Container
    from seatrial.watch.scene import Scene

MISSING = "is not there"
DIFFERS = "differs"
STALE = "is gone here and still there"
UNREADABLE = "cannot be read here"
UNTOLD = "cannot be compared: it is mounted alone, and no `sha256sum` can be run in the container"


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not the same: `path` in the container, `source` on the host, and how it differs.

    `mounted`: it is mounted as a single file, so that nothing can be sent there.
    """

    path: str
    source: str
    how: str
    mounted: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """One container: how many files were compared, and those that are not equal."""

    service: str
    container: str
    compared: int
    differences: tuple[Difference, ...]


def verify(scene: Scene, remembered: Iterable[str] = ()) -> tuple[Verified, ...]:
    """Every container of every service with rules that send files, those that do not run too."""
    tree = Tree(scene.rules)
    tree.scan()
    contents = Contents()
    gone = {path for path in remembered if path not in tree.entries}
    found = scene.engine.snapshot(scene.stack.name)
    chosen = [name for name in scene.services if any(rule.syncs for rule in scene.of(name))]
    return tuple(_verified(scene, tree, contents, gone, c) for name in chosen for c in found.of(name))


def _verified(scene: Scene, tree: Tree, contents: Contents, gone: set[str], container: Container) -> Verified:
    rules = [rule for rule in scene.of(container.service) if rule.syncs]
    wanted = everything(rules, tree.entries)
    files = {path: host for path, host in wanted.items() if tree.entries[host].kind == "file"}
    stale = obsolete(rules, gone, wanted)
    where = destination(scene.engine, container.id, helper_image=scene.helper_image)
    there = digests(scene.engine, where, [*files, *stale])
    differences = [Difference(path, host, STALE) for path, host in sorted(stale.items()) if path in there]
    for path, host in sorted(files.items()):
        if path not in there:
            differences.append(Difference(path, host, MISSING))
            continue
        try:
            own = contents.digest(host, tree.entries[host])
        except OSError:
            differences.append(Difference(path, host, UNREADABLE))
            continue
        if own != there[path]:
            how = UNTOLD if there[path] == UNSEEN else DIFFERS
            differences.append(Difference(path, host, how, mounted=where.single(path)))
    return Verified(container.service, container.name, len(files), tuple(differences))
