"""Ports and checkouts on the real engine: nothing is started on a taken port, and two checkouts run side by side."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def sleeper(name: str, image: str, *ports: str, more: str = "") -> str:
    listed = "".join(f"      - '{port}'\n" for port in ports)
    return (
        f"  {name}:\n    image: {image}\n    command: [sleep, '1000']\n    init: true\n"
        + (f"    ports:\n{listed}" if ports else "")
        + more
    )


def held(kind: socket.SocketKind = socket.SOCK_STREAM, address: str = "127.0.0.1") -> socket.socket:
    taken = socket.socket(type=kind)
    taken.bind((address, 0))
    if kind == socket.SOCK_STREAM:
        taken.listen()
    return taken


def number(taken: socket.socket) -> int:
    return int(taken.getsockname()[1])


def containers(project: ComposeProject, name: str = "") -> list[str]:
    return project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={name or project.name}").split()


def test_all_taken_ports_are_told_in_one_go_and_nothing_is_changed(project: ComposeProject, base_image: str) -> None:
    with held() as web, held(socket.SOCK_DGRAM) as dns:
        tcp, udp = number(web), number(dns)
        project.write(
            sleeper("a", base_image, f"127.0.0.1:{tcp}:80", f"127.0.0.1:{udp}:53/udp") + sleeper("b", base_image)
        )
        done = project.run("up", "--json")
        dry = project.run("up", "--dry")
    assert (done.returncode, dry.returncode) == (1, 1)
    assert "create a" in dry.stdout
    wrong = json.loads(done.stdout)["errors"]
    assert [error["what"].split(" (")[0] for error in wrong] == [
        f"a: port {tcp} is taken by process {os.getpid()}",
        f"a: port {udp}/udp is taken by process {os.getpid()}",
    ]
    assert all("up --shift-ports" in error["fix"] for error in wrong)
    assert containers(project) == []


def number_of(done: subprocess.CompletedProcess[str], service: str) -> int:
    told = {s["service"]: s["urls"] for s in json.loads(done.stdout)["services"]}
    return int(told[service][0].rpartition(":")[2])


def test_a_moved_port_stays_for_every_verb_until_it_is_taken_back(project: ComposeProject, base_image: str) -> None:
    with held() as web:
        written = number(web)
        project.write(sleeper("a", base_image, f"127.0.0.1:{written}:80"))
        assert f"move port {written} of a" in project.run("up", "--dry", "--shift-ports").stdout
        assert containers(project) == []
        moved = number_of(project.run("up", "--shift-ports", "--json"), "a")
        assert moved != written
    ids = containers(project)
    assert number_of(project.run("up", "--json"), "a") == moved
    assert project.run("up", "--dry").stdout == "keep a (running, as wanted)\n"
    assert f":{moved}" in project.run("ps").stdout
    # By hand with the same files nothing is made anew either.
    override = next((project.folder.parent / "state").rglob("ports.yaml"))
    files = ["-f", str(project.file), "-f", str(override)]
    subprocess.run(["docker", "compose", *files, "up", "-d"], cwd=project.folder, check=True, capture_output=True)
    assert containers(project) == ids
    assert number_of(project.run("up", "--plain-ports", "--json"), "a") == written
    assert number_of(project.run("up", "--json"), "a") == written


def test_a_moved_port_survives_an_edit_of_the_compose_file(project: ComposeProject, base_image: str) -> None:
    with held() as web:
        first = sleeper("a", base_image, f"127.0.0.1:{number(web)}:80")
        project.write(first + sleeper("gone", base_image, f"127.0.0.1:{number(web)}:81"))
        done = project.run("up", "--shift-ports", "--service", "a", "--json")
        moved = number_of(done, "a")
        assert project.run("up", "--shift-ports", "--json").returncode == 0
        other = free_port()
        project.write(sleeper("a", base_image, f"127.0.0.1:{number(web)}:80", f"127.0.0.1:{other}:90"))
        done = project.run("up", "--json")
    assert done.returncode == 0, done.stderr
    urls = json.loads(done.stdout)["services"][0]["urls"]
    assert sorted(url.rpartition(":")[2] for url in urls) == sorted([str(moved), str(other)])


def test_two_services_and_two_containers_that_want_one_port_are_told_before_the_start(
    project: ComposeProject, base_image: str
) -> None:
    one, two = free_port(), free_port()
    project.write(
        sleeper("a", base_image, f"127.0.0.1:{one}:80")
        + sleeper("b", base_image, f"{one}:80")
        + sleeper("c", base_image, f"{two}:80", more="    scale: 2\n")
    )
    done = project.run("up")
    assert done.returncode == 1
    assert f"b: port {one} is wanted by a too" in done.stderr
    assert f"c: 2 containers want port {two}" in done.stderr
    assert containers(project) == []


def test_services_that_swap_their_ports_are_no_conflict(project: ComposeProject, base_image: str) -> None:
    one, two = free_port(), free_port()
    project.write(sleeper("a", base_image, f"{one}:80") + sleeper("b", base_image, f"{two}:80"))
    assert project.run("up").returncode == 0
    project.write(sleeper("a", base_image, f"{two}:80") + sleeper("b", base_image, f"{one}:80"))
    done = project.run("up", "--json")
    assert done.returncode == 0, done.stderr
    assert (number_of(done, "a"), number_of(done, "b")) == (two, one)


@pytest.fixture
def repository(project: ComposeProject, base_image: str) -> tuple[ComposeProject, int]:
    port = free_port()
    project.write(
        sleeper("a", base_image, f"127.0.0.1:{port}:80") + "    volumes: ['data:/data']\n",
        f"volumes: {{data: {{name: {project.name}-shared}}}}",
    )
    for command in (["init", "-q"], ["add", "."], ["-c", "user.email=a@b", "-c", "user.name=a", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=project.folder, check=True, capture_output=True)
    return project, port


def checkout(project: ComposeProject, projects: Callable[[], ComposeProject], *git: str) -> ComposeProject:
    """Another checkout of the project's repository, by `git ...`; what it leaves behind is removed."""
    other = projects()
    other.folder.rmdir()
    subprocess.run(["git", *git, str(other.folder)], cwd=project.folder, check=True, capture_output=True)
    return other


