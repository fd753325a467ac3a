"""What to change so that the signal gets to the program without a middleman. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from seatrial.drill.service.anatomy import arguments, is_shell, program, shown
from seatrial.lifecycle.shell_text import exec_of, is_idle, pass_on, untrap, with_exec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine.inside import Process

# What stands in a loop, or is one of several that are waited for, cannot take the shell's place.
_SEVERAL = re.compile(r"(?:^|[;&|\n({]\s*|\bdo\s+)(?:while|until|for|wait)\b")


def exec_form(workload: Process, who: Process, number: int, signal: str) -> str:
    """The change that takes `who` away. Arguments are shown as the process shows them to everybody."""
    trap = f"{untrap(signal)}; then " if is_shell(who) and who.ignores(number) else ""
    if is_shell(who) and is_loop(workload, who):
        return f"{trap}{pass_on(signal)}"
    if is_script(who):
        # A command in Dockerfile or compose file is what the script is given: another one changes nothing.
        given = who.command[2:] and who.command[2:] == workload.command
        what = '"$@"' if given else f"{program(workload)} ..."
        init = _init(workload, who, number, signal)
        return f"{trap}in {who.command[1]} write `exec {what}` instead of `{what}`; {init}"
    text = shell_text(who)
    command = direct_command(workload, who)
    if not command:
        where = f" in `{text}`" if text else ""
        start = f"put `exec` before the command that starts {program(workload)}{where}, and nothing after it"
    else:
        other = ", or put `exec` before it" if is_shell(who) and not with_exec(text) else ""
        form = f"CMD {json.dumps(list(command))} in the Dockerfile (or {compose_form(command)})"
        start = f"start it directly: {form}{other}"
    return f"{trap}{start}; {_init(workload, who, number, signal)}"


def direct_command(workload: Process, who: Process) -> tuple[str, ...]:
    """What starts the workload without `who`: the shell's text with `exec`, which keeps what is done before; else the
    workload's own arguments; () is unknown.
    """
    text = shell_text(who)
    if rewritten := exec_of(text, program(workload)) or with_exec(text):
        return tuple(rewritten if word == text else word for word in who.command)
    return arguments(workload)


def compose_form(command: Sequence[str]) -> str:
    """The command as a compose file has it, where a dollar is doubled."""
    text = json.dumps(list(command)).replace("$", "$$")
    return f"`command: {text}` in the compose file, with `entrypoint: []` where the image has an entrypoint"


def of_shell(shell: Process, number: int, signal: str) -> str:
    """The change for a shell below which nobody, or nobody for long, does the work."""
    return f"{untrap(signal)}; then {pass_on(signal)}" if shell.ignores(number) else pass_on(signal)


def ignoring(shell: Process, workload: Process, signal: str) -> str:
    """Why nobody takes the signal: proof, in words."""
    left = "" if shell.pid == workload.pid else f", and {shown(workload)}, which it started, inherited that"
    return f"{shown(shell)} ignores {signal} (SigIgn {shell.ignored:016x}), as `trap ''` makes it{left}"


def is_loop(workload: Process, shell: Process) -> bool:
    """Whether the shell starts several programs, or one again and again, so that none can take its place."""
    if is_script(shell):
        return is_idle(program(workload))  # of a script that is a file only the processes are known
    return bool(_SEVERAL.search(shell_text(shell)))


def shell_text(who: Process) -> str:
    """What a shell was given by `-c`; "" when it was given a file, and for what is no shell."""
    flags = [i for i, word in enumerate(who.command[:-1]) if i and word.startswith("-") and word.endswith("c")]
    return who.command[flags[0] + 1] if is_shell(who) and flags else ""


def is_script(who: Process) -> bool:
    """Whether a shell carries out a file: what is done there is more than its last program."""
    return is_shell(who) and bool(who.command[1:]) and not who.command[1].startswith("-")


def _init(workload: Process, who: Process, number: int, signal: str) -> str:
    handled = workload.catches(number) or workload.blocked >> (number - 1) & 1
    if handled:
        return f"not `init: true`, which would only hide {program(who)}"
    return f"with `init: true` then: {program(workload)} does not handle {signal}, and for PID 1 the kernel drops it"
