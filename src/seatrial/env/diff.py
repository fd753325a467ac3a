"""What differs between the env file, the schema and the containers that run now. Names only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.joined import joined
from seatrial.env.known import is_tools_own
from seatrial.env.verify import Mismatch, mismatches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot
    from seatrial.env.examination import Examination
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Difference:
    """Names by where they are missing, and containers whose environment is not what they would get now.

    Attributes:
        not_in_file: the schema has them, the env file has not.
        not_in_schema: the env file has them, the schema has not.
        outdated: containers that run with another environment.
        recreate: services of which `up` makes new containers, in the order of the model: for their environment, or for
            something else in their configuration.
        compared: whether the containers were looked at; they are not while the environment has errors.
    """

    not_in_file: tuple[str, ...] = ()
    not_in_schema: tuple[str, ...] = ()
    outdated: tuple[Mismatch, ...] = ()
    recreate: tuple[str, ...] = ()
    compared: bool = True


def compared(found: Examination, engine: Engine) -> Difference:
    """Compare; the containers only where the model could be resolved."""
    declared = found.schema.by_key() if found.schema else {}
    written = dict.fromkeys(s.key for file in found.own_files for s in file.statements if s.fault is None)
    lacking = tuple(key for key in declared if key not in written)
    strange = tuple(sorted(k for k in written if k not in declared and not is_tools_own(k))) if declared else ()
    if found.stack is None:
        return Difference(lacking, strange, compared=False)
    snapshot = engine.snapshot(found.stack.name)
    actual = engine.environments([container.id for container in snapshot.containers])
    known = {*declared, *written, *(key for file in found.files for key in file.keys)}
    changed = set(_changed(engine, found.stack, snapshot))
    outdated = tuple(
        mismatch
        for mismatch in mismatches(found.contained, snapshot, actual, known)
        # A variable too many in a container that is as it should be is the image's.
        if mismatch.changed or mismatch.missing or mismatch.service in changed
    )
    stale = changed | {mismatch.service for mismatch in outdated}
    return Difference(lacking, strange, outdated, tuple(name for name in found.stack.names if name in stale))


def _changed(engine: Engine, stack: Stack, snapshot: Snapshot) -> Iterator[str]:
    """Services with a container that was made from another configuration."""
    hashes = engine.config_hashes(joined(stack, snapshot)) if snapshot.containers else {}
    for name in stack.names:
        if any(container.config_hash != hashes.get(name) for container in snapshot.of(name)):
            yield name
