"""How can a command run in a service that does not run?"""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Container, Snapshot
from seatrial.stack import Dependency, Port, Service, Stack
from seatrial.verbs.exec import _fix

STACK = Stack(
    "shop",
    (
        Service("api", depends_on=(Dependency("migrate", "service_completed_successfully"),)),
        Service("migrate"),
        Service("base"),
        Service("web", ports=(Port(80, "8080"),)),
    ),
)


@pytest.mark.parametrize(
    ("name", "state", "code", "start", "fresh"),
    [
        ("migrate", "exited", 0, False, True),
        ("migrate", "exited", 1, False, True),
        ("base", "exited", 0, True, True),  # a worker that was stopped looks the same
        ("base", "exited", 1, True, False),
        ("web", "exited", 0, True, False),
        ("api", "created", 0, True, False),
    ],
)
def test_a_command_in_a_one_shot_needs_a_new_container(
    name: str, state: str, code: int, *, start: bool, fresh: bool
) -> None:
    seen = Snapshot((Container("c", f"shop-{name}-1", name, state, exit_code=code),))
    fix = _fix(STACK, STACK.service(name), seen, ["sh", "-c", "echo a b"])
    assert fix.startswith(f"start it: up --service {name}") == start
    assert fix.endswith(f" docker compose run --rm {name} sh -c 'echo a b'") == fresh


def test_up_creates_the_container_of_a_service_that_has_none() -> None:
    assert _fix(STACK, STACK.service("base"), Snapshot(), ["ls"]) == "start it: up --service base"
