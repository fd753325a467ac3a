"""The other end of `guardian`, run as a program. It outlives a killed parent; ^C at the terminal does not reach it."""

import json
import subprocess
import sys
import time

_LIMIT_S = 60
_ENGINE_S = 300  # how long it may take until there is an engine again
_LOOK_S = 0.1
_AGAIN_S = 1.0


def main() -> None:
    """Read debts until the input ends, then pay what is left."""
    debts = {}
    shared = {}
    for line in sys.stdin:
        try:
            told = json.loads(line)
        except ValueError:  # the parent died in the middle of it: nothing was done yet
            break
        if isinstance(told, dict):
            shared = told
            continue
        number, *debt = told
        if debt:
            debts[number] = debt
        else:
            debts.pop(number, None)
    if debts:
        left = list(reversed(list(debts.values())))
        pay([command for command, _ in left], max(late_s for _, late_s in left), shared)
    _rejoin(shared)


def pay(commands: list[list[str]], late_s: float, shared: dict[str, str]) -> None:
    """Pay at once, and again what is undone by what the parent had begun before it died."""
    deadline = time.monotonic() + late_s
    given_up = time.monotonic() + _ENGINE_S
    for command in commands:
        _paid(command, given_up)
    time.sleep(_AGAIN_S)
    started = [command for command in commands if command[1] == "start"]
    for command in commands:
        if command not in started:
            _run(command)
    _rejoin(shared)
    # A container that was being stopped runs until its grace is over; `start` meant nothing to it.
    ends = [
        (command, subprocess.Popen(["docker", "wait", *command[2:]], stdout=subprocess.DEVNULL)) for command in started
    ]
    while ends and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        for command, end in [pair for pair in ends if pair[1].poll() is not None]:
            _run(command)
            _rejoin(shared)
            ends.remove((command, end))
    for _, end in ends:
        end.kill()


def _rejoin(shared: dict[str, str]) -> None:
    """Restart who is on the network of one that was started after it, and so is cut off."""
    for guest, owner in shared.items():
        ours, theirs = _start_of(guest), _start_of(owner)
        if ours and theirs and theirs > ours:
            _run(["docker", "restart", guest])


def _start_of(container: str) -> tuple[str, ...]:
    """When one that runs was started, in a form that can be compared; () when it does not run."""
    path = "{{.State.Running}} {{.State.StartedAt}}"
    try:
        done = subprocess.run(
            ["docker", "inspect", "--format", path, container],
            check=False,
            timeout=_LIMIT_S,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    running, _, stamp = done.stdout.strip().partition(" ")
    # The engine leaves zeros out at the end of a fraction.
    second, _, fraction = stamp.removesuffix("Z").partition(".")
    return (second, fraction.ljust(9, "0")) if running == "true" else ()


def _paid(command: list[str], deadline: float) -> None:
    """Run it, when there is an engine."""
    while _run(command) and _run(["docker", "version"]) and time.monotonic() < deadline:
        time.sleep(_AGAIN_S)


def _run(command: list[str]) -> int:
    try:
        return subprocess.run(
            command, check=False, timeout=_LIMIT_S, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 1


if __name__ == "__main__":
    main()
