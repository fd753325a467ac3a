"""Whose containers they are: two folders whose projects have one name would recreate each other's. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.observed import Snapshot
from seatrial.errors import UsageError
from seatrial.worktree import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine.observed import Container
    from seatrial.project import Project


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


def of_other_files(project: Project, known: Iterable[str], snapshot: Snapshot) -> tuple[Container, ...]:
    """Containers of services that are not `known`, and that were made from none of the project's files."""
    services, files = set(known), {str(file) for file in project.files}
    unknown = (container for container in snapshot.containers if container.service not in services)
    return tuple(c for c in unknown if c.files and not project.by_labels and not files.intersection(c.files))


def without(snapshot: Snapshot, containers: Iterable[Container]) -> Snapshot:
    """The snapshot without these."""
    gone = {container.id for container in containers}
    return Snapshot(tuple(container for container in snapshot.containers if container.id not in gone))


def taken_over(name: str, project: Project, found: Sequence[Container], *, asked: bool, fate: str) -> str:
    """What is to be said of strangers' containers of project `name` that are taken over; "" when there are none.

    They are taken over when their folder is gone (it was moved or replaced), or when the name was `asked` for.
    `fate` is what would become of them.

    Raises:
        UsageError: they belong to another folder, which is there.
    """
    if not found:
        return ""
    folder = found[0].folder
    services = ", ".join(dict.fromkeys(container.service for container in found))
    if asked or not Path(folder).is_dir():
        gone = "" if asked else ", which is gone"
        return f"containers of {services} were made from {folder}{gone}; project {name} goes on from here with them"
    other = another_name(name, project.root)
    raise UsageError(
        f"project {name} belongs to {folder}: its containers of {services} would be {fate} from here;"
        " nothing was changed",
        fix=f"give this checkout a name of its own: export COMPOSE_PROJECT_NAME={other}, or that line in its env file"
        f"\nor go on from here with what is there: --project-name {name}"
        f"\nor remove what is there: docker compose -p {name} down",
    )


def another_name(name: str, root: Path) -> str:
    """A name for a second checkout, made of the first folder above that is called something else. Pure."""
    for folder in (root, *root.parents):
        own = plain(folder.name)
        if own and own != name:
            return f"{name}-{own}"
    return f"{name}-2"


def _is_same(folder: str, directory: Path) -> bool:
    try:
        return Path(folder).samefile(directory)
    except OSError:
        return False
