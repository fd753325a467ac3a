"""The stop of a whole stack: the order of its edges, its longest way, and a dependency that nobody wrote down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.drills.edges import brought_up, drilled, service, short

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_the_longest_way_through_the_stack_is_told_with_the_share_of_each(
    project: ComposeProject, base_image: str
) -> None:
    brought_up(
        project,
        {
            "services": {
                "front": service(base_image, "front", environment={"BACK": "middle"}, depends_on=["middle"]),
                "middle": service(base_image, "back", environment={"DEAF": "1"}, depends_on=["bottom"]),
                "bottom": service(base_image, "back"),
                "job": service(base_image, "back", entrypoint=["true"]),
            }
        },
    )
    verdict = drilled(project, "stop-order")["", "stop-order"]
    assert short(verdict) == ("PASS", None), verdict
    figures = verdict["figures"]
    assert figures["path_middle_s"] >= 2  # its grace
    assert {"path_front_s", "path_bottom_s"} <= figures.keys()
    assert figures["total_s"] >= sum(seconds for name, seconds in figures.items() if name.startswith("path_"))
    assert figures["talks"] == 1  # and front depends on whom it talks to
    assert "middle needed SIGKILL" in " ".join(verdict["notes"])
    job = project.docker("inspect", "--format", "{{.State.Status}} {{.State.StartedAt}}", project.container("job"))
    assert job.startswith("exited"), "a one-shot is not run again"


def test_two_that_talk_without_a_dependency_are_told(project: ComposeProject, base_image: str) -> None:
    front = service(base_image, "front", environment={"BACK": "back"})
    # It takes a second to end, and what it needs is gone by then.
    slow = ["sh", "-c", "trap 'sleep 1; exit' TERM; node /programs/front.js & wait; true"]
    brought_up(
        project,
        {"services": {"front": front | {"init": False, "entrypoint": slow}, "back": service(base_image, "back")}},
    )
    verdict = drilled(project, "stop-order")["", "stop-order"]
    assert verdict["cause"] == "missing-dependency-edge", verdict
    assert verdict["verdict"] in ("WARN", "FAIL")  # by whether an answer was lost on the way
    assert "front talks to back at port 8080" in verdict["summary"]
    assert "depends_on: [back]" in verdict["fix"]
