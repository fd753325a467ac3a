"""Did the containers get what was validated? Pure: names are told, values never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seatrial.engine.observed import Container, Snapshot
    from seatrial.env.secret import Secret


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One container whose environment is not the validated one.

    Attributes:
        changed: variables with another value; `missing`: variables that it should have; `extra`: variables that it
            should not have; all sorted.
    """

    service: str
    container: str
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = []
        if self.changed:
            parts.append(f"has another value of {', '.join(self.changed)}")
        if self.missing:
            parts.append(f"lacks {', '.join(self.missing)}")
        if self.extra:
            parts.append(f"still has {', '.join(self.extra)}")
        return f"{self.container} {' and '.join(parts)}"


def mismatches(
    wanted: Mapping[str, Mapping[str, Secret]],
    snapshot: Snapshot,
    actual: Mapping[str, Mapping[str, str]],
    known: Collection[str] = (),
) -> tuple[Mismatch, ...]:
    """Compare what each service was to get with `Config.Env` of its containers (`actual`, by container id).

    What an image adds by itself is no mismatch; only a variable out of `known` can be one too many.
    """
    found = [
        _mismatch(container, wanted[container.service], actual[container.id], known)
        for container in snapshot.containers
        if container.service in wanted and container.id in actual and not container.one_off
    ]
    return tuple(m for m in found if m.changed or m.missing or m.extra)


def _mismatch(
    container: Container, wanted: Mapping[str, Secret], actual: Mapping[str, str], known: Collection[str]
) -> Mismatch:
    changed = (key for key, secret in wanted.items() if key in actual and actual[key] != secret.reveal())
    missing = (key for key in wanted if key not in actual)
    extra = (key for key in actual if key not in wanted and key in known)
    return Mismatch(
        container.service, container.name, tuple(sorted(changed)), tuple(sorted(missing)), tuple(sorted(extra))
    )
