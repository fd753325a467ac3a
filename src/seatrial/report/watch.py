"""Shows what a watch tells: a line for each batch, what fails so that it stands out, or a JSON object a line."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from seatrial.errors import DONE
from seatrial.report import terminal
from seatrial.report.show import FAILED, counted
from seatrial.report.watch_lines import as_data, is_grave, lines, short
from seatrial.watch import describe
from seatrial.watch.verify import STALE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from seatrial.watch.happenings import Happening
    from seatrial.watch.rules import Rule
    from seatrial.watch.stamp import Stamp
    from seatrial.watch.status import Status
    from seatrial.watch.verify import Verified

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MINUTE_S, _HOUR_S = 60, 3600


def shower(root: Path, *, as_json: bool) -> Callable[[Happening], None]:
    """How each thing that happens is shown; paths are told from `root` on."""
    if as_json:
        return lambda happening: terminal.show_json_line(as_data(happening))
    colour = terminal.wants_colour()

    def line(happening: Happening) -> None:
        grave = is_grave(happening)
        for text in lines(happening, root):
            plain = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)  # a file's name may hold a line break
            terminal.show(f"{_RED}{plain}{_PLAIN}" if colour and grave else plain)

    return line


def rules(found: Sequence[Rule], root: Path, *, as_json: bool) -> int:
    """Each rule with what it watches; looks at the disk."""
    from seatrial.watch.tree import Tree

    tree = Tree(found)
    tree.scan()
    sized = [(rule, *_size(rule, tree.entries)) for rule in found]
    if as_json:
        data = [
            {
                "service": rule.service,
                "action": rule.action,
                "path": rule.path,
                "target": rule.target or None,
                "command": list(rule.hook.command) if rule.hook else None,
                "folders": folders,
                "files": files,
            }
            for rule, folders, files in sized
        ]
        terminal.show_json({"version": 1, "rules": data})
    else:
        for rule, folders, files in sized:
            terminal.show(describe.line(rule, str(root), folders=folders, files=files))
    return DONE


def _size(rule: Rule, entries: Mapping[str, Stamp]) -> tuple[int, int]:
    own = [(path, stamp.kind == "folder") for path, stamp in entries.items() if rule.covers(path)]
    folders = sum(folder and not rule.prunes(path) for path, folder in own)
    return folders, sum(not folder and rule.wants(path, folder=False) for path, folder in own)


def status(found: Status | None, name: str, root: Path, *, as_json: bool) -> int:
    """How the watch of a project is; exit code 1 when nobody watches, or something cannot be sent."""
    well = found is not None and not found.errors and not found.engine
    if as_json:
        terminal.show_json(
            {"version": 1, "project": name, "watching": found is not None, "watch": found and asdict(found)}
        )
        return DONE if well else FAILED
    if found is None:
        terminal.show(f"nobody watches project {name}; `watch` does, `watch --detach` in the background")
        return FAILED
    now = time.time()
    terminal.show(f"process {found.process} watches {', '.join(found.services)} since {_ago(now - found.since)}")
    terminal.show(
        f"  {counted(found.rules, 'rule')}, {counted(found.files, 'path')} in {counted(found.folders, 'folder')}"
    )
    terminal.show(f"  last change: {last_change(found, now)}; pending: {counted(found.pending, 'path')}")
    if found.building:
        terminal.show(f"  building: {', '.join(found.building)}")
    if found.restarting:
        terminal.show(f"  restarting: {', '.join(found.restarting)}")
    if found.engine:
        terminal.show(f"  {found.engine}")
    for error in found.errors:
        terminal.show(f"  {error}")
    if found.log:
        terminal.show(f"  log: {short(found.log, root)}")
    return DONE if well else FAILED


def verified(found: Sequence[Verified], root: Path, *, sends: bool, as_json: bool) -> int:
    """Which files are not equal; exit code 1 when there is one. `sends`: whether a rule sends files at all."""
    wrong = any(one.differences for one in found)
    if as_json:
        terminal.show_json({"version": 1, "equal": not wrong, "containers": [asdict(one) for one in found]})
        return FAILED if wrong else DONE
    for one in found:
        for difference in one.differences:
            terminal.show(f"{one.container}: {difference.path} {difference.how} ({short(difference.source, root)})")
        equal = one.compared - sum(d.how != STALE for d in one.differences)
        terminal.talk(f"{one.container}: {equal} of {counted(one.compared, 'file')} equal")
    if not found:
        why = "no container of a service with a rule that sends files" if sends else "no rule sends files"
        terminal.talk(f"nothing to compare: {why}")
    for fix in fixes(found):
        terminal.talk(f"  fix: {fix}")
    return FAILED if wrong else DONE


def fixes(found: Sequence[Verified]) -> Iterator[str]:
    """What to do about what is not equal. Pure."""
    wrong = [(one.service, difference) for one in found for difference in one.differences]
    if any(not difference.mounted for _, difference in wrong):
        yield "`watch` sends what differs"
    services = dict.fromkeys(service for service, difference in wrong if difference.mounted)
    if services:
        named = " ".join(f"--service {service}" for service in services)
        yield f"`restart {named}`: a mount of a single file shows the one that was there at the start; mount its folder"


def last_change(found: Status, now: float) -> str:
    """What the watch has done last, and when. Pure."""
    return "none yet" if found.changed_at is None else f"{found.last_change} {_ago(now - found.changed_at)} ago"


def _ago(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"
