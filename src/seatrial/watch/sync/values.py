"""What is to be sent to a container, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.watch.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Sent:
    """One path as a container has it from us.

    Attributes:
        stamp: that of the host when it was read.
        digest: SHA-256 of the content in hexadecimal; of a link its text; of a folder "".
    """

    stamp: Stamp
    digest: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one container lacks.

    Attributes:
        put: path in the container -> path on the host; of a folder the folder alone, not what is in it.
        delete: paths in the container, with all that is below; a parent may stand for its children.
    """

    put: Mapping[str, str]
    delete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What has become of a batch: each path of it is in one of the first four.

    Attributes:
        sent: what is there now, also where it was there before with the same content.
        deleted: those of `Batch.delete` that are gone, whoever took them away.
        failed: path in the container -> reason; the others have been dealt with all the same.
        again: vanished, or changed while they were read: to be looked at again. What is in the container may be a part.
        skipped: how many of `sent` were not sent, being of equal content.
        size: bytes of content that were sent.
        seconds: from the first look at the host to the last answer.
        kept: those of `deleted` that are folders and still there, as they hold files that were not sent.
        absent: those of `deleted` that were not there.
    """

    sent: Mapping[str, Sent]
    deleted: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()
    skipped: int = 0
    size: int = 0
    seconds: float = 0.0
    kept: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
