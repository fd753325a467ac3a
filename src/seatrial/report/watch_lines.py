"""What a watch tells, as lines for a person and as JSON. Pure but for the time."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seatrial.report import stack as rows
from seatrial.report.build_log import BuildLog
from seatrial.report.show import counted
from seatrial.watch import happenings as told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from seatrial.lifecycle.bring_up import Result
    from seatrial.watch.happenings import Happening

_NAMED = 3
_OUTPUT_LINES = 12


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
            yield f"{', '.join(services)}: building for {_few([short(path, root) for path in causes])}"
        case told.Rebuilt():
            yield from _rebuilt(happening)
        case told.Exited():
            yield from _exited(happening)
        case told.Held(service=service, paths=paths, seconds=seconds):
            few = _few([short(path, root) for path in paths])
            yield f"{service}: {few} changed after every restart or build; left alone for {seconds:.0f} s"
            yield f"  fix: if {service} writes it itself, add it to `ignore` of the rule, or to .dockerignore"
        case told.Looked(reason=reason, changed=changed, seconds=seconds):
            found = f"{counted(changed, 'path')} had changed" if changed else "nothing had changed"
            yield f"{reason}: looked at everything again in {seconds:.1f} s, {found}"
        case told.Note(text=text):
            yield from text.splitlines()


def as_data(happening: Happening) -> dict[str, Any]:
    """One JSON object. Pure but for the time."""
    data = asdict(happening) if not hasattr(happening, "result") else _without_result(happening)
    return {"version": 1, "time": time.time(), "event": _word(type(happening).__name__), **data}


def _synced(one: told.Synced) -> str:
    counts = [f"{counted(one.written, 'file')} synced"] if one.written else []
    counts += [f"{counted(one.folders, 'folder')} made"] if one.folders and not one.written else []
    counts += [f"{counted(one.deleted, 'file')} deleted"] if one.deleted else []
    names = f" ({', '.join(one.files)})" if len(one.files) >= (one.written or one.folders) + one.deleted else ""
    cause = f", {one.cause}" if one.cause else ""
    return f"{one.container}: {' and '.join(counts)} in {_time(one.seconds)}{names}{cause}"


def _restarted(one: told.Restarted, root: Path) -> Iterator[str]:
    if one.error:
        yield f"{one.service}: not restarted for {short(one.cause, root)}:"
        yield from (f"  {line}" for line in one.error.splitlines())
    elif _failed(one.result):
        yield f"{one.service}: restarted for {short(one.cause, root)}, and is not up:"
        yield from _failures(one.result)
    else:
        yield f"{one.service}: restarted for {short(one.cause, root)}, ready after {_time(one.seconds)}"


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


def short(path: str, root: Path) -> str:
    return os.path.relpath(path, root) if path.startswith(f"{root}/") else path


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
