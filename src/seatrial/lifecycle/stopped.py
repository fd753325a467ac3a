"""How a container was stopped: what of its grace it used, and whether it had to be killed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine.facts import Facts
    from seatrial.engine.observed import Container, Event
    from seatrial.errors import SeatrialError

DEFAULT_GRACE_S = 10
_SIGKILL = "9"
_NS = 1e9
# The engine looks at its clock after it has sent the signal.
_GUARD_S = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """One order to stop, by our clock.

    Attributes:
        at_s: when it was given, in seconds since the first one.
        seconds: what it took until the engine took the container for stopped.
    """

    at_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end of one container.

    Attributes:
        container: its name.
        used_s: seconds from the signal to the end of its main process; None when it needed no signal.
        grace_s: seconds that it had; None is no limit.
        exit_code: None when nobody can tell, because it was removed meanwhile.
        killed: whether it got SIGKILL after the signal that asks.
    """

    service: str
    container: str
    asked: Asked
    used_s: float | None
    grace_s: int | None
    exit_code: int | None
    killed: bool = False

    @property
    def overdue(self) -> bool:
        """Whether the grace was over when it was killed; else somebody else did it."""
        return self.killed and self.grace_s is not None and (self.used_s or 0.0) >= self.grace_s - _GUARD_S


@dataclass(frozen=True, slots=True)
class Stops:
    """The end of a `stop`, in the order in which the containers ended.

    Attributes:
        seconds: the whole of it.
        failures: by service, why it could not be stopped.
        left: services that were not stopped, because one that needs them runs on.
        again: names of containers that run, for somebody has started them again.
        kept: what `down` was to remove and is still there, as a step of the plan names it, and why.
    """

    stopped: tuple[Stopped, ...] = ()
    seconds: float = 0.0
    failures: Mapping[str, SeatrialError] | None = None
    left: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    kept: Mapping[str, SeatrialError] = field(default_factory=dict)

    @property
    def killed(self) -> tuple[Stopped, ...]:
        return tuple(one for one in self.stopped if one.killed)


def grace_of(facts: Facts, wanted_s: int | None) -> int | None:
    """Seconds between signal and SIGKILL: `wanted_s` for all, else its own; None is no limit."""
    own_s = DEFAULT_GRACE_S if facts.stop_timeout_s is None else facts.stop_timeout_s
    grace_s = own_s if wanted_s is None else wanted_s
    return None if grace_s < 0 else grace_s


def stopped(
    before: Container, grace_s: int | None, asked: Asked, after: Container | None, told: Iterable[Event]
) -> Stopped:
    """What became of `before`; `after` is a look at it when it had ended, `told` the events since before the order."""
    own = [event for event in told if event.container_id == before.id]
    kills = [event for event in own if event.action == "kill"]
    return Stopped(
        before.service,
        before.name,
        asked,
        _used_s(kills, own, after),
        grace_s,
        after.exit_code if after else _exit_code(own),
        # The signal that asks may be SIGKILL itself.
        any(event.attributes.get("signal") == _SIGKILL for event in kills[1:]),
    )


def _used_s(kills: Sequence[Event], own: Sequence[Event], after: Container | None) -> float | None:
    if not kills:
        return None
    # What inspection tells is containerd's time; the `die` event comes a tenth of a second later.
    died_ns = next((event.time_ns for event in own if event.action == "die"), 0)
    ended_ns = nanoseconds(after.finished_at) if after and after.finished_at else died_ns
    return max(ended_ns - kills[0].time_ns, 0) / _NS if ended_ns else None


def _exit_code(own: Iterable[Event]) -> int | None:
    codes = (event.attributes.get("exitCode", "") for event in own if event.action == "die")
    return next((int(code) for code in codes if code.isdigit()), None)