def test_a_worktree_runs_beside_the_main_checkout(
    repository: tuple[ComposeProject, int], projects: Callable[[], ComposeProject]
) -> None:
    main, port = repository
    tree = checkout(main, projects, "worktree", "add", "-q", "--detach")
    tree.name = f"{main.name}-project-1"  # git calls it after its folder, `project 1`
    first = main.run("up")
    assert (first.returncode, "warning" in first.stderr) == (0, False)
    ids = containers(main)
    done = tree.run("up", "--json")
    assert done.returncode == 0, done.stderr
    assert f"volume data is {main.name}-shared in every checkout" in done.stderr
    assert json.loads(done.stdout)["project"] == tree.name
    moved = number_of(done, "a")
    assert moved != port
    assert containers(main) == ids
    assert number_of(tree.run("up", "--json"), "a") == moved
    status = subprocess.run(["git", "status", "--short"], cwd=tree.folder, check=True, capture_output=True)
    assert status.stdout == b""
    assert tree.run("down").returncode == 0
    assert (containers(main), containers(tree)) == (ids, [])


def test_compose_and_up_agree_on_a_project_that_is_reached_by_a_link(project: ComposeProject, base_image: str) -> None:
    link = project.folder.with_name(project.name)  # which gives the project its name
    link.symlink_to(project.folder)
    mounted = sleeper("a", base_image, "80").rstrip() + "\n    volumes: ['./data:/data']\n    environment: [TAG]\n"
    (project.folder / "a.yaml").write_text(f"services:\n{mounted}")
    (project.folder / "b.yaml").write_text("services: {a: {environment: {TAG: '${TAG}'}}}\n")
    (project.folder / "svc").mkdir()
    (project.folder / "svc" / "dev.env").write_text("TAG=the other file\n")
    (project.folder / "dev.env").write_text("COMPOSE_PATH_SEPARATOR=;\nB=b\nCOMPOSE_FILE=a.yaml;${B}.yaml\nTAG=dev\n")
    project.environ = {"PWD": str(link), "COMPOSE_ENV_FILES": "dev.env"}
    assert project.run("up", cwd=link).returncode == 0
    (name,) = containers(project)
    container = json.loads(project.docker("inspect", name))[0]
    compose = subprocess.run(
        ["docker", "compose", "up", "--detach"], cwd=link, env=project.environment(), capture_output=True, check=True
    )
    assert b"Running" in compose.stderr
    assert containers(project) == [name]
    assert container["Mounts"][0]["Source"] == str(link / "data")
    assert "TAG=dev" in container["Config"]["Env"]
    assert project.run("up", "--dry", cwd=link).stdout.startswith("keep a")
    done = project.run("ps", "--project-name", f"{project.name}-other", cwd=link)
    assert f"project {project.name} was started from this folder too" in done.stderr


