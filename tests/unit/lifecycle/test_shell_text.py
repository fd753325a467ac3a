"""What is read out of a text for `sh -c`."""

from __future__ import annotations

import pytest

from seatrial.lifecycle.shell_text import exec_able, handles, ignores, is_idle


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("migrate; node server.js;\n", "node server.js"),
        ("cd /app && npm start", "npm start"),
        ("echo a; sleep 1000", "sleep 1000"),
        ("a || b 'x y'", "b 'x y'"),
        ("trap '' TERM; while true; do sleep 1; done", ""),
        ("if x; then node a; fi", ""),
        ("(cd x; node y)", ""),
        ("{ a; b; }", ""),
        ("node a & wait", ""),
        ("node a &", ""),
        ("node a; echo over", ""),
        ("node server.js | tee log", ""),
        ("node -e 'a; b'", ""),
        ("", ""),
    ],
)
def test_exec_is_put_before_a_program_and_before_nothing_else(text: str, last: str) -> None:
    assert exec_able(text) == last


@pytest.mark.parametrize(
    ("text", "ignored", "handled"),
    [
        ("trap '' TERM; node a", True, False),
        ('trap -- "" INT SIGTERM\nnode a', True, False),
        ("set -e; trap '' 15; node a", True, False),
        ("trap '' term; trap - TERM; node a", False, False),
        ("trap 'kill $!' TERM; node a & wait", False, True),
        ("trap stop TERM INT; node a & wait", False, True),
        ("trap '' HUP; node a", False, False),
        ("echo trap '' TERM", False, False),
        ("node a", False, False),
    ],
)
def test_what_a_trap_makes_of_the_signal(text: str, ignored: bool, handled: bool) -> None:
    assert (ignores(text, "SIGTERM"), handles(text, "SIGTERM")) == (ignored, handled)


def test_programs_that_only_wait_are_known_by_name() -> None:
    assert is_idle("/bin/sleep")
    assert not is_idle("node")
