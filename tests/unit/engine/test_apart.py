"""Which engines of this machine have the networks of their containers elsewhere."""

from __future__ import annotations

import pytest

from seatrial.engine.apart import kind


@pytest.mark.parametrize(
    ("security", "system", "found"),
    [
        (["name=seccomp,profile=builtin", "name=rootless"], "Debian GNU/Linux 12 (bookworm)", "rootless"),
        (["name=seccomp,profile=unconfined"], "Docker Desktop", "Docker Desktop"),
        (["name=seccomp,profile=builtin", "name=userns"], "Debian GNU/Linux 12 (bookworm)", ""),
        (None, "Ubuntu 24.04 LTS", ""),
    ],
)
def test_rootless_engines_and_desktops_do(security: list[str] | None, system: str, found: str) -> None:
    assert kind(security, system) == found
