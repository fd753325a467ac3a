"""What one container should hold against what it was sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.watch.sync import Batch

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from seatrial.watch.rules import Rule
    from seatrial.watch.sync import Delivered, Sent
    from seatrial.watch.tree import Stamp


@dataclass(slots=True)
class Ledger:
    """What a container has from us.

    Attributes:
        sent: by path in the container.
        sources: by path in the container, the path on the host that stands there, or may do so.
    """

    sent: dict[str, Sent] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def take(self, delivered: Delivered, batch: Batch) -> frozenset[str]:
        """Write down what has been delivered; the paths in the container that are not as they were."""
        changed = {path for path, sent in delivered.sent.items() if self._differs(path, sent)} | delivered.deleted
        self.sent |= delivered.sent
        self.sources |= {path: batch.put[path] for path in delivered.sent if path in batch.put}
        for path in delivered.deleted:
            self.forget(path)
        return frozenset(changed)

    def forget(self, path: str) -> None:
        """The path and what was below it is not there any more."""
        below = f"{path}/"
        for one in [one for one in self.sources if one == path or one.startswith(below)]:
            del self.sources[one]
            self.sent.pop(one, None)

    def _differs(self, path: str, sent: Sent) -> bool:
        before = self.sent.get(path)
        if before is None:
            return True
        told = (before.digest, before.stamp.kind, before.stamp.mode)
        return told != (sent.digest, sent.stamp.kind, sent.stamp.mode)


def due(rules: Iterable[Rule], entries: Mapping[str, Stamp], ledger: Ledger, touched: Iterable[str]) -> Batch:
    """What must be sent so that the container has what is wanted of the paths that were touched.

    Args:
        rules: those of the service that send files.
        entries: the tree, by path on the host.
        ledger: of the container.
        touched: paths on the host.
    """
    put: dict[str, str] = {}
    delete: dict[str, None] = {}
    chosen = [rule for rule in rules if rule.syncs]
    for path in touched:
        stamp = entries.get(path)
        for rule in chosen:
            if not rule.covers(path):
                continue
            lands = rule.lands(path)
            if stamp is not None and rule.wants(path, folder=stamp.kind == "folder"):
                if _is_root(rule, path, stamp):
                    continue
                sent = ledger.sent.get(lands)
                if sent is None or sent.stamp != stamp or ledger.sources.get(lands) != path:
                    put[lands] = path
            elif ledger.sources.get(lands) == path:
                delete[lands] = None
    return Batch(put, tuple(lands for lands in delete if lands not in put))


def everything(rules: Iterable[Rule], entries: Mapping[str, Stamp]) -> dict[str, str]:
    """All that a container should hold: by path in the container, the path on the host. The last rule has its way."""
    return {
        rule.lands(path): path
        for rule in rules
        if rule.syncs
        for path, stamp in entries.items()
        if rule.covers(path) and rule.wants(path, folder=stamp.kind == "folder") and not _is_root(rule, path, stamp)
    }


def obsolete(rules: Iterable[Rule], gone: Iterable[str], wanted: Container[str]) -> dict[str, str]:
    """What a container may still have of paths that are gone: by path in the container, the path on the host.

    Without what is `wanted` there now, for another rule.
    """
    chosen = [rule for rule in rules if rule.syncs]
    found = {rule.lands(path): path for path in gone for rule in chosen if rule.wants(path, folder=False)}
    return {path: host for path, host in found.items() if path not in wanted}


def _is_root(rule: Rule, path: str, stamp: Stamp) -> bool:
    """The folder that a rule names is the target itself: it is there, or made for the first file in it."""
    return path == rule.path and stamp.kind == "folder"
