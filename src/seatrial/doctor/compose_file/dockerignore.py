"""Is a build context sent whole, with what should never be in an image?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Change, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.doctor.compose_file.dockerfile import Dockerfile

_FILE = ".dockerignore"
# What is there of these is taken out: made again inside, or nobody's business there.
_USUAL = (
    (".git", ".git"),
    (".env", ".env"),
    ("env", "env/.env"),
    ("node_modules", "**/node_modules"),
    (".venv", ".venv"),
    ("venv", "venv"),
    ("__pycache__", "**/__pycache__"),
    (".pytest_cache", ".pytest_cache"),
    (".mypy_cache", ".mypy_cache"),
    ("dist", "dist"),
    ("build", "build"),
    ("target", "target"),
    (".next", ".next"),
    ("coverage", "coverage"),
    (".idea", ".idea"),
    (".vscode", ".vscode"),
)
_MADE = frozenset({"dist", "build", "target"})


def missing(builds: Mapping[str, Mapping[str, Any]], dockerfiles: Mapping[str, Dockerfile]) -> dict[Path, list[str]]:
    """By build context without a `.dockerignore` the services that are built from it.

    A context of which single files are copied needs none: BuildKit fetches only these.
    """
    found: dict[Path, list[str]] = {}
    for name, build in builds.items():
        context, dockerfile = Path(str(build.get("context") or "")), dockerfiles.get(name)
        if dockerfile is None or not dockerfile.copies_all or not context.is_dir():
            continue
        own = Path(f"{dockerfile.path}{_FILE}") if dockerfile.path else None
        if not (context / _FILE).exists() and not (own and own.exists()):
            found.setdefault(context, []).append(name)
    return found


def patterns(present: frozenset[str]) -> tuple[str, ...]:
    """What is written into a new one, by the names that are in the context. Pure."""
    return (".git", *(p for name, p in _USUAL if name in present and name not in _MADE and p != ".git"), "*.log")


def judge(found: Mapping[Path, list[str]]) -> Iterator[Finding]:
    if not found:
        yield ok("no build copies a whole folder without a .dockerignore")
        return
    changes = tuple(Change(context / _FILE, 0, added=patterns(_names(context))) for context in found)
    services = tuple(name for names in found.values() for name in names)
    yield warning(
        f"no .dockerignore in {', '.join(str(context) for context in found)}",
        why="`COPY .` takes everything: .git and node_modules make every build slow and each change a new layer, and an"
        " env file ends in the image",
        fix=f"write one: {', '.join(changes[0].added)}",
        services=services,
        remedy=Remedy(changes),
    )


def _names(context: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(context))  # noqa: PTH208  names are all that is needed
    except OSError:
        return frozenset()
