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
# Flags of Compose's commands that the verb of the same name spells in another way, does without, or does not have.
_DEFAULT = "leave it out: {program} {verb} does that in any case"
_FLAGS = {
    "up": {
        **dict.fromkeys(
            ("-d", "--detach"), "leave it out: services go on in the background, `logs --follow` shows them"
        ),
        "--force-recreate": "use --recreate",
        "-V": "use --renew-anon-volumes",
        "-w": "use --watch",
        "--wait-timeout": "use --timeout",
        **dict.fromkeys(("--quiet-pull", "--quiet-build", "--no-color", "-y"), "leave it out"),
    },
    "logs": {"-n": "use --tail", "-t": "use --timestamps", "--no-color": "leave it out"},
    "down": {"-v": "use --volumes", "--remove-orphans": _DEFAULT, "-t": "use --timeout"},
    "ps": dict.fromkeys(("-a", "--all", "--orphans"), _DEFAULT)
    | {"--services": "use `docker compose config --services`"},
    "stop": {"-t": "use --timeout"},
}
_ONLY_COMPOSE = {
    "up": "--abort-on-container-exit --abort-on-container-failure --always-recreate-deps --attach"
    " --attach-dependencies --exit-code-from --menu --no-attach --no-deps --no-log-prefix --no-recreate --no-start"
    " --pull --scale -t --timestamps",
    "down": "--rmi",
    "ps": "--filter --format --no-trunc -q --quiet --status",
    "logs": "--index --no-log-prefix --until",
    "build": "--build-arg --builder --check -m --memory --no-cache --print --provenance --pull --push -q --quiet"
    " --sbom --ssh --with-dependencies",
    "restart": "--no-deps -t",
    "watch": "--no-up --prune --quiet",
}
_WITH_VALUE = frozenset({"-u", "--user", "-e", "--env", "-w", "--workdir", "--index"})


def command_fix(word: str, program: str) -> str:
    """What to type in place of a command of Compose's; "" when it is none."""
    there = f"docker compose {word}"
    if here := _HERE.get(word):
        return f"use `{here.format(program=program)}`, or Compose's own `{there}`"
    return f"it is a command of Compose: `{there}`" if word in _ONLY_THERE.split() else ""


def commands() -> tuple[str, ...]:
    """The commands of Compose that are no verbs here."""
    return (*_HERE, *_ONLY_THERE.split())


def flag_fix(flag: str, verb: str, program: str) -> str:
    """What to type in place of a flag of Compose's; "" when the command of that name has none like it."""
    if fix := _FLAGS.get(verb, {}).get(flag):
        return fix.format(program=program, verb=verb)
    there = flag in _ONLY_COMPOSE.get(verb, "").split()
    return f"it is a flag of Compose: `docker compose {verb} {flag}`" if there else ""


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
