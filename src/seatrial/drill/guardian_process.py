"""The other end of `guardian`, run as a program. It outlives a killed parent; ^C at the terminal does not reach it."""

import json
import subprocess
import sys

_LIMIT_S = 60


def main() -> None:
    """Read debts until the input ends, then pay what is left."""
    debts: dict[int, list[str]] = {}
    for line in sys.stdin:
        try:
            number, *command = json.loads(line)
        except ValueError:  # the parent died in the middle of it: nothing was done yet
            break
        if command:
            debts[number] = command[0]
        else:
            debts.pop(number, None)
    for command in reversed(list(debts.values())):
        try:
            subprocess.run(command, check=False, timeout=_LIMIT_S, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired):
            continue


if __name__ == "__main__":
    main()
