"""Which inits signal their whole group, and the same command with an init that signals its child alone."""

from __future__ import annotations

import pytest

from seatrial.drill.service.group_signal import sends_to_group, to_single_child
from unit.drill.looked import process


@pytest.mark.parametrize(
    ("command", "alone"),
    [
        ("tini -g -- serve", "tini -- serve"),
        ("/sbin/tini -vg serve", "/sbin/tini -v serve"),
        ("tini -p SIGTERM -g -- serve -g", "tini -p SIGTERM -- serve -g"),
        ("tini -gp SIGTERM serve", "tini -p SIGTERM serve"),
        ("dumb-init serve -c", "dumb-init --single-child serve -c"),
        ("dumb-init -r 15:3 -- serve", "dumb-init --single-child -r 15:3 -- serve"),
        ("tini -- grep -g", ""),
        ("tini grep -g", ""),
        ("tini -pgood serve", ""),
        ("tini -e 143 -s serve", ""),
        ("dumb-init --rewrite 15:3 -c serve", ""),
        ("dumb-init --rewrite=15:3 --single-child serve", ""),
        ("docker-init -- tini -g", ""),
    ],
)
def test_an_init_is_judged_by_its_own_options(command: str, alone: str) -> None:
    words = command.split()
    init = process(1, 0, *words)
    assert to_single_child(init, words) == tuple(alone.split())
    assert bool(sends_to_group(init)) is bool(alone)


def test_what_stands_before_the_init_is_kept() -> None:
    words = ("/usr/bin/env", "/usr/bin/tini", "-g", "--", "serve")
    assert to_single_child(process(1, 0, *words[1:]), words) == ("/usr/bin/env", "/usr/bin/tini", "--", "serve")
    assert to_single_child(process(1, 0, *words[1:]), ("/entry.sh",)) == ()
