"""Containers of the project whose service is not in its compose files any more."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial import compose_variables as variables
from seatrial.errors import SeatrialError
from seatrial.lifecycle.belonging import strangers
from seatrial.lifecycle.marks import Marks
from seatrial.lifecycle.references import cut_off_from, unknown_owners
from seatrial.lifecycle.stop_order import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine import Engine
    from seatrial.engine.observed import Container, Snapshot
    from seatrial.project import Project
    from seatrial.stack import Stack


_GONE = "a container that is gone"


def orphans(engine: Engine, project: Project, stack: Stack, snapshot: Snapshot) -> tuple[Container, ...]:
    """Find them. A service of an inactive profile has none, and containers of another folder are not the project's.

    Compose is asked only where a container has no active service.
    """
    unknown = snapshot.services - set(stack.names)
    if not unknown or project.by_labels:
        return ()
    with suppress(SeatrialError):  # what an inactive profile lacks is no trouble here
        unknown -= set(engine.stack(replace(project, profiles=(*project.profiles, "*"))).names)
        others = {one.id for one in strangers(project, unknown, snapshot) if os.path.isdir(one.folder)}  # noqa: PTH112
        found = (one for one in snapshot.containers if one.service in unknown and not one.one_off)
        return tuple(one for one in found if one.id not in others)
    return ()


def marks(engine: Engine, project: Project, stack: Stack, snapshot: Snapshot) -> Marks:
    """Look for them; nothing is asked where every container has a service and a namespace of its own."""
    outside = unknown_owners(snapshot)
    found = frozenset(one.id for one in orphans(engine, project, stack, snapshot))
    others = engine.look(outside) if outside else ()
    gone = set(outside) - {one.id for one in others}
    lost = {one.id: _GONE for one in snapshot.containers if one.state in LIVE and gone.intersection(one.joins)}
    return Marks(found, {**owners((*snapshot.containers, *others)), **lost})


def owners(containers: Iterable[Container]) -> dict[str, str]:
    """By id of a container that is cut off, the service that it is cut off from. Pure."""
    return {guest: owner.service or owner.name for guest, owner in cut_off_from(containers).items()}


def says(project: Project, name: str) -> bool:
    """Return what a switch among Compose's variables says."""
    return variables.is_on(name, os.environ, project.env_files)
