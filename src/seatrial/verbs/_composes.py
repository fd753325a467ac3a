"""What a user means who types a command or an `exec` of Compose's. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The other commands of Compose do what they do there.
_HERE = {
    "start": "{program} up",
    "images": "{program} ps --json",
    "config": "{program} env",
    "version": "{program} --version",
    "help": "{program} --help",
    "pull": "{program} up",
}
_ONLY_THERE = (
    "alpha attach bridge commit convert cp create events export kill ls pause port publish push rm run scale stats top"
    " unpause volumes wait"
)
# The terminal decides these here, as `docker exec -it` and `-T` would.
_TERMINAL = frozenset({"-T", "--no-TTY", "--no-tty", "-i", "-t", "-it", "-ti", "--interactive", "--tty"})
_WITH_VALUE = frozenset({"-u", "--user", "-e", "--env", "-w", "--workdir", "--index"})


def command_fix(word: str, program: str) -> str:
    """What to type in place of a command of Compose's; "" when it is none."""
    there = f"docker compose {word}"
    if here := _HERE.get(word):
        return f"use `{here.format(program=program)}`, or Compose's own `{there}`"
    return f"it is a command of Compose: `{there}`" if word in _ONLY_THERE.split() else ""


def exec_fix(words: Sequence[str], program: str) -> str:
    """How an `exec` in Compose's form is typed; "" when no command can be made out.

    Args:
        words: what stands behind `exec`.
        program: the name of ours.
    """
    before, service, rest = _parts(words)
    after, first, command = _parts(rest)  # `exec web -it sh` is meant as `exec -it web sh`
    flags, command = [*before, *after], [first, *command] if first else []
    if not service or not command:
        return ""
    own = [flag for flag in flags if flag not in _TERMINAL]
    if own:
        return f"use Compose for these flags: docker compose exec {shlex.join([*flags, service, *command])}"
    return f"put the command behind two dashes: {program} exec {service} -- {shlex.join(command)}"


def _parts(words: Sequence[str]) -> tuple[list[str], str, list[str]]:
    """The flags, the first word, and what follows it."""
    flags: list[str] = []
    rest = [word for word in words if word != "--"]
    while rest and rest[0].startswith("-"):
        flag = rest.pop(0)
        flags.append(flag)
        if flag in _WITH_VALUE and rest:
            flags.append(rest.pop(0))
    return flags, rest[0] if rest else "", rest[1:]
