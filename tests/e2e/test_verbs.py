"""The other verbs on the real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import uuid
from typing import TYPE_CHECKING

import psutil
import pytest

from conftest import PREFIX, ComposeProject

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine


def started(project: ComposeProject, base_image: str) -> ComposeProject:
    """With Compose: how `up` starts is tested elsewhere. `db` handles its signal by then."""
    project.write(
        f"""
  db:
    image: {base_image}
    init: true
    command: [sh, -c, "trap 'echo db stops; exit 0' TERM; echo db starts; while :; do sleep 0.1; done"]
    volumes: ["data:/data"]
  web:
    image: {base_image}
    init: true
    command: [sleep, "1000"]
    depends_on: [db]
  extra:
    image: {base_image}
    init: true
    command: [sleep, "1000"]
    profiles: [extra]
""",
        "volumes: {data: {}}",
    )
    project.docker("compose", "-f", str(project.file), "--profile", "extra", "up", "--detach")
    follow = ["docker", "logs", "--follow", project.container("db")]
    with subprocess.Popen(follow, stdout=subprocess.PIPE, text=True) as log:
        assert log.stdout is not None
        assert log.stdout.readline() == "db starts\n"
        log.terminate()
    return project


@pytest.fixture
def running(project: ComposeProject, base_image: str) -> ComposeProject:
    return started(project, base_image)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[ComposeProject]:
    """One for all tests that change nothing."""
    folder = tmp_path_factory.mktemp("standing") / "project"
    folder.mkdir()
    project = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    try:
        yield started(project, base_image)
    finally:
        project.remove()


def test_ps_shows_every_container_as_json(standing: ComposeProject) -> None:
    told = json.loads(standing.run("ps", "--json").stdout)
    assert told["version"] == 1
    assert {s["service"]: [c["state"] for c in s["containers"]] for s in told["services"]} == {
        "db": ["running"], "web": ["running"], "extra": ["running"],
    }  # fmt: skip


def test_stop_keeps_containers_and_says_what_was_stopped(running: ComposeProject) -> None:
    done = running.run("stop", "--service", "web", "--json")
    assert json.loads(done.stdout)["plan"] == [{"action": "stop", "subject": "web", "cause": "running"}]
    told = json.loads(running.run("ps", "--service", "web", "--json").stdout)
    assert told["services"][0]["containers"][0]["state"] == "exited"


def test_restart_starts_anew_and_verifies(running: ComposeProject) -> None:
    before = running.docker("inspect", "-f", "{{.State.StartedAt}}", running.container("web"))
    assert running.run("restart", "--service", "web").returncode == 0
    assert running.docker("inspect", "-f", "{{.State.StartedAt}}", running.container("web")) != before


def test_restart_starts_in_the_order_of_up_where_a_dependency_is_not_required_too(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        f"""
  web:
    image: {base_image}
    init: true
    command: [sleep, "1000"]
    depends_on: {{db: {{condition: service_healthy, required: false}}}}
  db:
    image: {base_image}
    init: true
    command: [sh, -c, "trap 'sleep 0.5; exit' TERM; rm -f /tmp/ready; sleep 1; touch /tmp/ready; sleep 1000 & wait"]
    healthcheck: {{test: [CMD, test, -e, /tmp/ready], interval: 1s}}
