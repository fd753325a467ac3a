"""Is PID 1 a shell, which gets the stop signal and passes it on to nobody?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.composed import undoubled
from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle.shell_text import exec_able, handles, ignores, is_idle, pass_on, stays, untrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.engine.compose_text import Source

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SIGNAL = "SIGTERM"


class Shell(NamedTuple):
    """A service whose PID 1 is a shell, or was: what it is given, where that is written, and its stop signal."""

    service: str
    text: str
    place: str
    signal: str = _SIGNAL


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
            place = "".join(compose_text.place(sources, "services", name, word))
        else:
            text, place = _in_image(dockerfiles.get(name))
        signal = str(model.get("stop_signal") or _SIGNAL)
        # One with a handler of its own passes the signal on, or has its reasons; a drill tells.
        if text and (ignores(text, signal) or (stays(text) and not handles(text, signal))):
            yield Shell(name, text, place, signal)


def judge(shells: Sequence[Shell]) -> Iterator[Finding]:
    if not shells:
        yield ok("no shell stands between the stop signal and a service, as far as the files tell")
        return
    for shell in shells:
        deaf = ignores(shell.text, shell.signal)
        ends = (
            f"`trap ''` makes all that the shell starts ignore {shell.signal}"
            if deaf
            else "the stop signal ends with the shell"
        )
        yield warning(
            f"{shell.service}: a shell {'is PID 1' if stays(shell.text) else 'ignores the stop signal'}"
            f" (`{_short(shell.text)}`)",
            why=f"{ends}: the service is killed after its grace period, with whatever it is"
            " in the middle of, and each stop takes that long",
            fix=_fix(shell),
            services=(shell.service,),
            places=(shell.place,) if shell.place else (),
        )


def _fix(shell: Shell) -> str:
    """All that is to be done, in its order."""
    steps = [untrap(shell.signal)] if ignores(shell.text, shell.signal) else []
    last = exec_able(shell.text)
    if stays(shell.text) and not last:
        steps.append(pass_on(shell.signal))
    elif stays(shell.text) and is_idle(last.split()[0]):
        steps.append(
            f"`exec {_short(last)}` and `init: true`: {last.split()[0]} handles no signal, and the kernel drops one "
            "that PID 1 does not handle"
        )
    elif stays(shell.text):
        steps.append(
            f"put `exec` before the last command: `exec {_short(last)}`; or start it directly, as a list:"
            ' ["program", "argument"]'
        )
    return "; then ".join(steps)


def _given(command: Sequence[str]) -> str:
    """What a shell is given by `sh -c TEXT`; "" when it is no shell."""
    words = [undoubled(word) for word in command]
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
