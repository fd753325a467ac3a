"""Did the containers get what was validated? Pure: names are told, values never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.env.secret import Secret


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One container whose environment is not the validated one.

    Attributes:
        changed: variables with another value; `missing`: variables that it should have; both sorted.
    """

    service: str
    container: str
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = []
        if self.changed:
            parts.append(f"has another value of {', '.join(self.changed)}")
        if self.missing:
            parts.append(f"lacks {', '.join(self.missing)}")
        return f"{self.container} {' and '.join(parts)}"


def mismatches(
    wanted: Mapping[str, Mapping[str, Secret]], snapshot: Snapshot, actual: Mapping[str, Mapping[str, str]]
) -> tuple[Mismatch, ...]:
    """Compare what each service was to get with `Config.Env` of its containers (`actual`, by container id).

    What an image adds by itself is no mismatch.
    """
    found = [
        _mismatch(container, wanted[container.service], actual[container.id])
        for container in snapshot.containers
        if container.service in wanted and container.id in actual and not container.one_off
    ]
    return tuple(m for m in found if m.changed or m.missing)


def _mismatch(container: Container, wanted: Mapping[str, Secret], actual: Mapping[str, str]) -> Mismatch:
    changed = (key for key, secret in wanted.items() if key in actual and actual[key] != secret.reveal())
    missing = (key for key in wanted if key not in actual)
    return Mismatch(container.service, container.name, tuple(sorted(changed)), tuple(sorted(missing)))
