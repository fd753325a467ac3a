"""What a shell offers when a person presses Tab."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from seatrial.drill.drills import DRILLS
from seatrial.verbs import _completion
from seatrial.verbs._completion import values

if TYPE_CHECKING:
    import pytest


def offered(line: str) -> list[str]:
    """As the shells ask. In a process of its own: Invoke takes the help of verbs away where it parses them."""
    command = [sys.executable, "-m", "seatrial", "--complete", "--", f"seatrial {line}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_verbs_and_flags_are_offered() -> None:
    assert {"up", "status", "drill.stop"} <= set(offered(""))
    assert {"--service", "--json", "--no-wait"} <= set(offered("up --"))


def test_drills_are_offered_after_only_begun_or_not() -> None:
    names = [drill.name for drill in DRILLS]
    assert offered("drill --only") == names
    assert list(values("seatrial drill --only gracef") or ()) == names  # the shell takes those that begin so


def test_services_are_offered_of_the_files_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_completion, "_services", tuple)
    assert values("seatrial logs -f a.yaml --service w") == ("seatrial", "logs", "-f", "a.yaml", "--service", "w")


def test_where_nothing_is_known_invoke_s_own_answer_stands() -> None:
    assert [values(f"seatrial {line}") for line in ("up --timeout", "up --json ", "", "up 'half")] == [None] * 4
