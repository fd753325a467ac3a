"""Signals go by the numbers of Linux, whatever machine asks."""

from __future__ import annotations

import signal
import sys

import pytest

from seatrial.engine.inside import signals


@pytest.mark.parametrize(
    ("name", "number"),
    [("SIGTERM", 15), ("term", 15), ("15", 15), ("SIGUSR1", 10), ("SIGWINCH", 28), ("SIGRTMIN+3", 37), ("RTMAX-1", 63)],
)
def test_every_way_to_write_a_signal_is_understood(name: str, number: int) -> None:
    assert signals.number(name) == number


@pytest.mark.parametrize("name", ["", "SIG", "SIGNONE", "0", "65", "-9", "9; reboot", "SIGRTMIN+31", "RTMIN+"])
def test_what_is_no_signal_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Linux has no signal"):
        signals.number(name)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other numbers")
def test_the_numbers_are_those_of_this_kernel() -> None:
    for name in (one.name for one in signal.Signals if not one.name.startswith("SIGRT")):
        assert signals.number(name) == signal.Signals[name]
