"""What a check has found, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.doctor.fixing.remedy import Remedy


class Status(StrEnum):
    """How it stands: a failure stops the work sooner or later, a warning costs time or will."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of a check.

    Attributes:
        found: what was seen, in a sentence; of a skipped check the reason.
        why: why it matters; empty where all is well.
        fix: a command or a change for a person; never empty for a warning or a failure.
        services: those of the compose file that it is about.
        places: `FILE:LINE`, as people would open it.
        notes: what else is worth knowing, a line each.
        remedy: what `--fix` would do; None leaves it to a person.
        check: the stable word for the check; whoever runs the checks puts it in.
        seconds: how long the check took, waiting for its looks included.
    """

    status: Status
    found: str
    why: str = ""
    fix: str = ""
    services: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remedy: Remedy | None = None
    check: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Name a place once: several services may share a line."""
        object.__setattr__(self, "places", tuple(dict.fromkeys(self.places)))

    @property
    def wrong(self) -> bool:
        """Whether somebody has to do something."""
        return self.status in (Status.WARNING, Status.FAILURE)


def ok(found: str, *, notes: Iterable[str] = ()) -> Finding:
    return Finding(Status.OK, found, notes=tuple(notes))


def skipped(reason: str) -> Finding:
    return Finding(Status.SKIPPED, reason)


def warning(found: str, *, why: str, fix: str, **more: object) -> Finding:
    return Finding(Status.WARNING, found, why, fix, **more)  # type: ignore[arg-type]


def failure(found: str, *, why: str, fix: str, **more: object) -> Finding:
    return Finding(Status.FAILURE, found, why, fix, **more)  # type: ignore[arg-type]
