"""Is PID 1 a shell, which gets the stop signal and passes it on to nobody?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.composed import undoubled
from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle.shell_text import exec_able, handles, ignores, is_idle, pass_on, stays, untrap, with_exec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.doctor.compose_file.dockerfile import Dockerfile
    from seatrial.engine.compose_text import Source

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SIGNAL = "SIGTERM"


class Shell(NamedTuple):
    """A service whose PID 1 is a shell, or was: what it is given, where that is written, and its stop signal.

    Attributes:
        program: the shell that the image really has (`dash`, `bash`, `busybox`); "" is not known.
    """

    service: str
    text: str
    place: str
    signal: str = _SIGNAL
    program: str = ""

    @property
    def stays(self) -> bool:
        return stays(self.text, self.program)


class Given(NamedTuple):
    """What a shell is given: the shell as it is called, its text, and where that is written."""

    shell: str
    text: str
    place: str = ""


def found(
    services: Mapping[str, Mapping[str, Any]],
    dockerfiles: Mapping[str, Dockerfile],
    sources: tuple[Source, ...],
    images: Mapping[str, Any] = MappingProxyType({}),
    programs: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Shell]:
    """By `shell_texts`; `programs` has by service the shell that its image really has. Pure."""
    for name, one in shell_texts(services, dockerfiles, sources, images).items():
        signal = str(services[name].get("stop_signal") or _SIGNAL)
        shell = Shell(name, one.text, one.place, signal, programs.get(name, ""))
        # One with a handler of its own passes the signal on, or has its reasons; a drill tells.
        if ignores(one.text, signal) or (shell.stays and not handles(one.text, signal)):
            yield shell


def shell_texts(
    services: Mapping[str, Mapping[str, Any]],
    dockerfiles: Mapping[str, Dockerfile],
    sources: tuple[Source, ...],
    images: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Given]:
    """By the compose file where it says what is run, else by the Dockerfile, else by the image.

    One-shots are not stopped, and are left out. Pure.
    """
    ends = {
        name
        for model in services.values()
        for name, edge in (model.get("depends_on") or {}).items()
        if (edge or {}).get("condition") == "service_completed_successfully"
    }
    all_given = {
        name: _of_service(name, model, dockerfiles.get(name), sources, images.get(name) or {})
        for name, model in services.items()
        if name not in ends
    }
    return {name: one for name, one in all_given.items() if one.text}


def _of_service(
    name: str, model: Mapping[str, Any], file: Dockerfile | None, sources: tuple[Source, ...], image: Mapping[str, Any]
) -> Given:
    config = image.get("Config") or {}
    own_entrypoint = bool(file and file.entrypoint) or (not file and bool(config.get("Entrypoint")))
    written = model.get("entrypoint") or (model.get("command") if not own_entrypoint else None)
    if written:
        word = "entrypoint" if model.get("entrypoint") else "command"
        return _given(written, "".join(compose_text.place(sources, "services", name, word)))
    if file is None:
        return _given(config.get("Entrypoint") or config.get("Cmd") or (), doubled=False)
    return _in_image(file)


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
            f"{shell.service}: a shell {'is PID 1' if shell.stays else 'ignores the stop signal'}"
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
    if shell.stays and not last:
        steps.append(pass_on(shell.signal))
    elif shell.stays and is_idle(last.split()[0]):
        steps.append(
            f"`exec {_short(last)}` and `init: true`: {last.split()[0]} handles no signal, and the kernel drops one "
            "that PID 1 does not handle"
        )
    elif shell.stays:
        better = _short(with_exec(last) or f"exec {last}")
        steps.append(
            f'put `exec` before the last command: `{better}`; or start it directly, as a list: ["program", "argument"]'
        )
    return "; then ".join(steps)


def _given(command: Sequence[str], place: str = "", *, doubled: bool = True) -> Given:
    """What a shell is given by `sh -c TEXT`; its text is "" when it is no shell."""
    words = [undoubled(word) if doubled else word for word in command]
    if words and PurePosixPath(words[0]).name in SHELLS:
        for index, word in enumerate(words[1:], 1):
            if word.startswith("-") and word.endswith("c") and index + 1 < len(words):
                return Given(words[0], words[index + 1], place)
    return Given("", "")


def _in_image(dockerfile: Dockerfile) -> Given:
    one = dockerfile.entrypoint or dockerfile.command
    if one is None:
        return Given("", "")
    place = f"{dockerfile.shown}:{one.line}" if dockerfile.shown else ""
    if one.shell:
        return Given("/bin/sh", one.rest, place)
    return _given(re.findall(r'"((?:[^"\\]|\\.)*)"', one.rest), place)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:49]}…"
