"""Whose containers they are: two folders whose projects have one name would recreate each other's. Pure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.project import Project
    from seatrial.stack import Stack


def strangers(project: Project, services: Iterable[str], snapshot: Snapshot) -> tuple[Container, ...]:
    """Containers of these services that were made from another folder and from none of the project's files."""
    chosen, files = set(services), {str(file) for file in project.files}
    own = str(project.directory)
    return tuple(
        container
        for container in snapshot.containers
        if container.service in chosen
        and not container.one_off
        and container.folder not in ("", own)
        and not files.intersection(container.files)
        and not _is_same(container.folder, project.directory)
    )


def check_name(stack: Stack, project: Project, services: Iterable[str], snapshot: Snapshot, *, asked: bool) -> str:
    """What is to be said of containers that are taken over; "" when all are our own.

    They are taken over when their folder is gone (it was moved or replaced), or when the name was `asked` for.

    Raises:
        UsageError: they belong to another folder, which is there.
    """
    found = strangers(project, services, snapshot)
    if not found:
        return ""
    folder = found[0].folder
    names = ", ".join(dict.fromkeys(container.service for container in found))
    if asked or not Path(folder).is_dir():
        gone = "" if asked else ", which is gone"
        return f"containers of {names} were made from {folder}{gone}; project {stack.name} goes on from here with them"
    other = another_name(stack.name, project.root)
    raise UsageError(
        f"project {stack.name} belongs to {folder}: {names} was made there, and would be made anew from here;"
        " nothing was changed",
        fix=f"give this checkout a name of its own: export COMPOSE_PROJECT_NAME={other}, or that line in its env file"
        f"\nor go on from here with what is there: up --project-name {stack.name}"
        f"\nor remove what is there first: docker compose -p {stack.name} down",
    )


def another_name(name: str, root: Path) -> str:
    """A name for a second checkout, made of the first folder above that is called something else. Pure."""
    for folder in (root, *root.parents):
        own = plain(folder.name)
        if own and own != name:
            return f"{name}-{own}"
    return f"{name}-2"


def plain(text: str) -> str:
    """As Compose makes a name of a folder's: small letters, digits, `-` and `_`."""
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")


def _is_same(folder: str, directory: Path) -> bool:
    try:
        return Path(folder).samefile(directory)
    except OSError:
        return False
