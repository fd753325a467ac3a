"""A run beside those before it: what has become worse, in words and as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seatrial.history.regression import regressions, turned
from seatrial.history.run import Run

_WORDS = {
    "stop_s": "stop",
    "start_s": "start",
    "cold_start_s": "cold start",
    "back_after_crash_s": "way back after a crash",
    "image_bytes": "image",
    "ready_s": "start",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run, and those before it, oldest first."""

    before: tuple[Run, ...]
    now: Run

    @property
    def lines(self) -> tuple[str, ...]:
        """What has become worse, a line each: `web: stop took 2.10 s, usually 0.30 s`."""
        grown = (worse(one.service, one.name, one.now, one.usual) for one in regressions(self.before, self.now))
        failing = (
            f"{one.service}: {one.drill} fails; it was good the last {one.times} times"
            for one in turned(self.before, self.now)
        )
        return (*grown, *failing)

    @property
    def data(self) -> dict[str, Any]:
        """The same for programs; docs/json.md tells every key."""
        return {
            "worse": [
                {"service": one.service, "figure": one.name, "now": one.now, "usual": one.usual}
                for one in regressions(self.before, self.now)
            ],
            "newly_failing": [
                {"service": one.service, "drill": one.drill, "good_before": one.times}
                for one in turned(self.before, self.now)
            ],
        }


ALONE = Comparison((), Run(""))


def name(figure: str) -> str:
    return _WORDS.get(figure, figure)


def value(figure: str, number: float) -> str:
    """With its unit: `0.31 s`, `146 MB`."""
    return f"{number / 1e6:.0f} MB" if figure.endswith("_bytes") else f"{number:.2f} s"


def worse(service: str, figure: str, now: float, usual: float) -> str:
    verb = "is" if figure.endswith("_bytes") else "took"
    return f"{service}: {name(figure)} {verb} {value(figure, now)}, usually {value(figure, usual)}"
