"""What is kept on disk for the next time: written in one step for nobody else to read, believed only if it is ours."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from seatrial.places import cache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.project import Project


def of_checkout(kind: str, project: Project, name: str) -> Path:
    """The file of a `kind` for the project called `name` in this checkout; another checkout has another one."""
    checkout = hashlib.sha256(os.fsencode(project.directory)).hexdigest()[:12]
    return cache() / kind / f"{name}-{checkout}.json"


def load(file: Path) -> Any:
    """The record, if it is ours: what others may have written is not believed. Raises `OSError`, `ValueError`."""
    with file.open("rb") as opened:
        status = os.fstat(opened.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise PermissionError
        return json.loads(opened.read())


def save(target: Path, record: Mapping[str, object]) -> None:
    """Put it there, as JSON. Raises `OSError`."""
    write(target, json.dumps(record))


def write(target: Path, text: str) -> None:
    """The same for a text. In one step: somebody may read it now. Raises `OSError`."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:  # noqa: PTH123
            file.write(text.encode(errors="surrogateescape"))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
