"""The files that an image is built from: what its Dockerfile copies out of the context, and the Dockerfile itself."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.building.bases import CONTINUED, bases
from seatrial.lifecycle.dockerignore import ignored
from seatrial.plain_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.lifecycle.patterns import Below, Patterns

# A bigger context is not looked through on every `up`.
MOST = 20_000
_COPIES = re.compile(r"^\s*(?:ONBUILD\s+)?(?:COPY|ADD)\s+(?P<rest>.+)$", re.IGNORECASE | re.MULTILINE)
_SOURCE = re.compile(r"--from=(\S+)")
_BIND = re.compile(r"--mount=(?P<options>\S*)")
_GLOB = re.compile(r"[*?\[$]")
_DOCKERFILE = "Dockerfile"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is seen of a file without reading it."""

    size: int
    mtime_ns: int


def inputs(build: Mapping[str, Any]) -> dict[str, Stamp] | None:
    """By path from the context's root; absolute for an additional context, and a Dockerfile that is elsewhere.

    None where that cannot be told: the context is no folder here, or too big.
    """
    context = Path(str(build.get("context") or ""))
    if not build.get("context") or not context.is_dir():
        return None
    inline = build.get("dockerfile_inline")
    file = context / (build.get("dockerfile") or _DOCKERFILE)
    text = inline or _text(file)
    if text is None:
        return None
    found = {} if inline else {_told(file, context): _stamp(file.stat())}
    copies = [(context, "", sources(text), file)]
    for name, folder in bases(build, text, str).folders.items():
        copies.append((Path(folder), f"{folder}/", sources(text, name), Path(folder) / _DOCKERFILE))
    for root, shown, roots, beside in copies:
        out = ignored(root, beside)
        for path, stamp in _walk(root, "", roots, out, out.top()) if roots else ():
            found[f"{shown}{path}"] = stamp
            if len(found) > MOST:
                return None
    return found


def sources(dockerfile: str, context: str = "") -> frozenset[str]:
    """Files and folders of the context, or of the additional one of that name, that are copied; "" is all of it. Pure.

    More than is needed where a name holds a variable or a pattern: then the folder above counts.
    """
    text = CONTINUED.sub(" ", dockerfile)
    found = {_root(word) for match in _COPIES.finditer(text) for word in _copied(match["rest"], context)}
    found |= {_root(word) for match in _BIND.finditer(text) for word in _bound(match["options"], context)}
    whole = context and re.search(rf"(?im)^\s*FROM\s+(?:--\S+\s+)*{re.escape(context)}(?:\s|$)", text)
    return frozenset({"", *found} if whole else found)


def _copied(rest: str, context: str) -> Iterator[str]:
    source = _SOURCE.search(rest)
    if (source[1] if source else "") != context or "<<" in rest:
        return
    words = [word for word in _words(rest) if not word.startswith("--")]
    yield from (word for word in words[:-1] if "://" not in word and not word.startswith("git@"))


def _words(rest: str) -> list[str]:
    text = rest.strip()
    start = text.find("[")
    try:
        if start >= 0 and text.endswith("]"):
            return [word.strip().strip('"') for word in text[start + 1 : -1].split(",")]
        return shlex.split(text)
    except ValueError:
        return [".", "."]


def _bound(options: str, context: str) -> Iterator[str]:
    pairs = dict(part.partition("=")[::2] for part in options.split(","))
    if pairs.get("type", "bind") == "bind" and pairs.get("from", "") == context:
        yield pairs.get("source") or pairs.get("src") or "."


def _root(word: str) -> str:
    """The path up to the first part with a variable or a pattern."""
    parts: list[str] = []
    for part in word.split("/"):
        if _GLOB.search(part):
            break
        if part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _walk(
    context: Path, folder: str, roots: frozenset[str], out: Patterns, above: Below
) -> Iterator[tuple[str, Stamp]]:
    try:
        entries = sorted(os.scandir(context / folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        # What git does is no change of the sources, and whoever copies it knows.
        if path == ".git" or not _touches(path, roots):
            continue
        if entry.is_dir(follow_symlinks=False):
            here = out.folder(path, entry.name, above)
            if not (here.out and here.settled):
                yield from _walk(context, path, roots, out, here)
        elif not above.takes_out(path, entry.name):
            yield path, _stamp(entry.stat(follow_symlinks=False))


def _touches(path: str, roots: frozenset[str]) -> bool:
    """Whether the path is below one of the roots, or on the way to it."""
    return any(not root or f"{path}/".startswith(f"{root}/") or root.startswith(f"{path}/") for root in roots)


def _told(file: Path, context: Path) -> str:
    return str(file.relative_to(context)) if file.is_relative_to(context) else str(file)


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_size, found.st_mtime_ns)


def _text(path: Path) -> str | None:
    try:
        return read_text(path)
    except OSError:
        return None
