"""Carries a batch into a container."""

from __future__ import annotations

import os
import time
from itertools import groupby
from typing import TYPE_CHECKING

from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.outcome import Outcome
from seatrial.watch.sync.placing import Placing, Refused
from seatrial.watch.sync.putting import Putting
from seatrial.watch.sync.removing import Removing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.placing import Placed
    from seatrial.watch.sync.values import Batch, Delivered, Sent


def send(
    engine: Engine, destination: Destination, batch: Batch, known: Mapping[str, Sent], targets: Sequence[str]
) -> Delivered:
    """Put and delete; one path that fails drops no other.

    Args:
        engine: where the container is.
        destination: the container.
        batch: what it lacks.
        known: what it has from us: what is of equal content and mode is not sent.
        targets: those of the rules, folders or files. Nothing outside of them is ever touched.

    Raises:
        ContainerGone: there is no such container any more.
        EngineUnreachable: nor an engine.
    """
    began_s = time.monotonic()
    outcome = Outcome()
    # A path below one that is deleted is wanted again: what was there has to go first.
    before = {path for path in _outermost(batch.delete) if any(mounting.covers(path, put) for put in batch.put)}
    first = {path for path in batch.delete if _below_one(path, before)}
    removing = Removing(engine, destination, targets, outcome, {*known, *batch.delete})
    removing.remove(first)
    placed = _placed(Placing(engine, destination, known, targets), batch, targets, outcome)
    putting = Putting(engine, destination, known, outcome, removing)
    for way, group in groupby(sorted(placed, key=lambda one: one.way), key=lambda one: one.way):
        putting.put(way, list(group))
    rest = [path for path in batch.delete if path not in first]
    replaced = {path for path in rest if _replaced(path, outcome.sent)}
    outcome.deleted |= replaced
    removing.remove(path for path in rest if path not in replaced)
    return outcome.delivered(time.monotonic() - began_s)


def _placed(placing: Placing, batch: Batch, targets: Sequence[str], outcome: Outcome) -> list[Placed]:
    placed = []
    for path, host in sorted(batch.put.items()):
        try:
            placed.append(placing.place(path, host, folder=_is_folder(path, host, targets)))
        except Refused as refused:
            outcome.failed[path] = str(refused)
    return placed


def _replaced(path: str, sent: Mapping[str, Sent]) -> bool:
    """Whether what it lay in is a file or a link by now, so that it is gone with the folder."""
    above = path
    while above := above.rpartition("/")[0]:
        if above in sent and sent[above].stamp.kind != "folder":
            return True
    return False


def _outermost(paths: Iterable[str]) -> list[str]:
    """Without those whose parent is among them."""
    found: list[str] = []
    for path in sorted(paths, key=lambda one: one.split("/")):
        if not found or not mounting.covers(found[-1], path):
            found.append(path)
    return found


def _below_one(path: str, deleted: Iterable[str]) -> bool:
    chosen = deleted if isinstance(deleted, set) else set(deleted)
    while path:
        if path in chosen:
            return True
        path = path.rpartition("/")[0]
    return False


def _is_folder(path: str, host: str, targets: Sequence[str]) -> bool:
    """What a rule names may be a link to a folder; below it a link is a link."""
    return os.path.isdir(host) and (path in targets or not os.path.islink(host))
