"""What one container should hold against what it was sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from posixpath import dirname
from typing import TYPE_CHECKING

from seatrial.watch.sync import Batch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
        changed = {path for path, sent in delivered.sent.items() if self._differs(path, sent)}
        changed |= delivered.deleted - delivered.absent
        self.sent |= delivered.sent
        self.sources |= {path: batch.put[path] for path in delivered.sent if path in batch.put}
        for path in delivered.deleted:
            self.forget(path)
        return frozenset(changed)

    def may_be_folder(self, path: str) -> bool:
        """Whether others may lie below what was sent to this path."""
        sent = self.sent.get(path)
        return sent is None or sent.stamp.kind == "folder"

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
        for lands in {rule.lands(path): None for rule in chosen if rule.covers(path)}:
            host = _provider(chosen, entries, lands)
            if host is None:
                if ledger.sources.get(lands) == path:
                    delete[lands] = None
                continue
            sent = ledger.sent.get(lands)
            if sent is None or sent.stamp != entries[host] or ledger.sources.get(lands) != host:
                put[lands] = host
    if len(chosen) > 1 and any(ledger.may_be_folder(lands) for lands in delete):
        needed = _needed(everything(chosen, entries), [rule for rule in chosen if rule.path in entries])
        return Batch(put, tuple(lands for lands in delete if lands not in needed))
    return Batch(put, tuple(delete))


def everything(rules: Iterable[Rule], entries: Mapping[str, Stamp]) -> dict[str, str]:
    """All that a container should hold: by path in the container, the path on the host. The last rule has its way."""
    return {
        rule.lands(path): path
        for rule in rules
        if rule.syncs
        for path in entries
        if rule.covers(path) and _provides(rule, entries, path)
    }


def obsolete(rules: Iterable[Rule], gone: Collection[str], wanted: Iterable[str]) -> dict[str, str]:
    """What a container may still have of paths that are gone: by path in the container, the path on the host.

    Without what is `wanted` there now, for another rule, and the folders that it lies in.
    """
    chosen = [rule for rule in rules if rule.syncs]
    found = {rule.lands(path): path for path in gone for rule in chosen if rule.wants(path, folder=False)}
    if not found:
        return found
    needed = _needed(wanted, [rule for rule in chosen if rule.path not in gone])
    return {path: host for path, host in found.items() if path not in needed}


def _provider(rules: Sequence[Rule], entries: Mapping[str, Stamp], lands: str) -> str | None:
    """The path on the host that a place in the container should hold; the last rule has its way."""
    for rule in reversed(rules):
        host = rule.origin(lands)
        if host is not None and host in entries and _provides(rule, entries, host):
            return host
    return None


def _needed(wanted: Iterable[str], rules: Iterable[Rule]) -> set[str]:
    """Paths in the container that stay: what is wanted, the targets of `rules`, and every folder above."""
    found: set[str] = set()
    for path in (*wanted, *(rule.target for rule in rules)):
        here = path
        while here not in found:
            found.add(here)
            here = dirname(here)
    return found


def _provides(rule: Rule, entries: Mapping[str, Stamp], path: str) -> bool:
    stamp = entries[path]
    return rule.wants(path, folder=stamp.kind == "folder") and not _is_root(rule, path, stamp)


def _is_root(rule: Rule, path: str, stamp: Stamp) -> bool:
    """The folder that a rule names is the target itself: it is there, or made for the first file in it."""
    return path == rule.path and stamp.kind == "folder"
