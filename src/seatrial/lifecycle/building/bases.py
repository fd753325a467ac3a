"""Where an image gets other content from than its context: other images, and additional contexts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_ARG = re.compile(r"^\s*ARG\s+(\w+)(?:=(\S*))?", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE | re.MULTILINE)
_OTHER = re.compile(r"--from=(\S+)|--mount=(?:\S*,)?from=([^,\s]+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})")
_REFERENCE = re.compile(r"[a-z0-9][\w./:@-]*")
_SERVICE, _IMAGE = "service:", "docker-image://"
_ELSEWHERE = re.compile(r"^(?:[a-z0-9+-]+://|git@|target:|oci-layout:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bases:
    """What an image is built from beside its own context.

    Attributes:
        images: names of images, as the engine knows them.
        folders: by name of an additional context that is a folder, its path.
        elsewhere: additional contexts that are not on this machine.
    """

    images: tuple[str, ...] = ()
    folders: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def bases(build: Mapping[str, Any], dockerfile: str, image_of: Callable[[str], str]) -> Bases:
    """Read the build section and the text of its Dockerfile; `image_of` names the image of a service."""
    contexts = {str(name): str(where) for name, where in (build.get("additional_contexts") or {}).items()}
    images: dict[str, None] = {}
    folders: dict[str, str] = {}
    elsewhere: list[str] = []
    for name in dict.fromkeys(_named(CONTINUED.sub(" ", dockerfile), build.get("args") or {}, contexts)):
        where = contexts.get(name)
        if where is None:
            images[name] = None
        elif where.startswith(_SERVICE):
            images[image_of(where.removeprefix(_SERVICE))] = None
        elif where.startswith(_IMAGE):
            images[where.removeprefix(_IMAGE)] = None
        elif _ELSEWHERE.match(where):
            elsewhere.append(where)
        else:
            folders[name] = where
    return Bases(tuple(images), folders, tuple(elsewhere))


def with_tag(image: str) -> str:
    """The name with the tag that is meant where it has none."""
    return image if ":" in image.rsplit("/", 1)[-1] or "@" in image else f"{image}:latest"


def _named(text: str, args: Mapping[str, Any], contexts: Mapping[str, str]) -> Iterator[str]:
    """Every image and context that instructions name; no stage of the same file, and no name with a variable in it."""
    values = {name: value for name, value in _ARG.findall(text) if value}
    values = {name: value.strip("\"'") for name, value in values.items()}
    values |= {str(name): str(value) for name, value in args.items() if value is not None}
    stages: set[str] = set()
    named: list[str] = []
    for found in _FROM.finditer(text):
        image = _expanded(found["image"].strip("\"'"), values)
        if image.lower() not in stages:
            named.append(image)
        if found["stage"]:
            stages.add(found["stage"].lower())
    others = [_expanded(one or other, values) for one, other in _OTHER.findall(text)]
    named += [other for other in others if other.lower() not in stages and not other.isdigit()]
    yield from (name for name in named if name in contexts or (name != "scratch" and _REFERENCE.fullmatch(name)))


def _expanded(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        known, word = values.get(found[1] or found[2]), found[4] or ""
        if found[3] == "+":
            return word if known else ""
        return known or (word if found[3] else found[0])

    return _VARIABLE.sub(value, text)
