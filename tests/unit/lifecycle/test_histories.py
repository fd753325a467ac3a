"""Whole histories of containers: is the same stack judged the same at any moment, and never too early?"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seatrial.engine.observed import Container, Health, Probe, Snapshot
from seatrial.engine.stamps import nanoseconds
from seatrial.lifecycle.readiness import Standing, Verdict, Watched, judge, up_since_ns
from seatrial.lifecycle.runs import Runs, failed_runs, follow, proof_s
from seatrial.stack import Dependency, HealthCheck, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_LIMIT_S = 120.0
_LONGEST_PAUSE_S = 60.0


def stamp(at_s: float) -> str:
    return (_BEGIN + timedelta(seconds=at_s)).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Run:
    """One run; an `end_s` of infinity is none."""

    start_s: float
    end_s: float


def history(lengths: Iterable[float], until_s: float = 400.0) -> list[Run]:
    """The runs of a container with `restart: always`: the engine doubles its pause after each run below 10 s."""
    runs: list[Run] = []
    at_s, pause_s = 0.5, 0.1
    for length_s in lengths:
        runs.append(Run(at_s, at_s + length_s))
        pause_s = 0.1 if length_s >= 10 else pause_s
        at_s += length_s + pause_s
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        if at_s > until_s:
            break
    return runs


def container(runs: list[Run], at_s: float) -> Container:
    """It at that moment, as `docker inspect` shows it."""
    number = max(index for index, run in enumerate(runs) if run.start_s <= at_s)
    run = runs[number]
    ended = run.end_s <= at_s
    before_s = run.end_s if ended else runs[number - 1].end_s if number else None
    return Container(
        "app1",
        "shop-app-1",
        "app",
        "restarting" if ended else "running",
        exit_code=3 if ended else 0,
        restart_count=number + ended,
        restart_policy="always",
        created_at=stamp(0),
        started_at=stamp(run.start_s),
        finished_at=stamp(before_s) if before_s is not None else "0001-01-01T00:00:00Z",
    )


def database(at_s: float, ready_s: float) -> Container:
    """One with a health check, probed every second, that passes from `ready_s` on."""
    probes = [Probe(int(t < ready_s), "", stamp(t), stamp(t)) for t in range(1, int(at_s) + 1)][-5:]
    health = Health("healthy" if probes and not probes[-1].exit_code else "starting", 0, tuple(probes))
    return Container("db1", "shop-db-1", "db", "running", health, started_at=stamp(0), created_at=stamp(0))


SHOP = (Service("db", healthcheck=HealthCheck(("CMD", "ask"))), Service("app", restart="always"))
DECLARED = (SHOP[0], replace(SHOP[1], depends_on=(Dependency("db"),)))


def up(
    runs: list[Run], at_s: float, ready_s: float, services: tuple[Service, ...], known: dict[str, Runs]
) -> tuple[Verdict, float]:
    """An `up` that begins then: it judges at every event and every second; the verdict on `app`, and when."""
    stack = Stack("shop", services)
    moments = {t for run in runs for t in (run.start_s, run.end_s) if at_s < t < at_s + _LIMIT_S}
    for now_s in chain([at_s], sorted(moments | {at_s + n for n in range(1, int(_LIMIT_S))})):
        there = (database(now_s, ready_s), container(runs, now_s))
        ages = {c.id: now_s - (nanoseconds(c.started_at) / 1e9 - _BEGIN.timestamp()) for c in there}
        for c in there:
            known[c.id] = follow(known.get(c.id), c, ages[c.id])
        left_s = at_s + _LIMIT_S - now_s
        watched = Watched(ages, known, left_s=left_s)
        verdicts = judge(stack, stack.names, Snapshot(there), watched)
        for c, verdict in zip(there, verdicts, strict=True):
            if verdict.standing is Standing.READY and not known[c.id].up_ns:
                known[c.id] = replace(known[c.id], up_ns=up_since_ns(c, watched))
        if any(v.standing is Standing.FAILED for v in verdicts) or all(v.standing is Standing.READY for v in verdicts):
            break
    return verdicts[1], now_s


def calls(
    runs: list[Run], moments: Iterable[float], ready_s: float, services: tuple[Service, ...], *, kept: bool
) -> Iterator[Standing]:
    """Several `up` one after the other, with or without what the one before has kept on disk."""
    known: dict[str, Runs] = {}
    ended_s = 0.0
    for at_s in sorted(moments):
        verdict, ended_s = up(runs, max(at_s, ended_s), ready_s, services, known)
        yield verdict.standing
        known = {key: Runs(**json.loads(json.dumps(asdict(one)))) for key, one in known.items()} if kept else {}


@pytest.mark.parametrize("services", [SHOP, DECLARED])
@given(
    length_s=st.floats(0.05, 25.0),
    later=st.lists(st.floats(0.0, 200.0), min_size=1, max_size=4),
    kept=st.booleans(),
)
@example(length_s=2.0, later=[0.0, 0.5, 1.9, 2.05, 3.0, 20.0], kept=False)
@example(length_s=15.0, later=[0.0, 5.0, 14.0, 15.05, 16.0, 20.0], kept=True)
@settings(max_examples=20)
def test_an_endless_crash_loop_is_one_at_any_moment(
    services: tuple[Service, ...], length_s: float, later: list[float], *, kept: bool
) -> None:
    runs = history(repeat(length_s), 1000.0)
    fifth_s = runs[4].end_s
    found = calls(runs, [fifth_s + at_s for at_s in later], 1.0, services, kept=kept)
    assert set(found) == {Standing.FAILED}


@pytest.mark.parametrize("services", [SHOP, DECLARED])
@given(ready_s=st.floats(0.5, 40.0), length_s=st.floats(0.05, 3.0), begins_s=st.floats(0.6, 60.0), kept=st.booleans())
@example(ready_s=8.0, length_s=0.05, begins_s=0.6, kept=False)
@example(ready_s=8.0, length_s=0.05, begins_s=9.0, kept=False)
@settings(max_examples=20)
def test_what_restarts_until_the_database_is_there_is_never_called_a_crash_loop(
    services: tuple[Service, ...], ready_s: float, length_s: float, begins_s: float, *, kept: bool
) -> None:
    tries = history(repeat(length_s), 200.0)
    there_s = next(float(t) for t in range(1, 100) if t >= ready_s)  # when the engine's probe says so
    good = next(run for run in tries if run.start_s > there_s)
    runs = [*tries[: tries.index(good)], Run(good.start_s, float("inf"))]
    assert set(calls(runs, [begins_s, begins_s + 20], ready_s, services, kept=kept)) == {Standing.READY}


@given(crashes=st.integers(0, 4), length_s=st.floats(0.05, 20.0), begins_s=st.floats(0.6, 100.0))
@settings(max_examples=20)
def test_a_few_crashes_are_no_loop(crashes: int, length_s: float, begins_s: float) -> None:
    tries = history(repeat(length_s, crashes + 1))
    runs = [*tries[:crashes], Run(tries[crashes].start_s, float("inf"))]
    assert set(calls(runs, [begins_s], 1.0, SHOP, kept=False)) == {Standing.READY}


def test_a_loop_that_nothing_can_change_is_recognised_early() -> None:
    runs = history(repeat(0.05))
    verdict, at_s = up(runs, 0.6, 1.0, SHOP, {})
    assert (verdict.standing, verdict.reason) == (Standing.FAILED, "crash loop: restarted 5 times, last exit code 3")
    assert at_s < 6


def test_a_try_from_before_our_own_probe_passed_proves_nothing() -> None:
    runs, stack = history(repeat(0.05)), Stack("shop", DECLARED)
    there = (database(5, 100), container(runs, 5.0))
    passed_ns = int((_BEGIN.timestamp() + 4.9) * 1e9)
    for passed, standing in (
        ({}, Standing.WAITING),
        ({"db1": passed_ns}, Standing.WAITING),
        ({"db1": 1}, Standing.FAILED),
    ):
        assert judge(stack, stack.names, Snapshot(there), Watched(passed=passed))[1].standing is standing


def test_an_old_container_that_crashed_once_is_up_again_soon() -> None:
    long_s = 5 * 24 * 3600.0
    runs = [Run(0.5, long_s), Run(long_s + 0.1, float("inf"))]
    stack = Stack("shop", (SHOP[1],))
    for age_s, standing in ((0.4, Standing.WAITING), (10.0, Standing.READY)):
        c = container(runs, long_s + 0.1 + age_s)
        (verdict,) = judge(stack, ["app"], Snapshot((c,)), Watched({c.id: age_s}))
        assert verdict.standing is standing


def test_a_container_that_was_started_by_hand_begins_again() -> None:
    hour_s = 3600.0
    loop = history(repeat(0.05))
    stopped = replace(container(loop, 5.0), state="exited", finished_at=stamp(hour_s))
    # Its first run after that has failed at once, and was not seen; the second one lasts.
    runs = [Run(hour_s + 1, hour_s + 1.05), Run(hour_s + 1.15, float("inf"))]
    known = follow(follow(None, container(loop, 5.0)), stopped)
    again = container(runs, hour_s + 2.2)
    assert failed_runs(again, follow(known, again)) == 1
    assert proof_s(again, follow(known, again), 1.0) < 3
    assert proof_s(again, follow(known, again), 0.0) == 0  # its check passes
    ended = container(runs, hour_s + 1.06)
    assert proof_s(again, follow(follow(known, ended), again), 1.0) == 1.0


def test_a_probe_of_the_run_before_is_not_when_it_came_up() -> None:
    probes = (Probe(0, "", stamp(3), stamp(3)), Probe(1, "", stamp(8), stamp(8)), Probe(0, "", stamp(9), stamp(9)))
    again = replace(database(9, 1), started_at=stamp(7), health=Health("healthy", 0, probes))
    assert up_since_ns(again, Watched()) == nanoseconds(stamp(9))
