"""All suites, for `inv matrix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.drills.crash_cases import CRASH, LOOP
from e2e.drills.edges import DEPENDENCY_HANG, DEPENDENCY_STOP
from e2e.drills.end_cases import IDLE, LOGS
from e2e.drills.start_cases import START, WHILE_STARTING
from e2e.drills.stop_matrix import Matrix

if TYPE_CHECKING:
    from conftest import ComposeProject
    from e2e.drills.suite import Suite

NAMES = (
    "graceful-stop", "signal-path", "crash-restart", "crash-loop", "start", "stop-while-starting", "idle-clients",
    "logs-flushed", "dependency-stop", "dependency-hang",
)  # fmt: skip


def suite(name: str, project: ComposeProject, base_image: str) -> tuple[Suite, tuple[str, ...]]:
    """The suite called so, and what of it this machine has not the parts for."""
    others = (CRASH, LOOP, START, WHILE_STARTING, IDLE, LOGS, DEPENDENCY_STOP, DEPENDENCY_HANG)
    if found := next((one for one in others if one.name == name), None):
        return found, ()
    matrix = Matrix(project, base_image)
    return next(one for one in matrix.suites() if one.name == name), tuple(matrix.missing.values())
