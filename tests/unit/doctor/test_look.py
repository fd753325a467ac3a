"""A look has a limit, and whatever it meets is a reason why nothing was seen."""

from __future__ import annotations

import threading

import pytest

from seatrial.doctor.check import Check, checked
from seatrial.doctor.finding import Status, ok
from seatrial.doctor.look import Look, Unseen, known, looking, unknown
from seatrial.errors import RunFailed


def test_what_does_not_come_back_is_not_waited_for() -> None:
    never = threading.Event()
    look = Look(never.wait, limit_s=0.05)
    with pytest.raises(Unseen, match=r"no answer within 0\.05 s"):
        look.answer()
    never.set()


def failing(error: Exception) -> Look[None]:
    def call() -> None:
        raise error

    return Look(call, limit_s=5)


def test_every_error_is_a_reason() -> None:
    with pytest.raises(Unseen, match="it is broken"):
        failing(RunFailed("it is broken", fix="mend it")).answer()
    with pytest.raises(Unseen, match="'x'"):
        failing(KeyError("x")).answer()
    with pytest.raises(Unseen, match="no engine"):
        failing(Unseen("no engine")).answer()


def test_an_answer_that_is_known_and_one_that_cannot_be_had() -> None:
    assert known(3).answer() == 3
    with pytest.raises(Unseen, match="why"):
        unknown("why").answer()


def test_a_look_that_was_broken_off_has_the_time_to_tidy_up() -> None:
    told: list[str] = []
    began, leave = threading.Event(), threading.Event()

    def call() -> None:
        began.set()
        try:
            leave.wait()
        finally:
            told.append("tidy")

    with looking() as looks:
        looks.begin(call, 0.01)
        began.wait()
        threading.Timer(0.05, leave.set).start()
    assert told == ["tidy"]


def test_a_check_that_sees_nothing_is_skipped_and_the_next_one_goes_on() -> None:
    def blind(_: object) -> tuple[()]:
        raise Unseen("it is dark")

    checks = (Check("blind", "?", blind), Check("fine", "?", lambda _: (ok("x"), ok("y"))))
    found = list(checked(None, checks))  # type: ignore[arg-type]
    assert [(one.check, one.status, one.found) for one in found] == [
        ("blind", Status.SKIPPED, "it is dark"),
        ("fine", Status.OK, "x"),
        ("fine", Status.OK, "y"),
    ]
