"""Recordings of this run that more than one drill can judge: a stop and a start each cost the user a moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.drill.live.scene import Place
    from seatrial.drill.recording import Recording


class Kept:
    """By what was recorded and where, in the order of the turns. Branches never share a place, so nothing is locked."""

    def __init__(self) -> None:
        self._recordings: dict[tuple[str, Place], list[Recording]] = {}
        self._taken: Counter[tuple[str, str, Place]] = Counter()

    def keep(self, kind: str, place: Place, recording: Recording) -> None:
        """Something was recorded that others may judge too."""
        self._recordings.setdefault((kind, place), []).append(recording)

    def take(self, drill: str, kind: str, place: Place, record: Callable[[], Recording]) -> Recording:
        """The next recording of that kind that `drill` has not had yet, as its own; a new one when there is none."""
        turn = self._taken[drill, kind, place]
        self._taken[drill, kind, place] += 1
        while len(self._recordings.get((kind, place), ())) <= turn:
            self.keep(kind, place, record())
        return replace(self._recordings[kind, place][turn], drill=drill)
