"""Words of the compose files and of overlays beside them, as plain text: who is named there is not unused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.paths import overlays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.project import Project

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def text_of(files: Iterable[Path]) -> str:
    """The files' text, as far as they can be read."""
    parts = []
    for file in files:
        if file.is_file():
            try:
                parts.append(file.read_text("utf-8", "replace"))
            except OSError:
                continue
    return "\n".join(parts)


def words_of(project: Project) -> set[str]:
    """Every word in them. Some uses are words and no `${...}`: build arguments and secrets that are passed through."""
    return set(_WORD.findall(text_of((*project.files, *overlays(project)))))
