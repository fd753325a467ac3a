"""What sets a container apart from one that is as it should be, beside its state. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.observed import Container


@dataclass(frozen=True, slots=True)
class Marks:
    """What `ps` and `status` say of containers that run and are not what they seem.

    Attributes:
        orphans: ids of those whose service is not in the compose files.
        cut_off: by id, the service whose namespace it shares, and which was started after it or has ended.
    """

    orphans: frozenset[str] = frozenset()
    cut_off: Mapping[str, str] = field(default_factory=dict)

    def of(self, container: Container) -> str:
        """In words; "" for nothing."""
        words = ["orphan"] if container.id in self.orphans else []
        words += [f"cut off from {self.cut_off[container.id]}"] if container.id in self.cut_off else []
        return ", ".join(words)

    def as_json(self, container: Container) -> dict[str, Any]:
        return {"orphan": container.id in self.orphans, "cut_off_from": self.cut_off.get(container.id)}