def test_a_name_that_is_given_beats_that_of_the_worktree(
    repository: tuple[ComposeProject, int], projects: Callable[[], ComposeProject]
) -> None:
    main, _ = repository
    tree = checkout(main, projects, "worktree", "add", "-q", "--detach")
    given = f"{main.name}-given"
    for arguments, environ in (
        (("--project-name", given), {}),
        ((), {"COMPOSE_PROJECT_NAME": given}),
        ((), {"INVOKE_SEATRIAL_PROJECT_NAME": given}),
    ):
        tree.environ = environ
        assert json.loads(tree.run("ps", "--json", *arguments).stdout)["project"] == given
    tree.environ = {}
    (tree.folder / ".env").write_text(f"COMPOSE_PROJECT_NAME={given}\n")
    assert json.loads(tree.run("ps", "--json").stdout)["project"] == given


def test_a_second_clone_does_not_touch_the_containers_of_the_first(
    repository: tuple[ComposeProject, int], projects: Callable[[], ComposeProject]
) -> None:
    main, _ = repository
    clone = checkout(main, projects, "clone", "-q", ".")
    assert main.run("up").returncode == 0
    ids = containers(main)
    for verb in ("up", "stop", "restart", "down", "drill"):
        done = clone.run(verb)
        assert (verb, done.returncode) == (verb, 2)
        assert f"project {main.name} belongs to {main.folder}" in done.stderr, verb
        assert containers(main) == ids, verb
    service = clone.docker("inspect", "-f", '{{index .Config.Labels "com.docker.compose.service"}}', ids[0])
    for arguments in (("ps",), ("logs",), ("status",), ("exec", service, "--", "true")):
        looked = clone.run(*arguments)
        warning = f"warning: the containers of {service} were made from {main.folder}, not from this folder\n"
        assert (arguments, looked.returncode, looked.stderr) == (arguments, 0, warning)
    assert "warning" not in main.run("ps").stderr
    assert main.docker("inspect", "-f", "{{.State.Running}}", *ids) == "true"

    main.docker("rm", "-f", *ids)
    for said in (True, False):
        done = clone.run("up", "--no-wait")
        left = f"an earlier {main.name} left in {main.name}-shared goes on" in done.stderr
        assert (done.returncode, left) == (0, said), done.stderr
        main.docker("rm", "-f", *containers(main))


def test_containers_of_a_folder_that_is_gone_are_taken_over_and_it_is_said(
    repository: tuple[ComposeProject, int], projects: Callable[[], ComposeProject]
) -> None:
    main, _ = repository
    clone = checkout(main, projects, "clone", "-q", ".")
    assert main.run("up").returncode == 0
    shutil.rmtree(main.folder)
    done = clone.run("up")
    assert done.returncode == 0, done.stderr
    assert f"made from {main.folder}, which is gone" in done.stderr


def test_a_fixed_container_name_that_is_taken_is_told_before_the_start(
    project: ComposeProject, projects: Callable[[], ComposeProject], base_image: str
) -> None:
    other = projects()
    fixed = f"{project.name}-fixed"
    for each in (other, project):
        each.write(sleeper("a", base_image, more=f"    container_name: {fixed}\n"))
    assert other.run("up").returncode == 0
    done = project.run("up")
    assert done.returncode == 1
    assert f"the container name {fixed} is taken by a container that was made from {other.folder}" in done.stderr
    assert containers(project) == []
