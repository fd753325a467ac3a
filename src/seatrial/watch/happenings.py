"""What a watch tells: one value for each thing that happened. `report/watch.py` makes lines and JSON of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from seatrial.lifecycle.bring_up import Result


@dataclass(frozen=True, slots=True)
class Up:
    """The stack was brought up first; what is not up may be mended by a save."""

    result: Result


@dataclass(frozen=True, slots=True)
class Watching:
    """From here on every save counts."""

    services: tuple[str, ...]
    rules: int
    files: int
    folders: int


@dataclass(frozen=True, slots=True)
class Synced:
    """One batch is in one container.

    Attributes:
        files: paths in the container that were written, else those that were deleted; the first few.
        written, folders, deleted: how many; `written` are files and links, a folder that is deleted counts as one.
        size: bytes that were sent.
        seconds: from the first touch to the engine's answer; for a container that is new, of the sending.
        cause: "" for a save; else why it was needed: the container is new, watching has begun, ...
    """

    service: str
    container: str
    files: tuple[str, ...]
    written: int
    folders: int
    deleted: int
    size: int
    seconds: float
    cause: str = ""


@dataclass(frozen=True, slots=True)
class NotSynced:
    """Paths that a container could not be given; they are tried again. `failed` is reasons by path in the container."""

    service: str
    container: str
    failed: tuple[tuple[str, str], ...]
    again_s: float


@dataclass(frozen=True, slots=True)
class Recovered:
    """What failed before is there now."""

    service: str
    container: str
    paths: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """A container was restarted for a change; `result` when its readiness was looked at."""

    service: str
    seconds: float
    cause: str
    error: str = ""
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """The command of a `sync+exec` has ended; `exit_code` None when it did not end in time."""

    service: str
    container: str
    command: tuple[str, ...]
    exit_code: int | None
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Building:
    """A build has begun, for these paths."""

    services: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """New containers stand for what was changed, or the old ones still do.

    Attributes:
        error: what failed, with its way out; the old containers run on when it was the build.
        log: the last lines that were said while it failed.
        result: how the new containers came up.
        renewed: whether a container was made anew: equal images change nothing.
    """

    services: tuple[str, ...]
    seconds: float
    build_s: float = 0.0
    error: str = ""
    log: tuple[str, ...] = ()
    result: Result | None = None
    renewed: bool = True


@dataclass(frozen=True, slots=True)
class Exited:
    """A container ended by itself while it was watched; `times` since the last save."""

    service: str
    container: str
    exit_code: int
    times: int
    since_save_s: float | None
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """The same paths change after every restart or build of ours: left alone for a while."""

    service: str
    paths: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything was looked at again, because events may be missing."""

    reason: str
    changed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth a line; `grave` when it stands out."""

    text: str
    grave: bool = False


Happening: TypeAlias = (
    Up
    | Watching
    | Synced
    | NotSynced
    | Recovered
    | Restarted
    | Ran
    | Building
    | Rebuilt
    | Exited
    | Held
    | Looked
    | Note
)
