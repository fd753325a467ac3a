"""Why a rule cannot be followed, as a value, and all of that as one error. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine.translate_watch import which
from seatrial.errors import ConfigurationInvalid, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seatrial.errors import SeatrialError

    # Where the rule of a service with this number stands: `FILE:LINE`; "" where that is not known.
    Place = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with a rule: the `number`-th of its service, from 1."""

    service: str
    number: int
    what: str
    fix: str

    def error(self, place: Place) -> ConfigurationInvalid:
        """It as an error, with where it stands."""
        at = place(self.service, self.number)
        text = f"{which(self.service, self.number)} {self.what}"
        return ConfigurationInvalid(text, fix=self.fix, detail=(at,) if at else ())


def nowhere(_service: str, _number: int) -> str:
    """A place that is not known."""
    return ""


def refusal(troubles: Iterable[Trouble], place: Place = nowhere) -> SeatrialError:
    """All of them in one go; there is at least one."""
    return together([one.error(place) for one in troubles])
