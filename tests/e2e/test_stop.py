"""`stop` and `down` on the real engine: the order, the grace that was used, and what goes wrong meanwhile."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from e2e.engine_events import listening
from e2e.engine_socket import proxied
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

DEAF = "trap '' TERM; echo listens; while :; do sleep 0.1; done"
SLOW = "trap 'sleep 0.6; exit 0' TERM; echo listens; while :; do sleep 0.1; done"
_NS = 10**9


def service(name: str, image: str, script: str = "exec sleep 1000", more: str = "") -> str:
    command = json.dumps(["sh", "-c", script.replace("$", "$$")])
    return f"  {name}:\n    image: {image}\n    init: true\n    command: {command}\n{more}"


def after(*names: str) -> str:
    return f"    depends_on: [{', '.join(names)}]\n"


def begin(project: ComposeProject, *listening: str, profile: str = "none") -> None:
    """With Compose: what is tested here is the end. Waits until those that listen to signals have begun to."""
    project.docker("compose", "-f", str(project.file), "--profile", profile, "up", "-d")
    for name in listening:
        follow = ["docker", "logs", "--follow", project.container(name)]
        with subprocess.Popen(follow, stdout=subprocess.PIPE, text=True) as log:
            assert log.stdout is not None
            assert log.stdout.readline() == "listens\n"
            log.terminate()


def state(project: ComposeProject, name: str) -> str:
    found = project.docker("ps", "-a", "--filter", f"name=^{name}$", "--format", "{{.State}}")
    return found or "gone"


@contextmanager
def signals(project: ComposeProject, *services: str) -> Iterator[dict[str, int]]:
    """By service, when its container got its first signal; filled after the block, in which all of them must end."""
    found: dict[str, int] = {}
    form = '{{.Action}} {{index .Actor.Attributes "com.docker.compose.service"}} {{.TimeNano}}'
    label = f"label=com.docker.compose.project={project.name}"
    with listening(label, "event=kill", "event=die", form=form) as stream:
        yield found
        ended: set[str] = set()
        for line in stream:
            action, name, moment = line.split()
            if action == "kill":
                found.setdefault(name, int(moment))
            else:
                ended.add(name)
            if ended >= set(services):
                return
    pytest.fail(f"of {services} only {ended} ended")


def ended_ns(project: ComposeProject, name: str) -> int:
    return nanoseconds(project.docker("inspect", "-f", "{{.State.FinishedAt}}", project.container(name)))


def told(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return {one["service"]: one for one in json.loads(done.stdout)["stopped"]}


def test_each_gets_its_signal_when_all_that_need_it_have_ended_and_others_at_once(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        service("db", base_image)
        + service("web", base_image, SLOW, "    network_mode: service:api\n")
        + service("api", base_image, SLOW, after("db"))
        + service("mail", base_image, SLOW)
    )
    begin(project, "web", "api", "mail")
    with signals(project, "web", "api", "mail", "db") as sent:
        stopped = told(project.run("stop", "--json"))
    assert ended_ns(project, "web") <= sent["api"]
    assert ended_ns(project, "api") <= sent["db"]
    assert sent["mail"] < ended_ns(project, "web")
    assert {name: one["exit_code"] for name, one in stopped.items()} == {"web": 0, "api": 0, "mail": 0, "db": 143}
    assert 0.5 <= stopped["web"]["used_s"] < 10
    assert stopped["web"]["grace_s"] == 10


def test_one_that_does_not_listen_is_killed_and_it_is_said_how_to_find_out_why(
    project: ComposeProject, base_image: str
) -> None:
    project.write(service("deaf", base_image, DEAF, "    stop_grace_period: 2s\n"))
    begin(project, "deaf")
    done = project.run("stop")
    assert done.returncode == 0, done.stderr
    assert "waiting for deaf to end: it has 2 s" in done.stderr
    assert re.search(r"^deaf: killed after [2-9]\.\d of 2 s, exit code 137$", done.stderr, re.MULTILINE)
    name = project.container("deaf")
    assert (
        f"warning: {name} did not end within 2 s and was killed; drill.stop --service deaf explains why" in done.stderr
    )


def test_a_timeout_stands_for_every_grace_period(project: ComposeProject, base_image: str) -> None:
    project.write(service("deaf", base_image, DEAF, "    stop_grace_period: 1m\n"))
    begin(project, "deaf")
    one = told(project.run("stop", "--timeout", "1", "--json"))["deaf"]
    assert (one["killed"], one["grace_s"], one["exit_code"]) == (True, 1, 137)
    assert 0.9 <= one["used_s"] < 10
    refused = project.run("stop", "--timeout", "soon")
    assert (refused.returncode, "--timeout is 'soon'" in refused.stderr) == (2, True)


def test_what_is_paused_or_crashes_over_and_over_is_stopped_for_good(project: ComposeProject, base_image: str) -> None:
    project.write(service("paused", base_image) + service("crashes", base_image, "exit 3", "    restart: always\n"))
    begin(project)
    project.docker("pause", project.container("paused"))
    stopped = told(project.run("stop", "--json"))
    assert stopped["paused"]["exit_code"] == 143
    assert stopped["crashes"]["exit_code"] in (3, 137)
    assert {state(project, project.container(name)) for name in ("paused", "crashes")} == {"exited"}


@pytest.mark.parametrize(("act", "end"), [(["kill"], "exited"), (["rm", "-f"], "gone")])
def test_one_that_somebody_else_ends_meanwhile_is_gone_and_its_dependency_follows(
    project: ComposeProject, base_image: str, act: list[str], end: str
) -> None:
    project.write(
        service("deaf", base_image, DEAF, f"{after('db')}    stop_grace_period: 5m\n") + service("db", base_image)
    )
    begin(project, "deaf")
    with project.start("stop") as stopping:
        _until(stopping, "waiting for deaf")
        project.docker(*act, project.container("deaf"))
        _, said = stopping.communicate(timeout=60)
    assert stopping.returncode == 0, said
    assert f"{project.container('deaf')} was killed by somebody else" in said
    assert (state(project, project.container("deaf")), state(project, project.container("db"))) == (end, "exited")


def test_an_interrupt_leaves_no_child_and_says_what_still_runs(project: ComposeProject, base_image: str) -> None:
    project.write(
        service("deaf", base_image, DEAF, f"{after('db')}    stop_grace_period: 5m\n") + service("db", base_image)
    )
    for verb in ("stop", "down"):
        begin(project, "deaf")
        with project.start(verb) as stopping:
            _until(stopping, "waiting for deaf")
            children = psutil.Process(stopping.pid).children(recursive=True)
            os.killpg(stopping.pid, signal.SIGINT)
            _, said = stopping.communicate(timeout=20)
            assert stopping.returncode == 130
            assert "being stopped by the engine: deaf; still running: db\ninterrupted\n" in said
            assert not psutil.wait_procs(children, timeout=5)[1]
        assert state(project, project.container("db")) == "running"
        project.docker("kill", project.container("deaf"))  # the engine would wait for all of its grace


def test_an_engine_that_goes_away_meanwhile_is_told_of(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    project.write(service("deaf", base_image, DEAF, "    stop_grace_period: 5m\n"))
    begin(project, "deaf")
    project.environ["DOCKER_HOST"] = f"unix://{tmp_path / 'engine.sock'}"
    with proxied(tmp_path / "engine.sock") as door, project.start("stop") as stopping:
        _until(stopping, "waiting for deaf")
        door.shut()
        _, said = stopping.communicate(timeout=60)
    assert stopping.returncode == 4
    assert "Traceback" not in said
    assert "error: " in said
    project.docker("rm", "-f", project.container("deaf"))


def test_down_removes_what_no_file_tells_of_any_more_in_its_order(project: ComposeProject, base_image: str) -> None:
    services = service("db", base_image) + service("shown", base_image, SLOW, f"{after('db')}    profiles: [extra]\n")
    once = f"  once:\n    image: {base_image}\n    command: ['true']\n"
    project.write(services + service("old", base_image, SLOW, after("db")) + once)
    begin(project, "old", "shown", profile="extra")
    project.docker("wait", project.container("once"))
    project.docker("compose", "-f", str(project.file), "run", "-d", "--no-deps", "db", "sleep", "1000")
    project.write(services)
    plan = project.run("down", "--dry").stdout
    assert "one-off" in plan
    with signals(project, "old", "shown", "db") as sent:
        done = project.run("down")
    assert done.returncode == 0, done.stderr
    assert "removed: 5 containers" in done.stderr
    assert sent["db"] - max(sent["old"], sent["shown"]) >= 0.5 * _NS
    label = f"label=com.docker.compose.project={project.name}"
    assert project.docker("ps", "-aq", "--filter", label) == ""
    assert project.docker("network", "ls", "-q", "--filter", label) == ""


def test_down_reports_what_others_keep_in_use_and_leaves_what_is_not_the_projects_own(
    project: ComposeProject, base_image: str
) -> None:
    far, label = f"{project.name}-far", f"com.docker.compose.project={project.name}"
    for kind in ("network", "volume"):
        project.docker(kind, "create", "--label", label, far)
    project.docker("volume", "create", f"{project.name}-made-elsewhere")
    mounts = "    networks: [default, far]\n    volumes: ['data:/data', 'far:/far', 'other:/other']\n"
    external = f"{{external: true, name: {far}}}"
    other = f"{{name: {project.name}-made-elsewhere}}"
    project.write(
        service("db", base_image, more=mounts),
        f"networks:\n  far: {external}\nvolumes:\n  far: {external}\n  data:\n  other: {other}\n",
    )
    begin(project)
    network, volume, user = f"{project.name}_default", f"{project.name}_data", f"{project.name}-guest"
    project.docker("run", "-d", "--name", user, "--network", network, "-v", f"{volume}:/d", base_image, "sleep", "1000")
    try:
        done = project.run("down", "--volumes", "--yes", "--json")
        assert done.returncode == 1
        failures = json.loads(done.stdout)["failures"]
        assert f"network {network} stays: containers of others are on it ({user})" in failures[0]["what"]
        assert f"volume {volume} was not deleted" in failures[1]["what"]
        assert f"container {user} uses it" in failures[1]["what"]
        assert f"warning: {failures[0]['what']}" in done.stderr
        assert project.run("down").returncode == 0  # a network that others share keeps no script from going on
        assert "removed: 1 container" in done.stderr
        assert f"delete volume {volume}" not in done.stderr
        for one in failures:  # the fixes work
            commands = re.split(r", then|; then| \(ask the owner", one["fix"])[0]
            for command in re.split("; | && ", commands):
                project.docker(*command.split()[1:])
        done = project.run("down", "--volumes", "--yes")
        assert done.returncode == 0, done.stderr
        left = project.docker("volume", "ls", "--filter", f"name={project.name}", "--format", "{{.Name}}")
        assert left.split() == [far, f"{project.name}-made-elsewhere"]
    finally:
        project.docker("rm", "-f", user)
        project.docker("volume", "rm", "-f", f"{project.name}-made-elsewhere")
    left = project.docker("network", "ls", "--filter", f"name={project.name}", "--format", "{{.Name}}")
    assert left == far


def test_a_file_that_only_an_inactive_profile_misses_is_not_in_the_way_of_down(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        service("web", base_image) + service("extra", base_image, more="    profiles: [x]\n    env_file: x\n")
    )
    (project.folder / "x").touch()
    begin(project, profile="x")
    (project.folder / "x").unlink()
    done = project.run("down")
    assert done.returncode == 0, done.stderr
    assert state(project, project.container("web")) == state(project, project.container("extra")) == "gone"


def test_commands_before_a_stop_are_run_once(project: ComposeProject, base_image: str) -> None:
    if tuple(int(n) for n in project.docker("compose", "version", "--short").lstrip("v").split(".")[:2]) < (2, 30):
        pytest.skip("this Compose knows no pre_stop")
    hook = '    volumes: ["data:/data"]\n    pre_stop: [{command: [sh, -c, "echo hooked >> /data/log"]}]\n'
    project.write(
        service("web", base_image, more=hook + after("db")) + service("db", base_image), "volumes: {data: {}}"
    )
    begin(project)
    with signals(project, "web", "db") as sent:
        assert project.run("down").returncode == 0
    assert sent["web"] < sent["db"]
    volume = f"{project.name}_data:/data"
    assert project.docker("run", "--rm", "-v", volume, "--entrypoint", "cat", base_image, "/data/log") == "hooked"


def _until(running: subprocess.Popen[str], words: str) -> None:
    assert running.stderr is not None
    for line in running.stderr:
        if words in line:
            return
    pytest.fail(f"it never said `{words}`")


def test_what_another_compose_file_made_under_the_same_name_is_left_as_it_is(
    project: ComposeProject, base_image: str
) -> None:
    project.write(service("web", base_image) + service("old", base_image))
    tools = project.folder / "tools.yaml"
    tools.write_text(f"name: {project.name}\nservices:\n{service('tool', base_image)}")
    for file in (project.file, tools):
        project.docker("compose", "-f", str(file), "up", "--detach")
    project.write(service("web", base_image))
    done = project.run("down")
    assert done.returncode == 0, done.stderr
    assert f"left as they are, made from other compose files: {project.container('tool')}" in done.stderr
    label = f"label=com.docker.compose.project={project.name}"
    assert project.docker("ps", "--format", "{{.Names}}", "--filter", label) == project.container("tool")
