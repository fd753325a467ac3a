"""What the folder that an image is built from says of it: base images, and patches of packages that pnpm applies."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE)
_ARGUMENT = re.compile(r"ARG\s+(?P<name>\w+)=(?P<value>\S+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?\}|(?P<bare>\w+))")
# `name@1.2.3`; a range, a tag or no version at all lets the patch meet code that it was not made for.
_EXACT = re.compile(r"@?[^@]+@\d+\.\d+\.\d+[-+.\w]*")
_ENTRY = re.compile(r"\s+(?P<key>'[^']*'|\"[^\"]*\"|[^\s:'\"][^:]*?)\s*:\s+(?P<file>.+?)\s*(?:\s#.*)?")


@dataclass(frozen=True, slots=True)
class Patch:
    """`package` as it is written (`grammy@1.46.0`); `present` when its file is there; `file` as it is written."""

    package: str
    file: str
    present: bool

    @property
    def exact(self) -> bool:
        """Whether it is for one version only."""
        return bool(_EXACT.fullmatch(self.package))


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What could be read of it.

    Attributes:
        bases: the images that its stages start from, with variables put in; without other stages and `scratch`.
        patches: of pnpm's `patchedDependencies`.
    """

    bases: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()


def read(build: Mapping[str, Any]) -> BuildContext:
    """Read it as Compose's resolved model (`build:` of a service) tells where it is; empty where it is not here."""
    if not build.get("context"):
        return BuildContext()
    context = Path(build["context"])
    text = build.get("dockerfile_inline") or _text(context / (build.get("dockerfile") or "Dockerfile"))
    return BuildContext(
        bases=tuple(bases(text, build.get("args") or {})),
        patches=tuple(Patch(key, file, (context / file).is_file()) for key, file in _patches(context).items()),
    )


def bases(dockerfile: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    """The images in `FROM`, each once. Pure."""
    defaults: dict[str, str] = {}
    seen: set[str] = {"scratch"}
    for line in dockerfile.splitlines():
        if found := _ARGUMENT.match(line):
            defaults.setdefault(found["name"], found["value"].strip("\"'"))
        if found := _FROM.match(line):
            image = _VARIABLE.sub(lambda match: _value(match, {**defaults, **arguments}), found["image"])
            if image and image not in seen:
                yield image
            seen |= {image, found["stage"] or image}


def patches_in(workspace: str) -> dict[str, str]:
    """`patchedDependencies` of a pnpm-workspace.yaml: files by package. Pure; block style, as pnpm writes it."""
    found: dict[str, str] = {}
    inside = False
    for line in workspace.splitlines():
        if line.strip() and not line.startswith((" ", "\t", "#")):
            inside = line.split("#")[0].strip() == "patchedDependencies:"
        elif inside and (entry := _ENTRY.fullmatch(line)) and not entry["key"].startswith("#"):
            found[entry["key"].strip("'\"")] = entry["file"].strip("'\"")
    return found


def _patches(context: Path) -> dict[str, str]:
    try:
        package = json.loads(_text(context / "package.json") or "{}")
    except ValueError:
        package = {}
    pnpm = package.get("pnpm") if isinstance(package, dict) else None
    written = (pnpm.get("patchedDependencies") if isinstance(pnpm, dict) else None) or {}
    own = {str(key): str(file) for key, file in written.items()} if isinstance(written, dict) else {}
    return {**own, **patches_in(_text(context / "pnpm-workspace.yaml"))}


def _value(match: re.Match[str], values: Mapping[str, Any]) -> str:
    return str(values.get(match["braced"] or match["bare"]) or match["default"] or "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
