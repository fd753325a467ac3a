"""The view of a stack: what is shown in which room."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from seatrial.lifecycle.overview import Grade, Row
from seatrial.report.status import words
from seatrial.report.status.layout import Frame, Piece, View, frame, plain
from seatrial.report.status.screen import moved, usable

TROUBLED = Row("payment-gateway", Grade.TROUBLE, "restarting, exit 3", restarts=7, said="cannot reach the database")
ROWS = (
    TROUBLED,
    *(
        Row(
            f"svc-{i:02}",
            Grade.UP,
            "healthy",
            7200.0,
            0,
            0.003,
            12_300_000,
            f"GET /items/{i} 200 in 12 ms from 10.0.0.1",
        )
        for i in range(48)
    ),
    Row("migrate", Grade.DONE, "done"),
)
VIEW = View("shop", ROWS, "nobody watches it")


def text(shown: Frame) -> list[str]:
    return ["".join(piece.text for piece in line) for line in shown.lines]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60), (50, 10), (20, 5), (10, 3), (3, 1), (1, 1)])
def test_nothing_is_ever_wider_or_higher_than_the_terminal(width: int, height: int) -> None:
    lines = text(frame(VIEW, width, height))
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_fifty_services_at_80_by_24_show_trouble_first_and_sum_up_what_does_not_fit() -> None:
    lines = text(frame(VIEW, 80, 24))
    assert lines[0] == "shop  50 services: 1 in trouble, 48 up, 1 done"
    assert lines[2].split() == ["service", "state", "rst", "cpu", "mem", "last", "log", "line"]
    assert lines[3].split()[:5] == ["!", "payment-gateway", "restarting,", "exit", "3"]
    assert lines[4].split()[:8] == ["svc-00", "healthy", "-", "0.3", "%", "12.3", "MB", "GET"]
    assert lines[-1] == "below: 29 up, 1 done; arrows scroll, q ends"


def test_long_names_that_begin_alike_can_be_told_apart() -> None:
    rows = [Row(f"payments-worker-of-{kind}", Grade.UP, "healthy") for kind in ("email", "sms")]
    names = [line.split()[0] for line in text(frame(View("shop", rows), 80, 24)) if "healthy" in line]
    assert names == ["payments…f-email", "payments…-of-sms"]


def test_scrolling_ends_with_the_last_row_and_keeps_the_columns() -> None:
    top, end = frame(VIEW, 80, 24), frame(VIEW, 80, 24, first=10**6)
    assert (end.first, end.shown) == (30, 20)
    assert text(end)[-2].split() == ["migrate", "done", "-", "-", "-"]
    assert text(end)[-1] == "above: 1 in trouble, 29 up; arrows scroll, q ends"
    assert text(end)[2] == text(top)[2]
    assert frame(VIEW, 80, 24, first=-5).first == 0


def test_where_all_fits_there_is_nothing_to_scroll() -> None:
    assert text(frame(View("shop", ROWS[:2]), 80, 24))[-1] == "q ends"


def test_in_a_pipe_nothing_is_cut() -> None:
    lines = text(frame(View("shop", [Row("a" * 90, Grade.UP, "healthy", said="b" * 300)]), None))
    assert "a" * 90 in lines[-1]
    assert "b" * 300 in lines[-1]


def test_the_narrower_the_terminal_the_fewer_columns_and_the_log_line_stays() -> None:
    heads = [text(frame(VIEW, width, 24))[2].split() for width in (120, 80, 60, 45)]
    assert "since" in heads[0]
    assert "since" not in heads[1]
    assert [len(head) for head in heads] == sorted((len(head) for head in heads), reverse=True)
    assert all(head[-3:] == ["last", "log", "line"] for head in heads)


def test_wide_characters_count_for_two_cells() -> None:
    (line,) = [
        line
        for line in text(frame(View("shop", [Row("web", Grade.UP, "running", said="好" * 60)]), 80, 9))
        if "好" in line
    ]
    assert line.count("好") < 30
    assert line.endswith("…")


def test_what_cannot_be_known_any_more_is_said_and_what_was_known_stays() -> None:
    lines = text(frame(View("shop", ROWS, trouble="the engine is gone"), 80, 24))
    assert lines[1] == "! the engine is gone; as it was last known:"
    assert any("svc-00" in line for line in lines)


def test_trouble_is_marked_by_a_sign_too_and_not_by_colour_alone() -> None:
    (line,) = [line for line in frame(VIEW, 80, 24).lines if "payment" in line[0].text]
    assert line[0] == Piece("! payment-gateway  ", "red")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\tb", "a   b"),
        ("\x1b]0;a title\x07done", "done"),
        ("\x1b[2J\x1b[1;1Hhome\r", "home"),
        ("bell\x07", "bell\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_log_line_moves_no_cursor(said: str, shown: str) -> None:
    assert plain(said) == shown


def test_a_long_last_line_is_cut_where_no_width_does() -> None:
    view = View("shop", (replace(TROUBLED, said="10 %\r" + "x" * 40_000),), "")
    last = text(frame(view, None))[-1]
    assert len(last) < 700
    assert "10 %" not in last


def test_figures_are_short() -> None:
    assert [words.size(n) for n in (0, 999, 612_000, 12_340_000, 134_000_000, 1_240_000_000)] == [
        "0 B", "999 B", "612 kB", "12.3 MB", "134 MB", "1.2 GB",
    ]  # fmt: skip
    assert [words.age(s) for s in (0, 59.9, 60, 7200, 200_000)] == ["0 s", "59 s", "1 min", "2 h", "2 d"]
    assert [words.cores(c) for c in (None, 0.0031, 0.5, 2.0)] == ["-", "0.3 %", "50 %", "200 %"]


def test_keys_move_by_a_row_a_page_or_to_the_ends() -> None:
    assert [moved(5, 10, key) for key in ("KEY_DOWN", "k", "KEY_NPAGE", "KEY_PPAGE", "x")] == [6, 4, 15, -5, 5]
    assert moved(5, 10, "G") > 1000
    assert moved(5, 10, "g") < -1000


def test_a_terminal_that_does_not_know_its_size_is_taken_for_a_usual_one() -> None:
    assert usable(os.terminal_size((0, 0))) == os.terminal_size((80, 24))
    assert usable(os.terminal_size((50, 0))) == os.terminal_size((50, 24))
    assert usable(os.terminal_size((132, 43))) == os.terminal_size((132, 43))
