"""Services start the moment their own conditions hold, and the containers are the ones that Compose would make."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.engine_events import listening

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

TRUE = "{test: [CMD, 'true'], interval: 1h}"


def sleeper(name: str, image: str, more: str = "") -> str:
    return f"  {name}:\n    image: {image}\n    command: [sleep, '1000']\n    init: true\n{more}"


def told(project: ComposeProject, *arguments: str) -> dict[str, Any]:
    done = project.run("up", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ids(project: ComposeProject) -> set[str]:
    label = f"label=com.docker.compose.project={project.name}"
    return set(project.docker("ps", "-aq", "--no-trunc", "--filter", label).split())


def times(project: ComposeProject, service: str) -> tuple[datetime, datetime]:
    """When its container was started, and when it ended."""
    text = project.docker("inspect", "-f", "{{.State.StartedAt}} {{.State.FinishedAt}}", project.container(service))
    started, finished = (datetime.fromisoformat(word) for word in text.split())
    return started, finished


def test_each_condition_is_kept_and_nobody_waits_for_a_level(project: ComposeProject, base_image: str) -> None:
    (project.folder / "gate").mkdir()
    project.write(
        f"  migrate:\n    image: {base_image}\n    volumes: ['./gate:/gate']\n"
        "    command: [sh, -c, 'until [ -f /gate/open ]; do sleep 0.1; done']\n"
        + sleeper("db", base_image, f"    healthcheck: {TRUE}\n")
        + sleeper("api", base_image, "    depends_on: {migrate: {condition: service_completed_successfully}}\n")
        + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
        + sleeper("edge", base_image, "    depends_on: [web]\n")
    )
    with (
        listening(f"container={project.container('edge')}", "event=start") as starts,
        project.start("up", "--json") as up,
    ):
        # What does not need the slow one is up before it has ended.
        assert next(starts)
        (project.folder / "gate" / "open").touch()
        out, err = up.communicate(timeout=60)
    assert up.returncode == 0, err
    assert times(project, "api")[0] >= times(project, "migrate")[1] > times(project, "edge")[0]
    assert {s["service"]: s["standing"] for s in json.loads(out)["services"]}["migrate"] == "done"


def test_readiness_does_not_wait_for_the_interval(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  slow:\n    image: {base_image}\n    init: true\n"
        "    command: [sh, -c, 'sleep 1; touch /tmp/ok; sleep 1000']\n"
        "    healthcheck: {test: [CMD-SHELL, 'test -f /tmp/ok'], interval: 1h}\n"
        + sleeper("after", base_image, "    depends_on: {slow: {condition: service_healthy}}\n")
    )
    done = project.run("up")
    assert done.returncode == 0, done.stderr
    assert "its check passes" in done.stdout
    # How long the period is follows the measured time.
    assert re.search(r"`start_period: \d+s, start_interval: 1s` in its healthcheck would save", done.stderr)
    # What the engine has not said is not said in its name.
    state = project.docker("inspect", "-f", "{{.State.Health.Status}}", project.container("slow"))
    assert (state == "healthy") == ("slow     healthy" in done.stdout)


def test_a_check_that_does_not_pass_is_not_taken_for_ready(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image, "    healthcheck: {test: [CMD, 'false'], interval: 1h}\n"))
    done = project.run("up", "--timeout", "2")
    assert done.returncode == 1
    assert "health: starting" in done.stderr


def test_without_waiting_everything_is_started_all_the_same(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("db", base_image, f"    healthcheck: {TRUE}\n")
        + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
    )
    assert project.run("up", "--no-wait").returncode == 0
    assert "running" in project.docker("inspect", "-f", "{{.State.Status}}", project.container("web"))


def test_the_critical_path_and_what_is_slower_than_usual_are_told(project: ComposeProject, base_image: str) -> None:
    project.environ["LATE"] = "0"
    program = "[sh, -c, 'if [ -f /seconds/late ]; then sleep 4; fi; touch /tmp/ok; sleep 1000']"
    project.write(
        f"  db:\n    image: {base_image}\n    init: true\n    command: {program}\n    volumes: ['./seconds:/seconds']\n"
        "    healthcheck: {test: [CMD, test, -f, /tmp/ok], interval: 1h}\n"
        + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
    )
    (project.folder / "seconds").mkdir()
    for _ in range(5):  # as many as have to be known
        assert [link["service"] for link in told(project)["critical_path"]] == ["db", "web"]
        project.docker("rm", "-f", project.container("db"), project.container("web"))
    (project.folder / "seconds" / "late").touch()
    (slow,) = told(project)["slower"]
    assert slow["service"] == "db"
    assert slow["by_s"] > 2


PROJECTS = sorted((Path(__file__).parent / "projects").glob("*.yaml"))


@pytest.mark.parametrize("kind", PROJECTS, ids=lambda file: file.stem)
def test_compose_finds_nothing_to_do_after_us(kind: Path, project: ComposeProject, base_image: str) -> None:
    project.environ |= {"TOKEN": "s3cret", "IMAGE": base_image}
    (project.folder / "word.txt").write_text("a word\n")
    project.file.write_text(f"name: {project.name}\n{kind.read_text()}")
    assert project.run("up").returncode == 0
    before = ids(project)
    stamp = project.docker("inspect", "-f", "{{.State.StartedAt}}", *sorted(before))
    done = subprocess.run(
        ["docker", "compose", "up", "-d"],
        cwd=project.folder, env=project.environment(), check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ids(project) == before
    assert project.docker("inspect", "-f", "{{.State.StartedAt}}", *sorted(before)) == stamp
    if "secrets" in kind.stem:
        assert project.docker("exec", project.container("a"), "cat", "/run/secrets/word", "/text") == "s3crethello"


def test_an_anonymous_volume_outlives_a_recreation_as_with_compose(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image, "    volumes: ['/data']\n"))
    project.run("up", "--no-wait")
    project.docker("exec", project.container("a"), "touch", "/data/kept")
    project.write(sleeper("a", base_image, "    volumes: ['/data']\n    hostname: other\n"))
    assert project.run("up", "--no-wait").returncode == 0
    project.docker("exec", project.container("a"), "test", "-f", "/data/kept")


def test_a_service_is_brought_up_with_the_profiles_that_its_closure_needs(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        sleeper("db", base_image, "    profiles: [data]\n")
        + sleeper("api", base_image, "    profiles: [app]\n    depends_on: [db]\n")
        + sleeper("other", base_image, "    profiles: [data]\n")
    )
    done = project.run("up", "--service", "api", "--no-wait")
    assert done.returncode == 0, done.stderr
    assert "db is in the profile data, which is enabled for this" in done.stderr
    assert len(ids(project)) == 2
