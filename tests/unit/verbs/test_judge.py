"""`drill.judge` on journals that somebody has edited, and on those of runs that were made here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from invoke import Exit

from seatrial.history import keep
from seatrial.history.run import Run
from seatrial.kept import of_checkout, save
from seatrial.project import Project
from seatrial.stack import Stack
from seatrial.testing import MemoryEngine, context
from seatrial.verbs.drill.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = Path(__file__).parents[2] / "data" / "recordings" / "stops.json"
BEGAN = "2026-11-25T04:00:00+01:00"
Judged = dict[str, Any]


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Judges one recording of a file with `edit` made to it; gives the page."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compose.yaml").write_text("services: {}\n")

    def judged(edit: Callable[[Judged], object] = lambda _: None) -> str:
        told = json.loads(RECORDED.read_text(encoding="utf-8"))
        (recording,) = [one for one in told["recordings"] if one["service"] == "busybox-stays"]
        edit(recording)
        told |= {"project": "shop", "recordings": [recording], "run": {"began": BEGAN}}
        (tmp_path / "j").write_text(json.dumps(told))
        with pytest.raises(Exit) as end:
            judge(
                context(MemoryEngine(Stack("shop")), compose_file=tmp_path / "compose.yaml"),
                journal=str(tmp_path / "j"),
                html=str(tmp_path / "page.html"),
            )
        page = tmp_path / "page.html"
        assert end.value.code == (1 if page.exists() else 2)
        return page.read_text(encoding="utf-8") if page.exists() else ""

    return judged


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda one: one["ended"].update(finished_at="yesterday"), "yesterday"),
        (lambda one: one["control"]["events"][0].update(attributes={"signal": "x"}), "x"),
    ],
)
def test_what_no_drill_records_is_refused_and_no_page_is_written(
    edit: Callable[[Judged], object], word: str, judged: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not judged(edit)
    told = capsys.readouterr().err
    assert "holds what no drill records" in told
    assert word in told


def test_half_a_character_in_a_name_is_shown_as_none(
    judged: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = judged(lambda one: one.update(service="\ud800web"))
    assert "busybox-stays" not in capsys.readouterr().out
    assert "web" in page


def test_how_it_came_up_and_was_before_is_told_of_a_run_that_was_made_here_and_nothing_that_came_later(
    judged: Callable[..., str], tmp_path: Path
) -> None:
    parts = ('id="history"', 'id="start"')
    assert [part in judged() for part in parts] == [False, False]
    here = Project(tmp_path, (tmp_path / "compose.yaml",))
    times = ("2026-11-24T00:00:00+00:00", "2026-11-25T03:00:00+00:00", "2026-11-26T00:00:00+00:00")
    runs = [Run(at, {"busybox-stays": {"stop_s": stop_s}}) for at, stop_s in zip(times, (1.0, 2.1, 99.0), strict=True)]
    save(keep.place("drill", here, "shop"), {"version": 1, "runs": keep.bounded(runs)})
    times_of = {"web": {"created": 0.1, "started": 0.2, "ready": 0.3, "healthy": None}}
    start = {"version": 1, "at": times[0], "seconds": 1.0, "times": times_of, "path": []}
    save(of_checkout("history/start", here, "shop"), start)
    page = judged()
    assert [part in page for part in parts] == [True, True]
    assert "stop over 2 runs" in page
    assert "99.00 s" not in page
    save(of_checkout("history/start", here, "shop"), {**start, "at": times[2]})
    assert [part in judged() for part in parts] == [True, False]
