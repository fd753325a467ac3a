"""What to change so that the signal gets to the program without a middleman. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import is_shell, program, shown
from seatrial.lifecycle.shell_text import is_idle, pass_on, untrap

if TYPE_CHECKING:
    from seatrial.engine.inside import Process

# What stands in a loop, or is one of several that are waited for, cannot take the shell's place.
_SEVERAL = re.compile(r"(?:^|[;&|\n({]\s*|\bdo\s+)(?:while|until|for|wait)\b")


def exec_form(workload: Process, who: Process, number: int, signal: str) -> str:
    """The change that takes `who` away. Arguments are shown as the process shows them to everybody."""
    trap = f"{untrap(signal)}; then " if is_shell(who) and who.ignores(number) else ""
    if is_shell(who) and _starts_several(workload, who):
        return f"{trap}{pass_on(signal)}"
    script = _script(who)
    if script:
        # A command in Dockerfile or compose file is what the script is given: another one changes nothing.
        given = who.command[2:] and who.command[2:] == workload.command
        what = '"$@"' if given else f"{program(workload)} ..."
        return f"{trap}in {script} write `exec {what}` instead of `{what}`; {_init(workload, who, number, signal)}"
    form = json.dumps(list(workload.command)) if workload.command else '["program", "argument"]'
    return (
        f"{trap}start it directly: CMD {form} in the Dockerfile (or `command: {form}` in the compose file; "
        f"`entrypoint:` when that is what names {program(who)}), or put `exec` before it; "
        f"{_init(workload, who, number, signal)}"
    )


def of_shell(shell: Process, number: int, signal: str) -> str:
    """The change for a shell below which nobody, or nobody for long, does the work."""
    return f"{untrap(signal)}; then {pass_on(signal)}" if shell.ignores(number) else pass_on(signal)


def ignoring(shell: Process, workload: Process, signal: str) -> str:
    """Why nobody takes the signal: proof, in words."""
    left = "" if shell.pid == workload.pid else f", and {shown(workload)}, which it started, inherited that"
    return f"{shown(shell)} ignores {signal} (SigIgn {shell.ignored:016x}), as `trap ''` makes it{left}"


def _starts_several(workload: Process, shell: Process) -> bool:
    text = next((word for word in shell.command[1:] if not word.startswith("-")), "")
    if _script(shell):
        return is_idle(program(workload))  # of a script that is a file only the processes are known
    return bool(_SEVERAL.search(text))


def _script(who: Process) -> str:
    """The file that a shell carries out; "" where it is given a text."""
    first = next(iter(who.command[1:]), "")
    return first if is_shell(who) and first and not first.startswith("-") else ""


def _init(workload: Process, who: Process, number: int, signal: str) -> str:
    handled = workload.catches(number) or workload.blocked >> (number - 1) & 1
    if handled:
        return f"not `init: true`, which would only hide {program(who)}"
    return f"with `init: true` then: {program(workload)} does not handle {signal}, and for PID 1 the kernel drops it"
