"""Which containers the restart of an engine has ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.live.engine_back import ended_since
from seatrial.engine.observed import Container, Snapshot

WEB = Container("1", "shop-web-1", "web", "running")


@pytest.mark.parametrize(
    ("was", "now", "ended"),
    [
        ("running", "exited", True),
        ("restarting", "exited", True),
        ("running", "running", False),
        ("exited", "exited", False),  # it is as it was
        ("running", "restarting", False),  # its policy sees to it
        ("running", "removing", False),
    ],
)
def test_one_that_ran_and_has_ended_is_started(was: str, now: str, ended: bool) -> None:
    found = ended_since(Snapshot((replace(WEB, state=was),)), Snapshot((replace(WEB, state=now),)))
    assert [container.id for container in found] == (["1"] if ended else [])


def test_one_that_is_gone_cannot_be_started() -> None:
    assert list(ended_since(Snapshot((WEB,)), Snapshot(()))) == []
