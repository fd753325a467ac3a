"""Whether targets of rules are of the kind that is sent: no file goes onto a folder, no folder onto a file."""

from __future__ import annotations

from pathlib import Path
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone
from seatrial.watch.sync import Destination
from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.destination import InTheWay, real_folder
from seatrial.watch.sync.reasons import into
from seatrial.watch.trouble import Trouble, nowhere, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.rule import Rule
    from seatrial.watch.trouble import Place


def check_targets(engine: Engine, name: str, rules: Sequence[Rule], place: Place = nowhere) -> None:
    """Look at the targets in every container of project `name`, in any state; nothing is sent.

    Raises:
        ConfigurationInvalid: a target is of the other kind in a container.
        Several: more than one of them.
    """
    sending = [rule for rule in rules if rule.syncs and Path(rule.path).exists()]
    if not sending:
        return
    snapshot = engine.snapshot(name)
    found: dict[tuple[str, int], Trouble] = {}
    for service in dict.fromkeys(rule.service for rule in sending):
        own = [rule for rule in sending if rule.service == service]
        for container in snapshot.of(service):
            for trouble in _in_container(engine, container.id, own):
                found.setdefault((service, trouble.number), trouble)
    if found:
        raise refusal(found.values(), place)


def collisions(rules: Sequence[Rule]) -> Iterator[Trouble]:
    """Rules of one service that send a file to where another one needs a folder. Looks at the disk only."""
    files = {rule.target: rule for rule in rules if rule.syncs and Path(rule.path).is_file()}
    for rule in rules:
        for target, file in files.items():
            below = rule.target != target and mounting.covers(target, rule.target)
            if rule.syncs and (below or (rule.target == target and Path(rule.path).is_dir())):
                what = f"puts the file {basename(file.path)} at {target}, where rule {rule.number} needs a folder"
                yield Trouble(file.service, file.number, what, into(target))


def _in_container(engine: Engine, container_id: str, rules: Iterable[Rule]) -> Iterator[Trouble]:
    for facts in engine.facts([container_id]):
        where = Destination(container_id, mounts=facts.mounts)
        for rule in rules:
            try:
                what, fix = _wrong(engine, where, rule)
            except ContainerGone:
                return
            if what:
                yield Trouble(rule.service, rule.number, what, fix)


def _wrong(engine: Engine, where: Destination, rule: Rule) -> tuple[str, str]:
    """What is wrong with a target, and the fix; nothing where it is right or not there yet."""
    target = rule.target
    try:
        if Path(rule.path).is_dir():
            real_folder(engine, where, target)
            return "", ""
        folder = real_folder(engine, where, dirname(target))
    except InTheWay as other:
        what = f"needs {target} to be a folder, and {other.path} is a {other.kind} in the container"
        if not Path(rule.path).is_dir():
            what = f"has the target {target}, and {other.path} is a {other.kind} in the container, no folder"
        return what, "name a folder in the container as the target"
    real = None if folder is None else join(folder, basename(target))
    if real is None or where.single(real) or not _is_folder(engine, where, real):
        return "", ""
    return f"would replace the folder {target} in the container by the file {basename(rule.path)}", into(target)


def _is_folder(engine: Engine, where: Destination, real: str) -> bool:
    """Links are followed: what is behind them is as much in the way."""
    if mounting.below(real, where.mounts) is not None:
        return True
    try:
        return not where.unseen(real) and real_folder(engine, where, real) is not None
    except InTheWay:
        return False
