"""Puts archives into a container; when one is refused, finds out which of its paths is to blame."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed
from seatrial.watch.sync import extracting
from seatrial.watch.sync.packing import Packing
from seatrial.watch.sync.reasons import concerns_all, is_conflict, readable
from seatrial.watch.sync.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.outcome import Outcome
    from seatrial.watch.sync.placing import Placed, Way
    from seatrial.watch.sync.removing import Removing
    from seatrial.watch.sync.values import Sent

# Without progress: the engine may be busy with the last megabytes, or with others' containers.
_LIMIT_S = 120.0
# Archives of a batch that may be refused before what is left is not divided any more: a full disk refuses them all.
_REFUSALS = 40


class Putting:
    """The puts of one batch."""

    def __init__(
        self, engine: Engine, where: Destination, known: Mapping[str, Sent], outcome: Outcome, removing: Removing
    ) -> None:
        """Do nothing yet."""
        self._engine, self._where, self._known, self._outcome = engine, where, known, outcome
        self._removing = removing
        self._refusals = 0

    def put(self, way: Way, placed: Sequence[Placed]) -> None:
        """All by one archive, or by halves and halves of them. Raises `ContainerGone`, `EngineUnreachable`."""
        words = self._put(way, placed)
        if words is None:
            return
        if way.inside and words == extracting.no_tar(way.base):
            Writing(self._engine, self._where, self._outcome, self._removing, words[0]).write(placed)
            return
        self._refusals += 1
        if len(placed) == 1 and is_conflict(words):
            reason = self._removing.make_room(placed[0])
            words = (reason,) if reason else self._put(way, placed)
            if words is None:
                return
        if len(placed) == 1 or self._refusals > _REFUSALS or concerns_all(words):
            reason = readable(words)
            self._outcome.failed |= dict.fromkeys((one.path for one in placed), reason)
            return
        middle = len(placed) // 2
        self.put(way, placed[:middle])
        self.put(way, placed[middle:])

    def _put(self, way: Way, placed: Sequence[Placed]) -> tuple[str, ...] | None:
        """The words of a refusal."""
        packing = Packing(self._where, self._known, exact=not way.inside)
        pieces = packing.archive(placed)
        first = next(pieces, None)
        if first is not None:
            archive = chain((first,), pieces)
            try:
                if way.inside:
                    words = extracting.extract(self._engine, self._where, way.base, archive, _LIMIT_S)
                    if words is not None:
                        return words
                else:
                    self._engine.put(self._where.container_id, way.base, archive, _LIMIT_S)
            except ContainerGone:
                raise
            except RunFailed as error:
                return error.detail or (error.what,)
        self._outcome.take(packing)
        if not way.inside:
            self._where.folders |= packing.made
        return None
