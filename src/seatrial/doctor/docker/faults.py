"""Known faults of Compose, by version, and who meets them. From its source at its tags, and from measurements. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Version = tuple[int, ...]
_NOT_YET: Version = (1000,)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the versions from `since` up to, and without, `until`.

    Attributes:
        met_by: what a project does to meet it: `ports`, `watch`, `env_files`, `builds`; "" is everybody.
        ours: seatrial is hit by it too; else only who calls `docker compose` by hand or in scripts.
        fix: what to do about it here; "" where only another version helps.
    """

    since: Version
    until: Version
    text: str
    met_by: str = ""
    ours: bool = False
    fix: str = ""


FAULTS = (
    Fault(
        (0,),
        (2, 24, 4),
        "ports cannot be moved for a checkout (`up --shift-ports`, worktrees): it does not know `!override`",
        "ports",
        ours=True,
    ),
    Fault(
        (0,),
        (2, 39, 0),
        "of several `env_file`s a later one does not change what an earlier value refers to",
        "env_files",
        ours=True,
        fix="set a variable that others refer to in one env file only",
    ),
    Fault(
        (2, 17, 0),
        _NOT_YET,
        "`docker compose up --wait --wait-timeout N` may end with 0 while nothing is healthy; `up` here looks itself",
    ),
    Fault(
        (0,),
        (2, 35, 0),
        "`docker compose restart` does not wait for dependencies",
    ),
    Fault(
        (0,),
        (2, 32, 0),
        "`docker compose watch` knows neither `restart` nor `sync+exec`, also where a file with them is accepted;"
        " `watch` here carries them out",
        "watch",
    ),
    Fault(
        (2, 33, 0),
        _NOT_YET,
        "`docker compose watch` watches ignored folders too, and a busy ignored file keeps saved ones from being sent",
        "watch",
    ),
    Fault(
        (2, 22, 0),
        _NOT_YET,
        "`docker compose watch` never brings a container up to date that was made anew",
        "watch",
    ),
)


def met(version: Version, does: Collection[str]) -> Iterator[Fault]:
    """The faults of the version that a project meets which `does` these things."""
    for fault in FAULTS:
        if fault.since <= version < fault.until and (not fault.met_by or fault.met_by in does):
            yield fault
