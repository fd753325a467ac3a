"""`up` recreates and restarts what refers to networks, volumes and namespaces that are gone, or are others by now."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SERVICE = """
  {name}:
    image: {image}
    init: true
    command: [sleep, '1000']
"""


def plan(project: ComposeProject, *arguments: str, verb: str = "up") -> dict[str, str]:
    """By subject, what is done with it; without what is kept."""
    done = project.run(verb, "--dry", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)["plan"]
    return {step["subject"]: step["action"] for step in steps if step["action"] != "keep"}


def up(project: ComposeProject, *arguments: str) -> str:
    done = project.run("up", *arguments)
    assert done.returncode == 0, done.stderr
    assert plan(project, *arguments) == {}
    return done.stderr


def test_guests_of_a_namespace_are_restarted_with_its_owner(project: ComposeProject, base_image: str) -> None:
    shared = {
        "side": "network_mode: 'service:vpn'\n    depends_on: {vpn: {condition: service_healthy}}",
        "named": f"network_mode: 'container:{project.container('vpn')}'\n    depends_on: [vpn]",
        "debug": "pid: 'service:vpn'\n    depends_on: {vpn: {condition: service_healthy}}",
    }
    services = [
        SERVICE.format(name="vpn", image=base_image) + "    healthcheck: {test: ['CMD', 'true'], interval: 1s}\n",
        *(f"{SERVICE.format(name=name, image=base_image)}    {field}\n" for name, field in shared.items()),
    ]
    project.write("".join(services))
    up(project)
    # An ended process namespace takes its guests along; a network stays, and nothing can reach it.
    project.docker("restart", "-t", "1", project.container("vpn"))
    assert plan(project) == {"side": "restart", "named": "restart", "debug": "start"}
    listed = json.loads(project.run("ps", "--json").stdout)["services"]
    marks = {one["service"]: one["containers"][0]["cut_off_from"] for one in listed}
    assert marks["side"] == marks["named"] == "vpn"
    assert "cut off from vpn" in project.run("status").stdout
    up(project)
    project.docker("kill", project.container("vpn"))
    assert plan(project) == {"vpn": "start", "side": "restart", "named": "restart", "debug": "start"}
    up(project)
    assert set(plan(project, "--service", "vpn", verb="restart")) == {"vpn", "side", "named", "debug"}
    assert project.run("restart", "--service", "vpn").returncode == 0
    assert plan(project) == {}
    # Compose recreates the guests that name the service; of `container:NAME` it keeps the old id.
    project.file.write_text(project.file.read_text().replace("'1000'", "'999'", 1))
    assert plan(project) == {"vpn": "recreate", "side": "recreate", "named": "recreate", "debug": "recreate"}
    up(project)


def test_networks_volumes_and_orphans(project: ComposeProject, base_image: str) -> None:
    front, data = f"{project.name}_front", f"{project.name}_data"
    web = SERVICE.format(name="web", image=base_image) + "    networks: [front]\n    volumes: ['data:/data', /anon]\n"
    other = SERVICE.format(name="other", image=base_image) + "    networks: [back]\n"
    rest = "networks:\n  front: {FRONT}\n  back:\nvolumes:\n  data: {DATA}\n"
    project.write(web + other, rest.replace("{FRONT}", "{}").replace("{DATA}", "{}"))
    up(project)
    project.docker("exec", project.container("web"), "sh", "-c", "echo kept | tee /data/file > /anon/file")
    assert project.run("stop").returncode == 0
    project.docker("network", "rm", front)
    assert plan(project) == {"web": "recreate", "other": "start"}
    up(project)
    project.docker("network", "disconnect", front, project.container("web"))
    assert plan(project) == {"web": "recreate"}
    up(project)

    # Definitions; what is on a network that is recreated is recreated, and nothing else.
    project.write(
        web + other,
        rest.replace("{FRONT}", "{internal: true, labels: {a: '1'}}").replace("{DATA}", "{labels: {b: '2'}}"),
    )
    assert plan(project) == {f"network {front}": "recreate", "web": "recreate"}
    said = up(project)
    assert f"volume {data}: labels.b changed: the volume keeps its data" in said
    assert project.docker("network", "inspect", "-f", "{{.Internal}}", front) == "true"
    assert project.docker("exec", project.container("web"), "cat", "/data/file", "/anon/file") == "kept\nkept"
    compose = subprocess.run(
        ["docker", "compose", "up", "-d"], cwd=project.folder, check=True, capture_output=True, text=True
    )
    assert "Recreate" not in compose.stderr

    # A container of another project on it: nothing is changed, and the fix works.
    foreign = f"{project.name}-foreign"
    label = f"com.docker.compose.project={project.name}-other"
    project.docker(
        "run", "-d", "--init", "--name", foreign, "--label", label, "--network", front, base_image, "sleep", "1000"
    )
    try:
        project.write(web + other, rest.replace("{FRONT}", "{}").replace("{DATA}", "{labels: {b: '2'}}"))
        refused = project.run("up")
        assert refused.returncode == 1
        assert f"{foreign} uses it; nothing was changed" in refused.stderr
        fix = f"docker network disconnect {front} {foreign}"
        assert fix in refused.stderr
        assert project.docker("inspect", "-f", "{{.State.Running}}", project.container("web")) == "true"
        project.docker(*fix.split()[1:])
        up(project)
    finally:
        project.docker("rm", "-f", foreign)

    # A service that is gone leaves an orphan, which keeps running until it is asked to be removed.
    project.write(web, rest.replace("{FRONT}", "{}").replace("{DATA}", "{labels: {b: '2'}}"))
    orphan = project.container("other")
    assert f"{orphan}: orphan: the compose files have no service other" in up(project)
    assert "running, orphan" in project.run("ps").stdout
    assert "running, orphan" in project.run("status").stdout
    assert f"left running: {orphan}, an orphan" in project.run("stop", "--dry").stderr
    project.environ["COMPOSE_REMOVE_ORPHANS"] = "true"
    assert plan(project) == {orphan: "remove"}
    up(project)
    assert orphan not in project.docker("ps", "-a", "--format", "{{.Names}}").split()
