"""Which profiles a service needs: its own, and one of each that it requires.

Compose enables the profiles of a service that is named, and refuses the project when a dependency is in another one.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from seatrial.engine.together import together
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from seatrial.engine import Engine
    from seatrial.project import Project
    from seatrial.stack import Stack

_VARIABLE = "COMPOSE_PROFILES"


def needed(engine: Engine, project: Project, names: Sequence[str]) -> dict[str, str]:
    """By service of the closure of `names`, the profile that has to be enabled for it. Raises `UnknownService`."""
    with together() as asking:
        every = asking.ask(lambda: engine.stack(replace(project, profiles=("*",))))
        set_ = asking.ask(lambda: engine.values(project, [_VARIABLE]))
        chosen = (set_.answer()[_VARIABLE] or "").split(",")
        return lacking(every.answer(), names, {*project.profiles, *(name.strip() for name in chosen)})


def lacking(everything: Stack, names: Iterable[str], active: Collection[str]) -> dict[str, str]:
    """The same of what is known. Pure.

    Args:
        everything: the stack with all profiles enabled.
        names: services that are asked for.
        active: the profiles that are enabled; `*` is all.

    Raises:
        UnknownService: one is in no profile.
    """
    enabled = set(active)
    found: dict[str, str] = {}
    for name in everything.closure(names, required_only=True):
        own = everything.service(name).profiles
        if own and "*" not in enabled and not enabled & set(own):
            found[name] = own[0]
            enabled.add(own[0])
    return found


def checked(everything: Stack, asked: Iterable[str]) -> None:
    """Compose takes any name for a profile, and starts less than was meant. Pure.

    Raises:
        UsageError: no service of the whole stack is in a profile of that name.
    """
    known = _all(everything)
    for name in asked:
        if name not in known and name != "*":
            near = get_close_matches(name, known, n=1) or known
            fix = f"use {'one of ' if len(near) > 1 else ''}{', '.join(near)}" if near else "no service has one"
            raise UsageError(f"no profile {name}", fix=fix)


def asleep(engine: Engine, project: Project) -> tuple[str, ...]:
    """The profiles of the project's services, each once: those of one that has no active service."""
    return _all(engine.stack(replace(project, profiles=("*",))))


def enabling(everything: Stack) -> tuple[tuple[str, ...], ...]:
    """For each profile, itself and the profiles that the dependencies of its services need. Pure."""
    return tuple(
        (
            profile,
            *lacking(everything, [s.name for s in everything.services if profile in s.profiles], [profile]).values(),
        )
        for profile in _all(everything)
    )


def _all(everything: Stack) -> tuple[str, ...]:
    return tuple(dict.fromkeys(profile for service in everything.services for profile in service.profiles))
