"""What becomes of a batch, while it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.watch.sync.values import Delivered, Sent

if TYPE_CHECKING:
    from seatrial.watch.sync.packing import Packing


@dataclass
class Outcome:
    """As in `Delivered`."""

    sent: dict[str, Sent] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    skipped: int = 0
    size: int = 0

    def take(self, packed: Packing) -> None:
        """Of an archive that has been extracted."""
        self.sent |= packed.sent
        self.failed |= packed.failed
        self.again |= packed.again
        self.skipped += len(packed.skipped)
        self.size += packed.size

    def delivered(self, seconds: float) -> Delivered:
        return Delivered(
            self.sent,
            frozenset(self.deleted),
            self.failed,
            frozenset(self.again),
            self.skipped,
            self.size,
            seconds,
            frozenset(self.kept),
            frozenset(self.absent),
        )
