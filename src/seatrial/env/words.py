"""Words of compose files and env files as plain text: a quick look that finds too much rather than too little."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.paths import overlays, own_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.project import Project

_MENTIONED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_SET = re.compile(r"^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][A-Za-z0-9_]*)[^\S\n]*(?:[=:]|$)", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def names_mentioned(text: str) -> frozenset[str]:
    """Every name behind a `$` in a text of any kind, at least those that mean a variable; reads past what is broken."""
    return frozenset(_MENTIONED.findall(text))


def likely_names(project: Project) -> frozenset[str]:
    """The variables that will be of interest, before anything is understood: used, declared, or set in an own file."""
    declared = [project.schema] if project.schema else []
    written = text_of((*declared, *own_files(project)))
    return names_mentioned(text_of(project.files)) | frozenset(_SET.findall(written))


def text_of(files: Iterable[Path]) -> str:
    """The files' text, as far as they can be read."""
    parts = []
    for file in files:
        if file.is_file():
            try:
                parts.append(file.read_text("utf-8-sig", "replace"))
            except OSError:
                continue
    return "\n".join(parts)


def words_of(project: Project) -> set[str]:
    """Every word in them. Some uses are words and no `${...}`: build arguments and secrets that are passed through."""
    return set(_WORD.findall(text_of((*project.files, *overlays(project)))))
