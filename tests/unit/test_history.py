"""What is kept of runs, and what is called worse than usual: not noise, and no real change missed."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from seatrial.history import keep
from seatrial.history.keep import History
from seatrial.history.regression import exceeded, margin, turned
from seatrial.history.run import Run
from seatrial.project import Project
from seatrial.report.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOISE: dict[str, Callable[[random.Random], float]] = {
    "even": lambda dice: dice.gauss(0.3, 0.03),
    "skewed": lambda dice: 0.2 + dice.lognormvariate(-2.5, 0.8),
    "of two kinds": lambda dice: dice.gauss(0.3 if dice.random() < 0.7 else 1.5, 0.05),
    "slow": lambda dice: dice.gauss(8, 0.8),
    "of whole steps": lambda dice: dice.choice([0.5, 1.0]),
    "with outliers": lambda dice: 0.3 if dice.random() < 0.97 else 0.7,
}


@pytest.mark.parametrize("kind", NOISE)
def test_noise_is_not_called_out(kind: str) -> None:
    dice = random.Random(7)  # noqa: S311
    values = [NOISE[kind](dice) for _ in range(1000)]
    alarms = sum(exceeded(values[at - 100 : at], values[at], margin("stop_s")) is not None for at in range(100, 1000))
    assert alarms / 900 < 0.005


@pytest.mark.parametrize("kind", ["even", "skewed", "slow", "with outliers"])
def test_a_change_that_matters_is_called_out_at_once(kind: str) -> None:
    dice = random.Random(8)  # noqa: S311
    found = 0
    for _ in range(200):
        before = [NOISE[kind](dice) for _ in range(20)]
        found += exceeded(before, 2.5 * max(before) + 0.6, margin("stop_s")) is not None
    assert found == 200


@pytest.mark.parametrize(
    ("name", "before", "now", "called"),
    [
        ("stop_s", [0.3] * 4, 9.0, False),  # too little is known
        ("stop_s", [0.3] * 5, 2.1, True),
        ("stop_s", [0.3] * 5, 0.79, False),  # nobody would notice
        ("start_s", [0.3] * 5, 1.2, False),
        ("start_s", [0.3] * 5, 1.4, True),
        ("start_s", [20.0] * 9, 29.0, False),  # not half as much again
        ("image_bytes", [100e6] * 5, 111e6, True),
        ("image_bytes", [100e6] * 5, 104e6, False),
        ("image_bytes", [10e6] * 5, 14e6, False),
        ("stop_s", [2.1] * 5, 0.3, False),  # it has become better
    ],
)
def test_what_is_called_out(name: str, before: list[float], now: float, *, called: bool) -> None:
    assert (exceeded(before, now, margin(name)) is not None) is called


def test_a_change_is_told_until_it_is_how_things_are() -> None:
    values = [0.3] * 10 + [2.1] * 8
    told = [exceeded(values[:at], values[at], margin("stop_s")) for at in range(10, 18)]
    assert told == [0.3] * 5 + [None] * 3


def test_a_single_outlier_hides_nothing_afterwards() -> None:
    assert exceeded([0.3] * 10 + [9.0] + [0.3] * 3, 2.1, margin("stop_s")) == 0.3


def test_it_is_told_in_words_and_as_data() -> None:
    before = tuple(Run("", {"web": {"stop_s": 0.3, "image_bytes": 1e8}}) for _ in range(6))
    now = Run("", {"web": {"stop_s": 2.1, "image_bytes": 2e8}, "new": {"stop_s": 9.0}})
    compared = Comparison(before, now)
    assert compared.lines == (
        "web: stop took 2.10 s, usually 0.30 s",
        "web: image is 200 MB, usually 100 MB",
    )
    assert compared.data["worse"][0] == {"service": "web", "figure": "stop_s", "now": 2.1, "usual": 0.3}


def graded(*grades: str) -> tuple[Run, ...]:
    return tuple(Run("", verdicts={"web": {"hang": grade}}) for grade in grades)


@pytest.mark.parametrize(
    ("before", "now", "times"),
    [
        (("PASS", "WARN", "PASS"), "FAIL", 3),
        (("FAIL", "PASS", "PASS", "INCONCLUSIVE", "PASS", "PASS"), "FAIL", 4),
        (("PASS", "PASS"), "FAIL", None),
        (("PASS", "PASS", "PASS", "FAIL"), "FAIL", None),
        (("PASS", "PASS", "PASS"), "WARN", None),
        (("PASS", "PASS", "PASS"), "INCONCLUSIVE", None),
    ],
)
def test_a_verdict_that_was_good_for_long_and_fails_is_told(
    before: tuple[str, ...], now: str, times: int | None
) -> None:
    assert next((one.times for one in turned(graded(*before), *graded(now))), None) == times


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Project(tmp_path, (tmp_path / "compose.yaml",), (tmp_path / ".env",), schema=tmp_path / ".env.schema")


def test_runs_are_kept_for_each_checkout_and_kind_and_come_back(project: Project) -> None:
    run = Run("2026-11-25T00:00:00+00:00", {"web": {"stop_s": 0.3}}, {"web": {"hang": "PASS"}})
    keep.remembered("drill", project, "shop", History(), run)
    keep.remembered("drill", project, "shop", keep.recalled("drill", project, "shop"), run)
    assert keep.recalled("drill", project, "shop") == History((run, run))
    assert keep.recalled("up", project, "shop") == History()
    assert keep.place("drill", project, "shop").stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_bounded_in_number_and_size() -> None:
    assert len(keep.bounded([Run("", {"web": {"stop_s": 0.3}})] * 500)) == keep.MOST_RUNS
    big = Run("", {f"service-{number}": {"stop_s": 0.3} for number in range(2000)})
    kept = keep.bounded([big] * 200)
    assert 1 < len(kept) < 100
    assert len(json.dumps(kept)) <= keep.MOST_BYTES + 1000


@pytest.mark.parametrize(
    ("text", "says", "left"),
    [
        ('{"version": 2, "runs": "other"}', "version 2; this seatrial reads version 1 and leaves it", True),
        ('{"version": 0}', "version 0", True),
        ("[]", "version None", True),
        ("{broken", "cannot be read: it is begun anew", False),
        ('{"version": 1, "runs": [{"at": 1}]}', "begun anew", False),
        ('{"version": 1, "runs": [{"at": "", "figures": {"web": {"stop_s": NaN}}}]}', "begun anew", False),
    ],
)
def test_what_is_not_ours_is_told_and_that_of_another_version_left_alone(
    project: Project, text: str, says: str, *, left: bool
) -> None:
    file = keep.place("drill", project, "shop")
    keep.remembered("drill", project, "shop", History(), Run("", {"web": {"stop_s": 0.3}}))
    file.write_text(text)
    found = keep.recalled("drill", project, "shop")
    assert found.runs == ()
    assert says in found.trouble
    keep.remembered("drill", project, "shop", found, Run("", {"web": {"stop_s": 0.4}}))
    assert (file.read_text() == text) is left
