"""The runs of a container since it was last started by hand, as far as they are known.

The engine keeps the number of restarts, the start of the current run and the end of the one before. Earlier commands
and this one have seen more: that is carried along as a value, and kept on disk.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from seatrial import kept
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.observed import Container
    from seatrial.project import Project

# A run this long was no failed start: failures are counted from its end on.
LONG_S = 60.0
# The engine's own measure: after a run this long its pauses between restarts begin at their shortest again.
_SHORT_S = 10.0


@dataclass(frozen=True, slots=True)
class Runs:
    """What has been seen of one container.

    Attributes:
        started_at: of the last run that was seen; `ended` whether its end counts already.
        at_rest: whether it did not run, and was not to be restarted by its policy.
        seen_ns: the last moment that is known of it, engine's clock.
        since_ns: it was last started by hand after this moment, engine's clock; 0 when that is not known.
        restarts: the engine's counter then.
        base: the counter from which failed runs count; None when nothing before this was seen.
        seen: how many of these failed runs were seen, and the `longest_s` of them.
        up_ns: when it first counted as up in its last run, engine's clock; 0 when it did not.
    """

    started_at: str
    ended: bool = False
    at_rest: bool = False
    seen_ns: int = 0
    since_ns: int = 0
    restarts: int = 0
    base: int | None = 0
    seen: int = 0
    longest_s: float = 0.0
    up_ns: int = 0


def follow(known: Runs | None, container: Container, running_s: float = 0.0) -> Runs:
    """What is known once the container was seen like this; `running_s` is the age of its current run. Pure."""
    count, ended = container.restart_count, container.state == "restarting"
    if known is None:
        known = unknown(container)
    elif count < known.restarts or (known.at_rest and container.started_at != known.started_at):
        # It was started by hand: the engine's counter has begun again.
        known = Runs(container.started_at, ended=True, since_ns=known.seen_ns or moment_ns(container.created_at))
    if count == known.restarts + 1 and (ended or not known.ended):
        began = container.started_at if ended else known.started_at
        known = _with_end(known, (moment_ns(container.finished_at) - moment_ns(began)) / 1e9)
    up_ns = known.up_ns if container.started_at == known.started_at else 0
    known = replace(
        known,
        started_at=container.started_at,
        ended=ended,
        at_rest=container.state in ("created", "exited", "dead"),
        seen_ns=max(moment_ns(container.started_at), moment_ns(container.finished_at)),
        restarts=count,
        up_ns=up_ns,
    )
    if container.state == "running" and running_s >= LONG_S:
        return replace(known, base=count, seen=0, longest_s=0.0)
    return known


def unknown(container: Container) -> Runs:
    """Of one that was not seen before. Pure."""
    count = container.restart_count
    since_ns = moment_ns(container.created_at)
    return Runs(container.started_at, since_ns=since_ns, restarts=count, base=None if count else 0)


def _with_end(known: Runs, run_s: float) -> Runs:
    if run_s >= LONG_S:
        return replace(known, base=known.restarts, seen=1, longest_s=0.0)
    return replace(known, seen=known.seen + 1, longest_s=max(known.longest_s, run_s))


def failed_runs(container: Container, runs: Runs) -> int:
    """How many of its runs have failed, one after the other. Pure."""
    if runs.base is not None:
        return container.restart_count - runs.base
    return container.restart_count if _mean_s(container, runs) < LONG_S else min(container.restart_count, 1)


def proof_s(container: Container, runs: Runs, stable_s: float) -> float:
    """How long a run has to last before the container counts as up: twice as long as those that failed. Pure.

    The lengths of short runs vary with the load: after three failed runs, it is three times `stable_s` at least.
    A check that passes (`stable_s` is 0 then) outweighs one failed run.
    """
    count = failed_runs(container, runs)
    stable_s *= min(max(count, 1), 3)
    if count == 0 or (count == 1 and stable_s == 0):
        return stable_s
    longest_s = runs.longest_s
    if runs.seen < count:
        mean_s = _mean_s(container, runs)
        longest_s = max(longest_s, mean_s if mean_s < LONG_S else _SHORT_S / 2)
    return max(stable_s, min(2 * longest_s, _SHORT_S) if count == 1 else 2 * longest_s)


def last_run_s(container: Container) -> float:
    """How long the run that has ended lasted."""
    return max(moment_ns(container.finished_at) - moment_ns(container.started_at), 0) / 1e9


def moment_ns(stamp: str) -> int:
    """An engine's time since the epoch; 0 for never. Pure."""
    return nanoseconds(stamp) if stamp else 0


def _mean_s(container: Container, runs: Runs) -> float:
    """From one start to the next, on average, at most."""
    if not runs.since_ns or not container.restart_count:
        return 0.0
    return max(moment_ns(container.started_at) - runs.since_ns, 0) / 1e9 / container.restart_count


def save(project: Project, name: str, runs: Mapping[str, Runs]) -> None:
    """Keep what is known, by container id, of the project called `name`."""
    with suppress(OSError):  # a disk that does not let us is no reason to fail
        kept.save(kept.of_checkout("runs", project, name), {key: asdict(one) for key, one in runs.items()})


def load(project: Project, name: str) -> dict[str, Runs]:
    """What was kept; empty where nothing is that can be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        return {key: Runs(**told) for key, told in kept.load(kept.of_checkout("runs", project, name)).items()}
    return {}