"""
    )
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    dry = project.run("restart", "--dry").stdout
    assert (
        dry == "restart db (asked for; running now)\nrestart web (asked for; running now; waits for db to be healthy)\n"
    )
    done = project.run("restart", "--json")
    told = {one["service"]: one for one in json.loads(done.stdout)["services"]}
    assert told["web"]["started_s"] >= told["db"]["ready_s"] >= told["db"]["started_s"] + 1
    assert told["db"]["stopping_s"] >= 0.3


def test_restart_of_what_cannot_come_back_is_explained(running: ComposeProject) -> None:
    running.docker("exec", running.container("db"), "true")
    running.run("stop", "--service", "db")
    running.write(f"  db:\n    image: {running.docker('inspect', '-f', '{{.Config.Image}}', running.container('db'))}\n"
                  "    command: [sh, -c, 'echo broken; exit 5']\n")  # fmt: skip
    running.run("up", "--no-wait")
    done = running.run("restart", "--service", "db")
    assert done.returncode == 1
    assert "db: exited with code 5" in done.stderr


def test_exec_passes_words_and_exit_code_through(standing: ComposeProject) -> None:
    more = standing.folder / "more.yaml"
    more.write_text('services: {web: {labels: {unset: "${UNSET_HERE}"}}}\n')
    files = ("--file", str(standing.file), "--file", str(more))
    done = standing.run("exec", *files, "web", "--", "sh", "-c", 'echo "a  b"; exit 9')
    # Nor does Compose say anything of the model, in which a variable is not set.
    assert (done.stdout, done.stderr, done.returncode) == ("a  b\n", "", 9)


def test_exec_in_a_stopped_service_says_how_to_start_it(running: ComposeProject) -> None:
    running.run("stop", "--service", "web")
    done = running.run("exec", "web", "--", "true")
    assert done.returncode == 1
    assert "fix: start it: up --service web" in done.stderr


def test_down_removes_profile_services_too_and_keeps_the_volume(running: ComposeProject) -> None:
    done = running.run("down")
    assert done.returncode == 0, done.stderr
    assert f"keep volume {running.name}_data" in done.stderr
    assert running.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={running.name}") == ""
    assert running.docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={running.name}")


def test_down_with_volumes_names_them_and_wants_a_yes(running: ComposeProject) -> None:
    refused = running.run("down", "--volumes")
    assert refused.returncode == 2
    assert f"{running.name}_data" in refused.stderr
    assert running.docker("inspect", "-f", "{{.State.Status}}", running.container("db")) == "running"
    assert running.run("down", "--volumes", "--yes").returncode == 0
    assert running.docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={running.name}") == ""


def test_dry_down_with_volumes_removes_nothing(standing: ComposeProject) -> None:
    done = standing.run("--dry", "down", "--volumes", "--yes")
    assert f"delete volume {standing.name}_data (--volumes)" in done.stdout
    assert standing.docker("inspect", "-f", "{{.State.Status}}", standing.container("db")) == "running"
    assert standing.docker("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={standing.name}")


def test_dry_stop_and_restart_touch_nothing(standing: ComposeProject) -> None:
    before = standing.docker("inspect", "-f", "{{.State.StartedAt}}", standing.container("web"))
    assert standing.run("stop", "--dry").returncode == 0
    assert standing.run("restart", "--dry").returncode == 0
    assert (
        standing.docker("inspect", "-f", "{{.State.StartedAt}} {{.State.Running}}", standing.container("web"))
        == f"{before} true"
    )


def test_logs_are_merged_in_the_engines_time_order(running: ComposeProject) -> None:
    running.run("restart")
    done = running.run("logs", "--timestamps")
    assert done.returncode == 0
    times = [line.split("| ", 1)[1].split(" ", 1)[0] for line in done.stdout.splitlines()]
    assert times == sorted(times)
    assert [line.rsplit(" ", 2)[-2:] for line in done.stdout.splitlines()] == [
        ["db", "starts"], ["db", "stops"], ["db", "starts"],
    ]  # fmt: skip


def test_followed_logs_survive_a_restart_and_a_recreation_and_end_on_interrupt(running: ComposeProject) -> None:
    with running.start("logs", "--follow", "--service", "db") as following:
        assert following.stdout is not None
        lines = iter(following.stdout.readline, "")
        assert "db starts" in next(lines)
        running.docker("restart", running.container("db"))
        assert "db stops" in next(lines)
        assert "db starts" in next(lines)
        running.run("up", "--recreate", "--service", "db")
        assert "db stops" in next(lines)
        assert "db starts" in next(lines)
        children = psutil.Process(following.pid).children(recursive=True)
        assert children
        os.killpg(following.pid, signal.SIGINT)
        assert following.wait(10) == 130
        assert not psutil.wait_procs(children, timeout=5)[1]


def test_a_reader_that_has_had_enough_ends_the_logs_quietly(running: ComposeProject) -> None:
    with running.start("logs", "--follow", "--service", "db") as following:
        assert following.stdout is not None
        assert following.stderr is not None
        following.stdout.readline()
        following.stdout.close()
        running.docker("restart", running.container("db"))
        assert following.wait(20) == 0
        assert "Traceback" not in following.stderr.read()


def test_build_builds_what_has_a_build_section(project: ComposeProject, base_image: str) -> None:
    (project.folder / "Dockerfile").write_text(f"FROM {base_image}\nRUN echo built > /built\n")
    project.write(f"  a:\n    build: .\n  b:\n    image: {base_image}\n")
    done = project.run("build", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["plan"] == [{"action": "build", "subject": "a", "cause": "has a build section"}]
    assert project.docker("image", "inspect", "-f", "{{.Id}}", f"{project.name}-a")
    project.docker("image", "rm", f"{project.name}-a")
