"""Shows the end of a `stop` or a `down`: short when all went well, and who used how much of its grace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.errors import DONE
from seatrial.report import stack as rows
from seatrial.report import terminal
from seatrial.report.show import FAILED, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.stopped import Stopped, Stops
    from seatrial.stack import Stack

COLUMNS = ("service", "used/grace", "exit code", "asked after", "gone after")
# What ends sooner is not worth a line to somebody who waits at a terminal.
_QUICK_S = 1.0


def stopped(stack: Stack, plan: Plan, stops: Stops, ending: str, *, as_json: bool) -> int:
    """Show it, `ending` last; the exit code is 1 when something still runs that should not, or was not removed."""
    if as_json:
        terminal.show_json({**rows.plan_json(plan), "project": stack.name, **_json(stops)})
    elif not terminal.seen():
        for line in lines(stops):
            terminal.talk(line)
    elif not _quick(stops):
        terminal.show_table(COLUMNS, _rows(stops))
    for line in warnings(stack, stops):
        terminal.talk(line)
    for service, error in (stops.failures or {}).items():
        terminal.talk(f"{service}: {error}")
    if stops.left:
        terminal.talk(f"left running, for what still runs needs it: {', '.join(stops.left)}")
    if stops.failures:
        return FAILED
    terminal.talk(ending)
    return _kept(stops)


def _kept(stops: Stops) -> int:
    """Show what is still there. A network that others share is no failure: scripts go on, and the next `up` uses it."""
    failed = DONE
    for subject, error in stops.kept.items():
        if subject.startswith("network "):
            terminal.talk(f"warning: {error.what}\n  fix: {error.fix}")
        else:
            failed = FAILED
            terminal.talk(str(error))
    return failed


def lines(stops: Stops) -> Iterator[str]:
    """One for each container, in the order of their ends."""
    names = _names(stops)
    for one in stops.stopped:
        code = "removed by somebody else" if one.exit_code is None else f"exit code {one.exit_code}"
        if one.used_s is None:
            yield f"{names[one.container]}: needed no signal, {code}"
        else:
            yield f"{names[one.container]}: {'killed' if one.killed else 'ended'} after {_used(one, ' of ')}, {code}"


def warnings(stack: Stack, stops: Stops) -> Iterator[str]:
    """What went wrong and did not keep it from being stopped."""
    for one in stops.killed:
        if not one.overdue:
            yield f"warning: {one.container} was killed by somebody else while it was ending"
            continue
        explained = f"; drill.stop --service {one.service} explains why" if one.service in stack.names else ""
        yield f"warning: {one.container} did not end within {one.grace_s} s and was killed{explained}"
    for name in stops.again:
        yield f"warning: {name} runs again: somebody started it meanwhile"


def summary(stops: Stops, plan: Plan) -> str:
    services = {one.service for one in stops.stopped}
    if not services:
        return "done" if plan.acts else "nothing to do"
    return f"stopped: {counted(len(services), 'service')} in {stops.seconds:.1f} s"


def removed(plan: Plan, stops: Stops, seconds: float) -> str:
    """What became of the containers and volumes of the plan; what was kept has an error of its own."""
    steps = [step for step in plan.steps if step.subject not in stops.kept]
    containers = sum(step.action == "remove" for step in steps)
    volumes = [str(step) for step in steps if step.subject.startswith("volume ")]
    nothing = "done" if plan.acts else "nothing to remove"
    ending = f"removed: {counted(containers, 'container')} in {seconds:.1f} s" if containers else nothing
    return "\n".join([*volumes, *([] if stops.kept and not containers else [ending])])


def _quick(stops: Stops) -> bool:
    slow = any((one.used_s or 0.0) >= _QUICK_S for one in stops.stopped)
    return not (slow or stops.killed or stops.failures or stops.again)


def _rows(stops: Stops) -> Iterator[tuple[str, ...]]:
    names = _names(stops)
    for one in stops.stopped:
        code = "-" if one.exit_code is None else str(one.exit_code)
        yield (
            names[one.container],
            "-" if one.used_s is None else _used(one, "/"),
            f"{code}, killed" if one.killed else code,
            f"{one.asked.at_s:.1f} s",
            f"{one.asked.at_s + one.asked.seconds:.1f} s",
        )


def _used(one: Stopped, of: str) -> str:
    had = "no limit" if one.grace_s is None else f"{one.grace_s} s"
    return f"{one.used_s:.1f}{of}{had}"


def _names(stops: Stops) -> dict[str, str]:
    """By container what it is called: as its service, where that has only one."""
    services = [one.service for one in stops.stopped]
    return {one.container: one.service if services.count(one.service) == 1 else one.container for one in stops.stopped}


def _json(stops: Stops) -> dict[str, Any]:
    return {
        "seconds": round(stops.seconds, 3),
        "stopped": [
            {
                "service": one.service,
                "container": one.container,
                "asked_s": round(one.asked.at_s, 3),
                "seconds": round(one.asked.seconds, 3),
                "used_s": None if one.used_s is None else round(one.used_s, 3),
                "grace_s": one.grace_s,
                "exit_code": one.exit_code,
                "killed": one.killed,
            }
            for one in stops.stopped
        ],
        "failures": [
            {"service": service, "what": error.what, "fix": error.fix}
            for service, error in [*(stops.failures or {}).items(), *(("", error) for error in stops.kept.values())]
        ],
        "left": list(stops.left),
        "running_again": list(stops.again),
    }
