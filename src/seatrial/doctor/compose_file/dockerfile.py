"""What a Dockerfile says of the image that a service runs: where it starts from, what PID 1 is, what it downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.plain_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?\}|(?P<bare>\w+))")
_DOWNLOADS = re.compile(
    r"\b(?:npm (?:ci|i|install|add|exec)|npx|pnpm|yarn|corepack|pip3? install|uv (?:sync|pip)|poetry install|"
    r"apt(?:-get)? |apk add|dnf |yum |curl|wget|go (?:mod|build|install|get)|cargo|bundle install|gem install|"
    r"composer|mvn|gradle|git clone|dotnet restore)\b"
)

_EVERYTHING = re.compile(r"(?!.*--from=)(?:--\S+\s+)*(?:\./?\s|\[\s*\"\./?\")")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them, with its continued lines; `line` from 1."""

    line: int
    word: str
    rest: str

    @property
    def shell(self) -> bool:
        """Whether a CMD or ENTRYPOINT is given to a shell."""
        return not self.rest.lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """Of the stage that is wanted, and those that it is made of.

    Attributes:
        path: absolute; "" where it stands in the compose file.
        shown: the same as it is told.
        bases: images of all stages that are needed, with arguments put in; those of unknown arguments are left out.
        command, entrypoint: those in force; None leaves it to the base image.
        downloads: the first RUN that fetches something from elsewhere.
        copies_all: whether the whole context is copied.
        user: of the last USER; "" when it names none, or a variable.
    """

    path: str = ""
    bases: tuple[str, ...] = ()
    command: Instruction | None = None
    entrypoint: Instruction | None = None
    downloads: Instruction | None = None
    copies_all: bool = False
    user: str = ""
    shown: str = ""


def read(build: Mapping[str, Any]) -> Dockerfile | None:
    """Of the `build` of a resolved model; None where it cannot be read here."""
    context = str(build.get("context") or "")
    inline = build.get("dockerfile_inline")
    file = Path(context) / (build.get("dockerfile") or "Dockerfile")
    if not inline and not context.startswith("/"):
        return None
    try:
        text = inline or read_text(file)
    except OSError:
        return None
    return parse(text, "" if inline else str(file), build.get("target") or "", build.get("args") or {})


def parse(text: str, path: str = "", target: str = "", arguments: Mapping[str, Any] | None = None) -> Dockerfile:
    """Pure."""
    values: dict[str, str] = {}
    stages: list[tuple[str, str, list[Instruction]]] = []
    for one in instructions(text):
        if one.word == "ARG":
            name, _, value = one.rest.partition("=")
            values.setdefault(name.strip(), str((arguments or {}).get(name.strip()) or value.strip("\"' ")))
        elif one.word == "FROM" and (found := _FROM.match(one.rest)):
            image = _VARIABLE.sub(lambda match: _value(match, values), found["image"])
            stages.append((found["stage"] or "", image, []))
        elif stages:
            stages[-1][2].append(one)
    return _of(stages, path, target)


def instructions(text: str) -> Iterator[Instruction]:
    """Comments and continued lines are seen to; the body of a heredoc counts as instructions of no known word."""
    began, gathered = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not gathered):
            continue
        began = began or number
        gathered += line.rstrip()
        if gathered.endswith("\\"):
            gathered = gathered[:-1] + " "
            continue
        word, _, rest = gathered.strip().partition(" ")
        yield Instruction(began, word.upper(), rest.strip())
        began, gathered = 0, ""


def _of(stages: list[tuple[str, str, list[Instruction]]], path: str, target: str) -> Dockerfile:
    names = {name: index for index, (name, _, _) in enumerate(stages) if name}
    wanted = names.get(target, len(stages) - 1)
    needed = _needed(stages, names, wanted)
    bases = dict.fromkeys(
        image for index in needed if (image := stages[index][1]) and image != "scratch" and image not in names
    )
    lines = [one for index in needed for one in stages[index][2]]
    own: list[Instruction] = []
    index: int | None = wanted
    while index is not None and 0 <= index < len(stages):
        own = [*stages[index][2], *own]
        parent = names.get(stages[index][1])
        index = parent if parent is not None and parent < index else None
    run_as = next((one.rest for one in reversed(own) if one.word == "USER"), "")
    return Dockerfile(
        path,
        tuple(bases),
        next((one for one in reversed(own) if one.word == "CMD"), None),
        next((one for one in reversed(own) if one.word == "ENTRYPOINT"), None),
        next((one for one in lines if one.word == "RUN" and _DOWNLOADS.search(one.rest)), None),
        any(one.word in ("COPY", "ADD") and _EVERYTHING.match(one.rest) for one in lines),
        "" if "$" in run_as else run_as,
    )


def _needed(stages: list[tuple[str, str, list[Instruction]]], names: Mapping[str, int], wanted: int) -> list[int]:
    found: set[int] = set()
    waiting = [wanted] if stages else []
    while waiting:
        index = waiting.pop()
        if index in found:
            continue
        found.add(index)
        sources = [stages[index][1]]
        sources += [source for one in stages[index][2] for source in re.findall(r"from=([\w.-]+)", one.rest)]
        for source in sources:
            other = int(source) if source.isdigit() else names.get(source)
            if other is not None and other < index:
                waiting.append(other)
    return sorted(found)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    return values.get(match["braced"] or match["bare"]) or match["default"] or ""
