"""Is a program PID 1 that was not made for it?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle.shell_text import is_idle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.engine.compose_text import Source

# Runtimes: what they run decides about signals, and they reap no children of others. Shells: see `shell-command`.
_RUNTIMES = re.compile(r"(?:node|nodejs|deno|bun|python[\d.]*|ruby|perl|php|npm|npx|pnpm|yarn)")
# By custom such an entrypoint prepares something and becomes the command that it is given.
_SCRIPT = re.compile(r".*entrypoint.*|.*\.(?:ba)?sh")
# `init` is s6-overlay's, `my_init` that of baseimage-docker.
_INITS = frozenset({"tini", "tini-static", "dumb-init", "catatonit", "init", "my_init", "s6-svscan"})
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def findings(
    services: Mapping[str, Mapping[str, Any]],
    dockerfiles: Mapping[str, Dockerfile],
    images: Mapping[str, Any],
    sources: tuple[Source, ...],
) -> Iterator[Finding]:
    """By the files, and what the engine tells of the images. Pure."""
    known = services, dockerfiles, images
    if doubled := double_inits(*known):
        yield _double(doubled, sources)
    yield from judge(without(*known), sources, unknown(*known))


def double_inits(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> dict[str, str]:
    """The services with `init: true` whose image has an init of its own, with the program of that."""
    firsts = {name: _first(name, model, dockerfiles, images) for name, model in services.items() if model.get("init")}
    return {name: program for name, program in firsts.items() if PurePosixPath(program).name in _INITS}


def _double(doubled: Mapping[str, str], sources: tuple[Source, ...]) -> Finding:
    return warning(
        f"`init: true`, and the image starts an init of its own: {', '.join(f'{n} ({p})' for n, p in doubled.items())}",
        why="an init that is not PID 1 reaps nothing, and s6 does not start at all",
        fix="remove `init: true` from each of them",
        services=tuple(doubled),
        places=tuple(place for name in doubled for place in compose_text.place(sources, "services", name, "init")),
    )


def without(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> tuple[str, ...]:
    """The services with a runtime as PID 1 and no init. `images`: by service, what the engine tells of its image."""
    return tuple(name for name, program in _bare(services, dockerfiles, images) if _wants_one(program))


def unknown(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> tuple[str, ...]:
    """The services without an init of which nobody here tells what PID 1 is: their image is not there yet."""
    return tuple(name for name, program in _bare(services, dockerfiles, images) if not program)


def judge(names: Sequence[str], sources: tuple[Source, ...], unknown: Sequence[str] = ()) -> Iterator[Finding]:
    untold = f"nothing tells what PID 1 is in {', '.join(unknown)}" if unknown else ""
    if not names:
        yield ok(f"no runtime is PID 1 without an init{', as far as is known: ' if untold else ''}{untold}")
        return
    yield warning(
        f"a runtime, or a program without handlers, is PID 1 without an init: {', '.join(names)}",
        why="the kernel drops signals that PID 1 has no handler for: a stop while the program still starts is lost, and"
        " lasts its whole grace period; children that it leaves behind stay as zombies",
        fix="init: true for each of them",
        notes=(untold,) if untold else (),
        services=tuple(names),
        places=tuple(place for name in names for place in compose_text.place(sources, "services", name)),
    )


def _bare(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The services without an init, and the program of PID 1 in each."""
    for name, model in services.items():
        if not model.get("init") and not model.get("pid"):
            yield name, _first(name, model, dockerfiles, images)


def _first(
    name: str, model: Mapping[str, Any], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> str:
    """The program of PID 1, as far as files and image tell; "" where they do not."""
    entrypoint, command = _entrypoint(name, model, dockerfiles, images), _command(name, model, dockerfiles, images)
    if entrypoint and not (command and _SCRIPT.fullmatch(PurePosixPath(entrypoint).name)):
        return entrypoint
    return command


def _entrypoint(
    name: str, model: Mapping[str, Any], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> str:
    given = model.get("entrypoint")
    if given is not None:
        return str(given[0]) if given else ""  # `entrypoint: []` takes that of the image away
    config = (images.get(name) or {}).get("Config") or {}
    dockerfile = dockerfiles.get(name)
    if dockerfile and dockerfile.entrypoint:
        return _word(dockerfile.entrypoint.rest, shell=dockerfile.entrypoint.shell)
    return str(config["Entrypoint"][0]) if config.get("Entrypoint") else ""


def _command(
    name: str, model: Mapping[str, Any], dockerfiles: Mapping[str, Dockerfile], images: Mapping[str, Any]
) -> str:
    if model.get("command"):
        return str(model["command"][0])
    if model.get("entrypoint"):
        return ""  # with another entrypoint the image's command does not count
    config = (images.get(name) or {}).get("Config") or {}
    dockerfile = dockerfiles.get(name)
    if dockerfile and dockerfile.command:
        return _word(dockerfile.command.rest, shell=dockerfile.command.shell)
    return str(config["Cmd"][0]) if config.get("Cmd") else ""


def _word(rest: str, *, shell: bool) -> str:
    found = _WORDS.search(rest if shell else rest.strip("[ "))
    return (found[1] or found[2] or "") if found else ""


def _wants_one(program: str) -> bool:
    return is_idle(program) or bool(_RUNTIMES.fullmatch(PurePosixPath(program).name))
