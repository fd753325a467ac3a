"""What a watch tells, in lines and as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.report.status.shown import watch_line
from seatrial.report.watch import fixes, last_change
from seatrial.report.watch_lines import as_data, is_grave, lines
from seatrial.watch import happenings as happened
from seatrial.watch.last import Last, change
from seatrial.watch.status import Status
from seatrial.watch.verify import DIFFERS, Difference, Verified

if TYPE_CHECKING:
    from seatrial.watch.happenings import Happening

ROOT = Path("/p")


def told(happening: Happening) -> list[str]:
    return list(lines(happening, ROOT))


def test_a_batch_is_one_line_with_its_files_while_they_are_few() -> None:
    few = happened.Synced("web", "p-web-1", ("/app/a",), 1, 0, 0, 10, 0.0184)
    assert told(few) == ["p-web-1: 1 file synced in 18 ms (/app/a)"]
    many = happened.Synced("web", "p-web-1", ("/app/a", "/app/b", "/app/c"), 5000, 9, 2, 10, 2.34, "a new container")
    assert told(many) == ["p-web-1: 5000 files synced and 2 files deleted in 2.3 s, a new container"]


def test_what_fails_stands_out_and_says_when_it_is_tried_again() -> None:
    failed = happened.NotSynced("web", "p-web-1", (("/app/a", "no space left on device"),), 1.0)
    assert told(failed) == ["p-web-1: /app/a: no space left on device", "p-web-1: tried again in 1 s"]
    assert is_grave(failed)
    assert not is_grave(happened.Recovered("web", "p-web-1", 1))


def test_a_failed_build_says_that_the_old_container_goes_on_and_shows_what_the_builder_said() -> None:
    log = ("#7 [2/2] RUN make", "#7 0.2 main.c:3: error", "#7 ERROR: exit code: 2")
    failed = happened.Rebuilt(("web",), 1.0, error="error: cannot build\n  fix: mend it", log=log)
    assert told(failed) == [
        "web: not rebuilt; what ran before goes on",
        "  #7 [2/2] RUN make",
        "  #7 0.2 main.c:3: error",
        "  #7 ERROR: exit code: 2",
        "  error: cannot build",
        "    fix: mend it",
    ]
    assert is_grave(failed)


def test_a_crash_tells_how_soon_after_the_save_and_a_series_how_often() -> None:
    once = happened.Exited("web", "p-web-1", 1, 1, 0.42, ("SyntaxError",))
    assert told(once) == ["p-web-1: exited with 1, 420 ms after the last save", "  SyntaxError"]
    often = happened.Exited("web", "p-web-1", 1, 3, 5.0)
    assert told(often)[0] == "p-web-1: exited with 1 3 times since the last save"


def test_paths_are_told_from_the_project_on() -> None:
    building = happened.Building(("web",), tuple(f"/p/src/{n}" for n in range(5)))
    assert told(building) == ["web: building for src/0, src/1, src/2 and 2 more"]
    held = happened.Held("web", ("/p/src/out.js",), 10.0)
    assert told(held)[0] == "web: src/out.js changed after every restart or build; left alone for 10 s"


def test_each_thing_is_one_object_with_a_version_a_time_and_a_word() -> None:
    data = as_data(happened.NotSynced("web", "p-web-1", (("/a", "b"),), 1.0))
    assert (data["version"], data["event"], data["service"]) == (1, "not_synced", "web")
    data = as_data(happened.Restarted("web", 0.5, "/p/a"))
    assert (data["event"], data["up"], data["failures"]) == ("restarted", None, [])


def test_what_is_mounted_alone_is_mended_by_no_watch() -> None:
    sent, mounted = (Difference("/a", "/p/a", DIFFERS, mounted=alone) for alone in (False, True))
    assert list(fixes([Verified("web", "p-web-1", 1, (sent,))])) == ["`watch` sends what differs"]
    (fix,) = fixes([Verified("web", "p-web-1", 1, (mounted,)), Verified("web", "p-web-2", 1, (mounted,))])
    assert fix.startswith("`restart --service web`: a mount of a single file")
    assert list(fixes([Verified("web", "p-web-1", 1, ())])) == []


def test_the_last_change_is_told_whatever_it_was() -> None:
    rebuilt = happened.Rebuilt(("gateway",), 2.0)
    assert change(rebuilt) == "gateway rebuilt"
    assert change(happened.Rebuilt(("gateway",), 2.0, error="error: no")) == "gateway could not be rebuilt"
    assert change(happened.Restarted("web", 1.0, "/p/a")) == "web restarted"
    assert change(happened.Synced("web", "p-web-1", ("/app/a",), 1, 0, 0, 10, 0.02)) == "web synced"
    passed: list[Happening] = []
    last = Last(passed.append)
    none = Status(7, 0.0, ("gateway",), 1)
    assert (last_change(none, 9.0), watch_line(none, 9.0)) == ("none yet", "watched by process 7; no change yet")
    last(rebuilt)
    last(happened.Note("a word"))
    assert (passed[0], len(passed), last.change) == (rebuilt, 2, "gateway rebuilt")
    assert last.at is not None
    found = Status(7, 0.0, ("gateway",), 1, last_change=last.change, changed_at=last.at)
    assert last_change(found, last.at + 8) == "gateway rebuilt 8 s ago"
    assert watch_line(found, last.at + 8) == "watched by process 7; gateway rebuilt 8 s ago"
    restarting = replace(found, restarting=("web",))
    assert watch_line(restarting, last.at + 8).endswith("8 s ago; restarting web")
