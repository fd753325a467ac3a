"""Is PID 1 a shell, which gets the stop signal and passes it on to nobody?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.doctor.compose_file import source as yaml_source
from seatrial.doctor.finding import Finding, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.doctor.compose_file.source import Source

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
# A shell that is given one command alone becomes that command; with one of these it stays and waits.
_COMPOUND = re.compile(r"&&|\|\||[;|&\n]")
_TRAILING = re.compile(r"[;\s]+$")


class Shell(NamedTuple):
    """A service whose PID 1 is a shell: what it is given, and where that is written."""

    service: str
    text: str
    place: str


def found(
    services: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile], sources: tuple[Source, ...]
) -> Iterator[Shell]:
    """By the compose file where it says what is run, else by the Dockerfile. One-shots are not stopped. Pure."""
    ends = {
        name
        for model in services.values()
        for name, edge in (model.get("depends_on") or {}).items()
        if (edge or {}).get("condition") == "service_completed_successfully"
    }
    for name, model in services.items():
        if name in ends:
            continue
        written = model.get("entrypoint") or (
            model.get("command") if not _own_entrypoint(dockerfiles.get(name)) else None
        )
        if written:
            word = "entrypoint" if model.get("entrypoint") else "command"
            text = _given(written)
            place = "".join(yaml_source.place(sources, "services", name, word))
        else:
            text, place = _in_image(dockerfiles.get(name))
        if text and stays(text):
            yield Shell(name, text, place)


def judge(shells: Sequence[Shell]) -> Iterator[Finding]:
    if not shells:
        yield ok("no shell stands between the stop signal and a service, as far as the files tell")
        return
    for shell in shells:
        last = _COMPOUND.split(_TRAILING.sub("", shell.text))[-1].strip()
        yield warning(
            f"{shell.service}: a shell is PID 1 (`{_short(shell.text)}`)",
            why="the stop signal ends with the shell: the service is killed after its grace period, with whatever it is"
            " in the middle of, and each stop takes that long",
            fix=f"put `exec` before the last command: `exec {_short(last)}`; or start it directly, as a list:"
            ' ["program", "argument"]',
            services=(shell.service,),
            places=(shell.place,) if shell.place else (),
        )


def stays(text: str) -> bool:
    """Whether the shell is still there while the last command runs. Pure."""
    bare = _TRAILING.sub("", text)
    if not _COMPOUND.search(bare):
        return False
    return not _COMPOUND.split(bare)[-1].strip().startswith("exec ")


def _given(command: Sequence[str]) -> str:
    """What a shell is given by `sh -c TEXT`; "" when it is no shell."""
    words = [str(word).replace("$$", "$") for word in command]
    if words and PurePosixPath(words[0]).name in SHELLS:
        for index, word in enumerate(words[1:], 1):
            if word.startswith("-") and word.endswith("c") and index + 1 < len(words):
                return words[index + 1]
    return ""


def _own_entrypoint(dockerfile: Dockerfile | None) -> bool:
    """An entrypoint that gets the command as its arguments, and may do with them what it likes."""
    return bool(dockerfile and dockerfile.entrypoint)


def _in_image(dockerfile: Dockerfile | None) -> tuple[str, str]:
    if dockerfile is None:
        return "", ""
    one = dockerfile.entrypoint or dockerfile.command
    if one is None:
        return "", ""
    place = f"{dockerfile.shown}:{one.line}" if dockerfile.shown else ""
    if one.shell:
        return one.rest, place
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', one.rest)
    return _given(words), place


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:49]}…"
