"""How many folders watching a project needs: those below its watch rules and build contexts that are not ignored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.stale.dockerignore import Ignored, ignored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# More than any limit allows: who counts further only waits.
MOST = 1_000_000
_NEVER = frozenset({".git"})


def roots(services: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """By folder to be watched, the build context whose `.dockerignore` counts below it. Pure.

    Watch rules name them; a service that is built and has no rule is watched as a whole.
    """
    found: dict[str, str] = {}
    for model in services.values():
        context = str((model.get("build") or {}).get("context") or "")
        rules = (model.get("develop") or {}).get("watch") or ()
        paths = [str(rule.get("path") or "") for rule in rules] or [context]
        found |= {path: context for path in paths if path.startswith("/")}
    return found


def counted(watched: Mapping[str, str]) -> int:
    """The folders below all of these, each once; at most `MOST`."""
    seen: set[str] = set()
    for root, context in sorted(watched.items()):
        if not Path(root).is_dir():
            continue
        out = ignored(_text(Path(context or root) / ".dockerignore"))
        for folder in _walk(root, context or root, out, seen):
            seen.add(folder)
            if len(seen) >= MOST:
                return MOST
    return len(seen)


def _walk(root: str, context: str, out: Ignored, seen: set[str]) -> Iterator[str]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        yield folder
        try:
            with os.scandir(folder) as entries:
                waiting += [e.path for e in entries if e.is_dir(follow_symlinks=False) and _counts(e, context, out)]
        except OSError:
            continue


def _counts(entry: os.DirEntry[str], context: str, out: Ignored) -> bool:
    if entry.name in _NEVER:
        return False
    inside = entry.path.startswith(f"{context}/")
    return not (inside and out.folder(entry.path[len(context) + 1 :]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
