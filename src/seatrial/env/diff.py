"""What differs between the env file, the schema and the containers that run now. Names only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.env.known import is_tools_own
from seatrial.env.verify import Mismatch, mismatches

if TYPE_CHECKING:
    from seatrial.engine import Engine
    from seatrial.env.examination import Examination


@dataclass(frozen=True, slots=True)
class Difference:
    """Names by where they are missing, and containers whose environment is not what they would get now.

    Attributes:
        not_in_file: the schema has them, the env file has not.
        not_in_schema: the env file has them, the schema has not.
        outdated: containers that run with another environment; `up` recreates their services.
    """

    not_in_file: tuple[str, ...] = ()
    not_in_schema: tuple[str, ...] = ()
    outdated: tuple[Mismatch, ...] = ()

    @property
    def recreate(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mismatch.service for mismatch in self.outdated))


def compared(found: Examination, engine: Engine) -> Difference:
    """Compare; the containers only where the model could be resolved."""
    declared = found.schema.keys if found.schema else ()
    written = found.files[0].keys if found.files else frozenset[str]()
    outdated: tuple[Mismatch, ...] = ()
    if found.stack:
        snapshot = engine.snapshot(found.stack.name)
        actual = engine.environments([c.id for c in snapshot.containers])
        outdated = mismatches(found.contained, snapshot, actual)
    return Difference(
        tuple(key for key in declared if key not in written),
        tuple(sorted(key for key in written if key not in declared and not is_tools_own(key))) if declared else (),
        outdated,
    )
