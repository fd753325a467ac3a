"""How long a save is left alone before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.observer import Hint
from seatrial.watch.pending import (
    GONE_S,
    LONGEST_LOCKED_S,
    LONGEST_S,
    LONGEST_STORM_S,
    LONGEST_WRITING_S,
    QUIET_S,
    STORM,
    STORM_S,
    WRITING_S,
    Pending,
)

if TYPE_CHECKING:
    from collections.abc import Collection


def after(*hints: tuple[float, str, str], known: Collection[str] = (), locked: bool = False) -> tuple[Pending, float]:
    pending = Pending()
    for at_s, path, kind in hints:
        pending.add(Hint(path, kind), at_s)
    due_s = pending.due_at(known, locked=locked)
    assert due_s is not None
    return pending, due_s


def test_nothing_is_due_while_nothing_has_happened() -> None:
    assert Pending().due_at((), locked=False) is None


def test_a_save_is_due_in_a_moment_and_every_further_one_moves_it() -> None:
    assert after((1.0, "/a", "written"))[1] == 1.0 + QUIET_S
    assert after((1.0, "/a", "written"), (1.005, "/b", "written"))[1] == 1.005 + QUIET_S


def test_saves_without_a_pause_starve_nothing() -> None:
    hints = [(n / 1000, f"/{n % 3}", "written") for n in range(5000)]
    assert after(*hints)[1] == LONGEST_S


def test_a_file_that_went_is_given_time_to_come_back_if_it_was_known() -> None:
    assert after((1.0, "/a", "gone"), known={"/a"})[1] == 1.0 + GONE_S
    assert after((1.0, "/a", "gone"))[1] == 1.0 + QUIET_S
    assert after((1.0, "/a", "gone"), (1.02, "/a", "written"), known={"/a"})[1] == 1.02 + QUIET_S


def test_a_file_that_is_held_open_keeps_no_other_back() -> None:
    pending, _ = after((1.0, "/log", "writing"), (1.0, "/a", "written"))
    assert pending.take((), 1.0 + QUIET_S, locked=False) == ({"/a"}, 1.0)
    assert pending.due_at((), locked=False) == 1.0 + WRITING_S
    assert pending.take((), 1.0 + WRITING_S, locked=False) == ({"/log"}, 1.0)
    assert len(pending) == 0


def test_a_log_that_never_pauses_is_taken_now_and_then() -> None:
    hints = [(n / 100, "/log", "writing") for n in range(1000)]
    assert after(*hints)[1] == LONGEST_WRITING_S


def test_a_file_that_is_closed_at_last_is_an_ordinary_save() -> None:
    pending, due_s = after((1.0, "/a", "writing"), (1.01, "/a", "written"))
    assert due_s == 1.01 + QUIET_S
    assert pending.take((), due_s, locked=False) == ({"/a"}, 1.01)


def test_in_a_storm_it_waits_for_quiet_but_not_for_ever() -> None:
    storm = [(1.0, f"/{n}", "written") for n in range(STORM + 1)]
    assert after(*storm)[1] == 1.0 + STORM_S
    endless = [(n / 1000, f"/{n}", "written") for n in range(10_000)]
    assert after(*endless)[1] == LONGEST_STORM_S


def test_while_git_is_at_work_it_waits_longer() -> None:
    assert after((1.0, "/a", "written"), locked=True)[1] == 1.0 + STORM_S
    endless = [(n / 10, f"/{n}", "written") for n in range(1000)]
    assert after(*endless, locked=True)[1] == LONGEST_LOCKED_S
