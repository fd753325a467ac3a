"""Shows the results of verbs, as a table or as JSON, and gives the exit code that goes with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.errors import DONE, TimedOut
from seatrial.lifecycle.failure import last_state
from seatrial.lifecycle.readiness import Standing
from seatrial.report import stack as rows
from seatrial.report import terminal
from seatrial.report.build_log import BuildLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.logs import Entry
    from seatrial.lifecycle.marks import Marks
    from seatrial.lifecycle.plan import Plan
    from seatrial.stack import Stack

FAILED = 1
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


def counted(number: int, thing: str) -> str:
    """`1 service`, `2 services`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def teller() -> Callable[[str], None]:
    """Tells how it goes, line by line: of a build only what really ran, of Compose no warning (they quote values)."""
    build = BuildLog()

    def tell(line: str) -> None:
        if line.strip() and "level=warning" not in line:
            for kept in build.worth(line):
                terminal.talk(kept)

    return tell


def plan(plan: Plan, *, as_json: bool = False) -> int:
    if as_json:
        terminal.show_json(rows.plan_json(plan))
    else:
        terminal.show(str(plan))
    return FAILED if plan.blocked else DONE


def done(stack: Stack, plan: Plan, *, as_json: bool) -> int:
    if as_json:
        terminal.show_json({**rows.plan_json(plan), "project": stack.name})
    else:
        terminal.talk("done" if plan.acts else "nothing to do")
    return DONE


def stack(stack: Stack, snapshot: Snapshot, services: Sequence[str], marks: Marks, *, as_json: bool) -> int:
    if as_json:
        terminal.show_json(rows.stack_json(stack, snapshot, services, marks))
    elif not services:
        terminal.talk(f"project {stack.name} has no active service")
    else:
        terminal.show_table(rows.STACK_COLUMNS, rows.stack_rows(stack, snapshot, services, marks))
    return DONE


def up(stack: Stack, result: Result, *, as_json: bool) -> int:
    """The end of an `up`: the table, then a block for each service that is not up."""
    outcome = result.outcome
    if result.trouble and not result.failures:
        raise result.trouble
    if as_json:
        terminal.show_json(rows.up_json(stack, result))
    elif outcome.verdicts:
        terminal.show_table(rows.UP_COLUMNS, rows.up_rows(stack, outcome))
    if isinstance(result.trouble, TimedOut):
        terminal.talk(str(result.trouble))
    if result.mismatches:
        return _mismatched(result)
    if not result.waited and not result.failures:
        return DONE
    if outcome.up and not result.failures:
        terminal.talk(
            f"up: {counted(len(outcome.verdicts) - len(outcome.missing), 'service')} in {outcome.seconds:.1f} s"
            if outcome.verdicts
            else f"project {stack.name} has no active service"
        )
        for line in rows.up_remarks(stack, result):
            terminal.talk(f"  {line}")
        return DONE
    return _failed(result)


def _failed(result: Result) -> int:
    for failure in result.failures:
        terminal.talk("\n" + "\n".join(rows.failure_lines(failure)))
    for note in result.unreachable:
        terminal.talk(f"note: {note}")
    if result.trouble and not isinstance(result.trouble, TimedOut):
        terminal.talk(f"\n{result.trouble}")
    terminal.talk(_ending(result))
    return FAILED


def _mismatched(result: Result) -> int:
    for mismatch in result.mismatches:
        terminal.talk(f"error: {mismatch}")
    terminal.talk("  fix: run up again: the environment changed meanwhile, or a container was not made anew for it")
    return FAILED


def _ending(result: Result) -> str:
    outcome = result.outcome
    failed = [v for v in outcome.verdicts if v.standing is Standing.FAILED]
    ready = len(outcome.verdicts) - len(failed) - len(outcome.waiting)
    late = f" after {outcome.limit_s:g} s, the limit (--timeout)" if outcome.timed_out else ""
    others = [
        f"{len(found)} {word}" for found, word in ((failed, "failed"), (outcome.waiting, "not ready yet")) if found
    ]
    counts = ", ".join([f"{ready} of {counted(len(outcome.verdicts), 'service')} ready", *others])
    return f"\nnot up{late}: {counts}; what runs was left running"


def log_refused(container: Container, words: str) -> None:
    """Report what the engine says instead of a container's log; it is no line of the service."""
    terminal.talk(
        f"no log of {container.service or container.name}: {words.removeprefix('Error response from daemon: ')}"
    )


def entry_shower(stack: Stack, *, timestamps: bool, as_json: bool) -> Callable[[Entry], None]:
    """How one line of a log is shown; each service keeps its colour."""
    colour = terminal.wants_colour()
    names = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(stack.names)}
    width = max((len(name) for name in stack.names), default=0) + 2

    def line(entry: Entry) -> None:
        if as_json:
            terminal.show_json_line(
                {"time": entry.time, "service": entry.service, "container": entry.container, "line": entry.text}
            )
            return
        name = f"{entry.service or entry.container:<{width}}"
        prefix = f"\x1b[{names.get(entry.service, 0)}m{name}\x1b[0m" if colour else name
        # A log may carry a terminal's control sequences; only its colours are let through, and only to a terminal.
        text = last_state(entry.text)
        text = text if colour else _CONTROL.sub("", text)
        terminal.show(f"{prefix}| {entry.time + ' ' if timestamps else ''}{text}")

    return line
