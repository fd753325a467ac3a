"""Shows what a watch tells: a line for each batch, what fails so that it stands out, or a JSON object a line."""

from __future__ import annotations

import os
import re
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seatrial.errors import DONE
from seatrial.report import stack as rows
from seatrial.report import terminal
from seatrial.report.build_log import BuildLog
from seatrial.report.show import FAILED, counted
from seatrial.watch import describe
from seatrial.watch import happenings as told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from seatrial.lifecycle.bring_up import Result
    from seatrial.watch.happenings import Happening
    from seatrial.watch.rules import Rule
    from seatrial.watch.stamp import Stamp
    from seatrial.watch.status import Status
    from seatrial.watch.verify import Verified

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NAMED = 3
_OUTPUT_LINES = 12
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


def is_grave(happening: Happening) -> bool:
    """Whether somebody who works beside it should look up."""
    match happening:
        case told.NotSynced() | told.Exited() | told.Held():
            return True
        case told.Up(result=result):
            return _failed(result)
        case told.Note(grave=grave):
            return grave
        case told.Restarted(error=error, result=result) | told.Rebuilt(error=error, result=result):
            return bool(error) or _failed(result)
        case told.Ran(exit_code=code):
            return code != 0
        case _:
            return False


def lines(happening: Happening, root: Path) -> Iterator[str]:  # noqa: C901, PLR0912  one case for each thing that happens
    """The lines for a person. Pure."""
    match happening:
        case told.Up(result=result):
            yield from _failures(result)
        case told.Watching(services=services, rules=rules, files=files, folders=folders):
            of = f"{counted(rules, 'rule')} of {', '.join(services)}"
            yield f"watching: {of}; {counted(files, 'file')} in {counted(folders, 'folder')}; ^C ends it"
        case told.Synced():
            yield _synced(happening)
        case told.NotSynced(container=container, failed=failed, again_s=again_s):
            for path, reason in failed[:_NAMED]:
                yield f"{container}: {path + ': ' if path else ''}{reason}"
            rest = f"and {len(failed) - _NAMED} more; " if len(failed) > _NAMED else ""
            yield f"{container}: {rest}tried again in {again_s:.0f} s"
        case told.Recovered(container=container, paths=paths):
            yield f"{container}: what had failed ({counted(paths, 'path')}) is there now"
        case told.Restarted():
            yield from _restarted(happening, root)
        case told.Ran(service=service, command=command, exit_code=code, output=output, seconds=seconds):
            end = "did not end in time" if code is None else f"ended with {code}"
            yield f"{service}: `{' '.join(command)}` {end} after {seconds:.1f} s"
            if code != 0:
                yield from (f"  {line}" for line in output.splitlines()[-_OUTPUT_LINES:])
        case told.Building(services=services, causes=causes):
            yield f"{', '.join(services)}: building for {_few([_short(path, root) for path in causes])}"
        case told.Rebuilt():
            yield from _rebuilt(happening)
        case told.Exited():
            yield from _exited(happening)
        case told.Held(service=service, paths=paths, seconds=seconds):
            few = _few([_short(path, root) for path in paths])
            yield f"{service}: {few} changed after every restart or build; left alone for {seconds:.0f} s"
            yield f"  fix: if {service} writes it itself, add it to `ignore` of the rule, or to .dockerignore"
        case told.Looked(reason=reason, changed=changed, seconds=seconds):
            found = f"{counted(changed, 'path')} had changed" if changed else "nothing had changed"
            yield f"{reason}: looked at everything again in {seconds:.1f} s, {found}"
        case told.Note(text=text):
            yield text


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


def as_data(happening: Happening) -> dict[str, Any]:
    """One JSON object. Pure but for the time."""
    data = asdict(happening) if not hasattr(happening, "result") else _without_result(happening)
    return {"version": 1, "time": time.time(), "event": _word(type(happening).__name__), **data}


def status(found: Status | None, name: str, root: Path, *, as_json: bool) -> int:
    """How the watch of a project is; exit code 1 when nobody watches."""
    if as_json:
        terminal.show_json(
            {"version": 1, "project": name, "watching": found is not None, "watch": found and asdict(found)}
        )
        return DONE if found else FAILED
    if found is None:
        terminal.show(f"nobody watches project {name}; `watch` does, `watch --detach` in the background")
        return FAILED
    now = time.time()
    terminal.show(f"process {found.process} watches {', '.join(found.services)} since {_ago(now - found.since)}")
    terminal.show(
        f"  {counted(found.rules, 'rule')}, {counted(found.files, 'path')} in {counted(found.folders, 'folder')}"
    )
    last = "none yet" if found.last_sync is None else f"{_ago(now - found.last_sync)} ago"
    terminal.show(f"  last sync: {last}; pending: {counted(found.pending, 'path')}")
    if found.building:
        terminal.show(f"  building: {', '.join(found.building)}")
    if found.engine:
        terminal.show(f"  {found.engine}")
    for error in found.errors:
        terminal.show(f"  {error}")
    if found.log:
        terminal.show(f"  log: {_short(found.log, root)}")
    return DONE


