"""Profiles that are asked for, by their name or by that of a service: as with Compose, that is enough."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError
from seatrial.lifecycle.profiles import checked, needed
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


def check_profiles(run: Run) -> None:
    """Raise `UsageError` for one that no service is in. Where one is asked for, this costs an answer of Compose's."""
    asked = run.settings.profiles.value
    if asked:
        checked(run.engine.stack(replace(run.project, profiles=("*",))), asked)


def check_active(run: Run, stack: Stack) -> None:
    """Raise `RunFailed`, as Compose fails, when the project has no active service; it names the profiles there are."""
    if stack.services:
        return
    from seatrial.errors import RunFailed

    raise RunFailed(f"project {stack.name} has no active service", fix=_fix_of_none_active(run))


def tell_none_active(run: Run, stack: Stack) -> None:
    """Print the profiles to enable when the project has no active service."""
    if stack.services:
        return
    with suppress(SeatrialError):  # the services of another profile may lack a variable
        fix = _fix_of_none_active(run).replace("\n", " ")
        terminal.talk(f"note: project {stack.name} has no active service; {fix}")


def _fix_of_none_active(run: Run) -> str:
    from seatrial.lifecycle.profiles import enabling

    choices = enabling(run.engine.stack(replace(run.project, profiles=("*",))))
    flags = (" ".join(f"--profile {profile}" for profile in profiles) for profiles in choices)
    return "\nor ".join(f"enable a profile: {each}" for each in flags) or "add a service to its file"


def enable_needed(run: Run, services: Sequence[str]) -> None:
    """Enable the profiles that these and what they depend on are in, and say so. Raises `UnknownService`."""
    lacking = needed(run.engine, run.project, services)
    for name, profile in lacking.items():
        terminal.talk(f"{name} is in the profile {profile}, which is enabled for this")
    run.enable(lacking.values())
