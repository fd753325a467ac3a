"""A verdict is given once it is final, and what is optional neither blocks nor fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.engine_events import listening

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

# `app` is restarted until `db` is there; `migrate` and `web` share all but the command; `late` installs its probe;
# `helper` may fail; `tool` has no health check; `metrics` is in a profile.
STACK = """
x-app: &app {{image: {image}, init: true, healthcheck: {{test: ["CMD", "true"], interval: 1s}}}}
services:
  db:
    image: {image}
    init: true
    command: [sh, -c, "sleep 4; touch /gate/open; sleep 1000"]
    volumes: [./gate:/gate]
    healthcheck: {{test: [CMD, test, -f, /gate/open], interval: 1s, retries: 60}}
  app:
    image: {image}
    init: true
    restart: on-failure
    command: [sh, -c, "[ -f /gate/open ] || exit 3; sleep 1000"]
    volumes: [./gate:/gate]
    depends_on: [db]
  migrate: {{<<: *app, command: [sh, -c, "sleep 1"]}}
  web:
    <<: *app
    command: [sleep, "1000"]
    depends_on:
      migrate: {{condition: service_completed_successfully}}
      metrics: {{condition: service_started, required: false}}
      tool: {{condition: service_healthy, required: false}}
  late:
    image: {image}
    init: true
    command: [sh, -c, "sleep 4; cd /usr/local/bin; printf '#!/bin/sh' > probeme; chmod +x probeme; sleep 1000"]
    healthcheck: {{test: [CMD, probeme], interval: 1s, start_period: 60s, start_interval: 1s}}
  helper:
    image: {image}
    command: ["false"]
    x-seatrial: {{optional: true}}
  tool: {{image: {image}, init: true, command: [sleep, "1000"]}}
  metrics: {{image: {image}, init: true, command: [sleep, "1000"], profiles: [observe]}}
"""


def test_no_verdict_is_given_before_it_is_final(project: ComposeProject, base_image: str) -> None:
    (project.folder / "gate").mkdir()
    project.file.write_text(f"name: {project.name}\n" + STACK.format(image=base_image))
    done = project.run("up", "--json")
    assert done.returncode == 0, done.stderr
    services = {service["service"]: service for service in json.loads(done.stdout)["services"]}
    assert {name: service["standing"] for name, service in services.items()} == {
        "db": "ready", "app": "ready", "migrate": "done", "web": "ready", "late": "ready", "tool": "ready",
        "helper": "failed",
    }  # fmt: skip
    assert [name for name, service in services.items() if service["optional"]] == ["helper"]
    # The model that is hashed has no edge to the service of the inactive profile.
    plan = project.run("up", "--dry").stdout
    assert "keep web (running, as wanted)" in plan
    assert "recreate" not in plan
    # Neither does the optional edge enable its profile, nor is anything recreated.
    container = project.docker("inspect", "-f", "{{.Id}}", project.container("web"))
    named = project.run("up", "--service", "web")
    assert named.returncode == 0, named.stderr
    assert "observe" not in named.stderr
    assert project.docker("inspect", "-f", "{{.Id}}", project.container("web")) == container
    # A one-shot that has ended brings back who waits for it; what is paused is resumed.
    assert project.run("restart", "--service", "migrate", "--service", "web").returncode == 0
    project.docker("pause", project.container("tool"))
    assert "unpause tool (paused)" in project.run("up", "--dry").stdout
    assert project.run("up", "--service", "tool").returncode == 0
    assert project.docker("inspect", "-f", "{{.State.Status}}", project.container("tool")) == "running"


def test_a_crash_loop_gets_the_same_answer_at_any_moment(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  a:\n    image: {base_image}\n    restart: always\n    command: [sh, -c, 'sleep 1.2; exit 3']\n"
        f"  once:\n    image: {base_image}\n    restart: always\n    command: ['true']\n"
        f"  web:\n    image: {base_image}\n    command: [sleep, '1000']\n"
        "    depends_on: {once: {condition: service_completed_successfully}}\n"
    )
    with listening(f"container={project.container('a')}", "event=die") as ends:
        done = project.run("up")
        next(ends)  # before that nothing is known against it
    assert done.returncode == 1
    assert "ended with exit code 0, and its restart policy always starts it again" in done.stderr
    assert "restart: on-failure" in done.stderr
    codes = set()
    for _ in range(3):
        done = project.run("up", "--service", "a", "--json")
        (service,) = json.loads(done.stdout)["services"]
        codes.add((done.returncode, service["reason"].partition(":")[0]))
    assert codes == {(1, "crash loop")}