def verified(found: Sequence[Verified], root: Path, *, as_json: bool) -> int:
    """Which files are not equal; exit code 1 when there is one."""
    wrong = any(one.differences for one in found)
    if as_json:
        terminal.show_json({"version": 1, "equal": not wrong, "containers": [asdict(one) for one in found]})
        return FAILED if wrong else DONE
    for one in found:
        for difference in one.differences:
            terminal.show(f"{one.container}: {difference.path} {difference.how} ({_short(difference.source, root)})")
        equal = one.compared - sum(d.how != "is gone here and still there" for d in one.differences)
        terminal.talk(f"{one.container}: {equal} of {counted(one.compared, 'file')} equal")
    if not found:
        terminal.talk("no container of a service with a rule that sends files")
    elif wrong:
        terminal.talk("  fix: `watch` sends what differs")
    return FAILED if wrong else DONE


def _synced(one: told.Synced) -> str:
    counts = [f"{counted(one.written, 'file')} synced"] if one.written else []
    counts += [f"{counted(one.folders, 'folder')} made"] if one.folders and not one.written else []
    counts += [f"{counted(one.deleted, 'file')} deleted"] if one.deleted else []
    names = f" ({', '.join(one.files)})" if len(one.files) >= (one.written or one.folders) + one.deleted else ""
    cause = f", {one.cause}" if one.cause else ""
    return f"{one.container}: {' and '.join(counts)} in {_time(one.seconds)}{names}{cause}"


def _restarted(one: told.Restarted, root: Path) -> Iterator[str]:
    if one.error:
        yield f"{one.service}: not restarted for {_short(one.cause, root)}:"
        yield from (f"  {line}" for line in one.error.splitlines())
    elif _failed(one.result):
        yield f"{one.service}: restarted for {_short(one.cause, root)}, and is not up:"
        yield from _failures(one.result)
    else:
        yield f"{one.service}: restarted for {_short(one.cause, root)}, ready after {_time(one.seconds)}"


def _rebuilt(one: told.Rebuilt) -> Iterator[str]:
    names = ", ".join(one.services)
    if one.error:
        log = BuildLog()
        yield f"{names}: not rebuilt; what ran before goes on"
        for line in one.log:
            yield from (f"  {kept}" for kept in log.worth(line))
        yield from (f"  {line}" for line in one.error.splitlines())
    elif not one.renewed:
        yield f"{names}: built in {_time(one.build_s)}, the image is the same"
    elif _failed(one.result):
        yield f"{names}: built in {_time(one.build_s)}, and is not up:"
        yield from _failures(one.result)
    else:
        yield f"{names}: rebuilt, ready after {_time(one.seconds)} (build {_time(one.build_s)})"


def _exited(one: told.Exited) -> Iterator[str]:
    since = f", {_time(one.since_save_s)} after the last save" if one.since_save_s is not None else ""
    often = f" {one.times} times since the last save" if one.times > 1 else ""
    yield f"{one.container}: exited with {one.exit_code}{often or since}"
    yield from (f"  {line}" for line in one.log)
    if one.times > 1:
        yield "  its restart policy goes on; a save that mends it is sent as ever"


def _failed(result: Result | None) -> bool:
    return result is not None and (bool(result.failures) or not result.outcome.up)


def _failures(result: Result | None) -> Iterator[str]:
    for failure in result.failures if result else ():
        yield from (f"  {line}" for line in rows.failure_lines(failure))


def _without_result(happening: Any) -> dict[str, Any]:
    data = {field: getattr(happening, field) for field in happening.__dataclass_fields__ if field != "result"}
    result: Result | None = happening.result
    if result is None:
        return {**data, "up": None, "failures": []}
    failures = [{"service": failure.service, "reason": failure.reason} for failure in result.failures]
    return {**data, "up": not _failed(result), "failures": failures}


def _word(name: str) -> str:
    """`NotSynced` as `not_synced`."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{rest}"


def _short(path: str, root: Path) -> str:
    return os.path.relpath(path, root) if path.startswith(f"{root}/") else path


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _ago(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"
