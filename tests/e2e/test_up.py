"""`up` on the real engine: it says "up" when it is, and otherwise why not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from conftest import free_port

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def sleeper(name: str, image: str, more: str = "") -> str:
    return f"  {name}:\n    image: {image}\n    command: [sleep, '1000']\n    init: true\n{more}"


def test_up_verifies_every_service_and_shows_where_it_is_reached(project: ComposeProject, base_image: str) -> None:
    port = free_port()
    project.write(
        sleeper("db", base_image, "    healthcheck: {test: [CMD, 'true'], interval: 300ms}\n")
        + f"  web:\n    image: {base_image}\n    command: [busybox, httpd, -f, -p, '8080', -h, /etc]\n    init: true\n"
        + f"    ports: ['127.0.0.1:{port}:8080']\n    depends_on: {{db: {{condition: service_healthy}}}}\n"
        + f"  once:\n    image: {base_image}\n    command: ['true']\n"
    )
    done = project.run("up", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["up"] is True
    assert {s["service"]: (s["standing"], s["reason"]) for s in told["services"]} == {
        "db": ("ready", "healthy"),
        "once": ("done", "ended with exit code 0"),
        "web": ("ready", "running, no health check"),
    }
    assert {s["service"]: s["urls"] for s in told["services"]}["web"] == [f"http://127.0.0.1:{port}"]
    assert all(s["ready_s"] is not None for s in told["services"])


def test_a_second_up_changes_nothing_and_neither_does_compose_afterwards(
    project: ComposeProject, base_image: str
) -> None:
    project.write(sleeper("a", base_image) + sleeper("b", base_image, "    depends_on: [a]\n"))
    assert project.run("up").returncode == 0
    ids = project.docker("ps", "-q", "--filter", f"label=com.docker.compose.project={project.name}")
    assert project.run("up", "--dry").stdout.splitlines() == [
        "keep a (running, as wanted)",
        "keep b (running, as wanted)",
    ]
    assert project.run("up").returncode == 0
    subprocess.run(["docker", "compose", "up", "-d"], cwd=project.folder, check=True, capture_output=True)
    assert project.docker("ps", "-q", "--filter", f"label=com.docker.compose.project={project.name}") == ids


def test_a_mounted_file_that_was_edited_since_is_told_and_a_restart_helps(
    project: ComposeProject, base_image: str
) -> None:
    for name in ("site.conf", "app.data"):
        (project.folder / name).write_text("one")
    project.write(
        sleeper("a", base_image, "    volumes: ['./site.conf:/site.conf', './app.data:/app.data']\n")
        + sleeper("b", base_image, "    configs: [site]\n"),
        "configs: {site: {file: ./site.conf}}",
    )
    assert json.loads(project.run("up", "--json").stdout)["edited"] == []
    for name in ("site.conf", "app.data"):
        (project.folder / name).write_text("two")
    done = project.run("up")
    assert done.returncode == 0
    assert "a was started before site.conf was edited: `restart --service a`" in done.stderr
    assert "b was started before site.conf was edited" in done.stderr
    assert "app.data" not in done.stderr
    assert project.run("restart", "--service", "a").returncode == 0
    assert [one["service"] for one in json.loads(project.run("up", "--json").stdout)["edited"]] == ["b"]


def test_a_changed_configuration_is_recreated_and_the_plan_says_why(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image))
    project.run("up")
    project.write(sleeper("a", base_image, "    environment: {GREETING: hello}\n"))
    assert project.run("up", "--dry").stdout == "recreate a (environment: GREETING added)\n"
    assert project.run("up").returncode == 0
    assert "GREETING=hello" in project.docker("inspect", "-f", "{{.Config.Env}}", project.container("a"))


def test_dry_changes_nothing(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image))
    assert project.run("up", "--dry").stdout == "create a (no container)\n"
    assert project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}") == ""


def test_a_crash_loop_is_no_up(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  a:\n    image: {base_image}\n    restart: always\n    command: [sh, -c, 'echo no disk; exit 3']\n"
    )
    done = project.run("up")
    assert done.returncode == 1
    assert "a: crash loop: restarted 5 times, last exit code 3" in done.stderr
    assert "no disk" in done.stderr
    # Of one that is made anew nobody wants to hear how the old one fared.
    project.write(sleeper("a", base_image))
    done = project.run("up")
    assert (done.returncode, "crash loop" in done.stderr) == (0, False)


def test_an_exit_is_explained_with_its_last_twenty_lines_and_who_waits(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        f"  a:\n    image: {base_image}\n"
        "    command: [sh, -c, 'for i in $$(seq 30); do echo line $$i; done; exit 7']\n"
        + sleeper("b", base_image, "    depends_on: [a]\n")
    )
    done = project.run("up")
    assert done.returncode == 1
    assert "a: exited with code 7" in done.stderr
    assert "line 11\n" in done.stderr
    assert "line 10\n" not in done.stderr
    assert "waiting for it: b" in done.stderr


def test_an_unhealthy_dependency_shows_what_its_probe_said(project: ComposeProject, base_image: str) -> None:
    check = "{test: [CMD-SHELL, 'echo table users is missing; exit 1'], interval: 200ms, retries: 2}"
    project.write(
        sleeper("db", base_image, f"    healthcheck: {check}\n")
        + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
    )
    done = project.run("up", "--json")
    assert done.returncode == 1
    (failure,) = json.loads(done.stdout)["failures"]
    assert failure["service"] == "db"
    assert "table users is missing" in failure["health"]
    assert failure["waits"] == ["web"]


def test_never_healthy_fails_when_the_limit_is_over(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image, "    healthcheck: {test: [CMD, 'false'], interval: 10m}\n"))
    done = project.run("up", "--timeout", "2")
    assert done.returncode == 1
    assert "health: starting" in done.stderr
    assert "after 2 s, the limit (--timeout)" in done.stderr


def test_out_of_memory_is_named(project: ComposeProject, base_image: str) -> None:
    greedy = "const a=[]; for(;;) a.push(Buffer.alloc(1e6, 1))"
    project.environ["INVOKE_SEATRIAL_STABLE"] = "10"  # however slowly the machine fills the memory
    project.write(f"  a:\n    image: {base_image}\n    mem_limit: 48m\n    command: [node, -e, '{greedy}']\n")
    done = project.run("up", "--json")
    assert done.returncode == 1
    (failure,) = json.loads(done.stdout)["failures"]
    assert failure["oom_killed"] is True
    assert "out of memory" in failure["reason"]


def test_a_port_held_by_a_process_names_it(project: ComposeProject, base_image: str) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        project.write(sleeper("a", base_image, f"    ports: ['127.0.0.1:{port}:80']\n"))
        done = project.run("up")
    assert done.returncode == 1
    assert f"port {port} is taken by process {os.getpid()}" in done.stderr


def test_a_port_held_by_a_container_names_it_and_its_project(
    project: ComposeProject, projects: object, base_image: str
) -> None:
    other = projects()  # type: ignore[operator]
    port = free_port()
    for each in (other, project):
        each.write(sleeper("a", base_image, f"    ports: ['127.0.0.1:{port}:80']\n"))
    assert other.run("up").returncode == 0
    done = project.run("up")
    assert done.returncode == 1
    assert f"port {port} is taken by container {other.container('a')} of project {other.name}" in done.stderr


def test_a_missing_image_is_said_plainly(project: ComposeProject) -> None:
    project.write(sleeper("a", "no-such-image-anywhere:1"))
    done = project.run("up")
    assert done.returncode == 1
    assert "error: the image no-such-image-anywhere:1 is not on this machine and cannot be pulled" in done.stderr
    assert "fix: correct `image:` of a, log in" in done.stderr
    assert "Error response from daemon" not in done.stderr


def test_a_command_that_is_not_in_the_image_is_named(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n    entrypoint: [nonesuch]\n")
    done = project.run("up")
    assert done.returncode == 1
    assert 'exec: "nonesuch": executable file not found in $PATH' in done.stderr


def test_a_failing_build_ends_with_one_and_starts_nothing(project: ComposeProject, base_image: str) -> None:
    (project.folder / "Dockerfile").write_text(
        f"FROM {base_image}\n\nRUN echo one \\\n && echo the compiler says no && exit 3\n"
    )
    project.write("  a:\n    build: .\n" + sleeper("b", base_image))
    done = project.run("up")
    assert done.returncode == 1
    # The step, and not the whole log.
    assert done.stderr == (
        "#5 [a 2/2] RUN echo one  && echo the compiler says no && exit 3\n"
        "error: the image of a could not be built: step 2/2 failed: exit code: 3\n"
        "  Dockerfile:3: RUN echo one && echo the compiler says no && exit 3\n"
        "    one\n"
        "    the compiler says no\n"
        "  fix: mend that step, or what it works on; what runs was left as it is\n"
    )
    assert project.docker("ps", "-q", "--filter", f"label=com.docker.compose.project={project.name}") == ""


def test_an_interrupted_up_ends_with_130_and_leaves_no_child(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("a", base_image, "    healthcheck: {test: [CMD, 'false'], interval: 10m}\n")
        + sleeper("b", base_image, "    depends_on: {a: {condition: service_healthy}}\n")
    )
    with project.start("up") as running:
        children = _children_once_it_waits(running)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(20) == 130
        assert not psutil.wait_procs(children, timeout=5)[1]


def test_a_terminated_up_leaves_no_child(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("a", base_image, "    healthcheck: {test: [CMD, 'false'], interval: 10m}\n")
        + sleeper("b", base_image, "    depends_on: {a: {condition: service_healthy}}\n")
    )
    with project.start("up") as running:
        children = _children_once_it_waits(running)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 130
        assert not psutil.wait_procs(children, timeout=5)[1]


def _children_once_it_waits(running: subprocess.Popen[str]) -> list[psutil.Process]:
    assert running.stderr is not None
    for line in running.stderr:
        if "a: health: starting" in line:
            return psutil.Process(running.pid).children(recursive=True)
    raise AssertionError("it never came to wait")


def test_up_of_a_project_without_services_says_so(project: ComposeProject) -> None:
    project.file.write_text(f"name: {project.name}\nservices: {{}}\n")
    done = project.run("up")
    assert done.returncode == 1
    assert "has no active service" in done.stderr


def test_up_of_a_project_whose_services_are_all_in_profiles_names_these(draft: ComposeProject, base_image: str) -> None:
    draft.write(sleeper("a", base_image, "    profiles: [dev]\n") + sleeper("b", base_image, "    profiles: [ci]\n"))
    for command, code in ((["up"], 1), (["up", "--dry"], 1), (["restart"], 1), (["ps"], 0), (["status"], 0)):
        done = draft.run(*command)
        assert done.returncode == code
        assert "has no active service" in done.stderr
        assert "--profile dev" in done.stderr
        assert "--profile ci" in done.stderr


def test_a_late_healthy_service_is_waited_for(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  a:\n    image: {base_image}\n    init: true\n    command: [sh, -c, 'sleep 2; touch /tmp/ok; sleep 1000']\n"
        "    healthcheck: {test: [CMD, test, -f, /tmp/ok], interval: 300ms, retries: 40}\n"
    )
    began = time.monotonic()
    done = project.run("up")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began > 2


def test_a_change_of_a_service_that_an_env_file_makes_active_is_seen(project: ComposeProject, base_image: str) -> None:
    (project.folder / ".env").write_text("COMPOSE_PROFILES=extra\n")
    project.write(sleeper("a", base_image, "    profiles: [extra]\n"))
    project.run("up", "--no-wait")
    assert "keep a" in project.run("up", "--dry").stdout
    project.write(sleeper("a", base_image, "    profiles: [extra]\n    hostname: other\n"))
    assert "recreate a" in project.run("up", "--dry").stdout
