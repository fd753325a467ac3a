"""Is a program PID 1 that was not made for it?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from seatrial.doctor.compose_file import source as yaml_source
from seatrial.doctor.finding import Finding, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.doctor.compose_file.source import Source

# Run times: what they run decides about signals, and they reap no children of others. Shells: see `shell-command`.
_RUN_TIMES = re.compile(r"(?:node|nodejs|deno|bun|python[\d.]*|ruby|perl|php|npm|npx|pnpm|yarn)")
# An entrypoint of these takes the place of an init, or is one.
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def without(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> tuple[str, ...]:
    """The services with a run time as PID 1 and no init. `images`: by service, what the engine tells of its image."""
    return tuple(
        name
        for name, model in services.items()
        if not model.get("init") and not model.get("pid") and _is_run_time(_first(name, model, dockerfiles, images))
    )


def judge(names: Sequence[str], sources: tuple[Source, ...]) -> Iterator[Finding]:
    if not names:
        yield ok("no run time is PID 1 without an init")
        return
    yield warning(
        f"a run time is PID 1 without an init: {', '.join(names)}",
        why="the kernel drops signals that PID 1 has no handler for: a stop while the program still starts is lost, and"
        " lasts its whole grace period; children that it leaves behind stay as zombies",
        fix="init: true for each of them",
        services=tuple(names),
        places=tuple(place for name in names for place in yaml_source.place(sources, "services", name)),
    )


def _first(
    name: str, model: Mapping[str, Any], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> str:
    """The program of PID 1, as far as files and image tell; "" where they do not."""
    if model.get("entrypoint"):
        return str(model["entrypoint"][0])
    config = (images.get(name) or {}).get("Config") or {}
    dockerfile = dockerfiles.get(name)
    if config.get("Entrypoint"):
        return str(config["Entrypoint"][0])
    if dockerfile and dockerfile.entrypoint:
        return _word(dockerfile.entrypoint.rest, shell=dockerfile.entrypoint.shell)
    if model.get("command"):
        return str(model["command"][0])
    if config.get("Cmd"):
        return str(config["Cmd"][0])
    if dockerfile and dockerfile.command:
        return _word(dockerfile.command.rest, shell=dockerfile.command.shell)
    return ""


def _word(rest: str, *, shell: bool) -> str:
    found = _WORDS.search(rest if shell else rest.strip("[ "))
    return (found[1] or found[2] or "") if found else ""


def _is_run_time(program: str) -> bool:
    return bool(_RUN_TIMES.fullmatch(PurePosixPath(program).name))
