"""Doctor finds what was planted, its fixes work, and it ends well whatever is missing."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from conftest import labels_of_killed_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

COMPOSE = """\
# The shop.
version: "3.8"
name: {name}

x-check: &check   # shared by all
  test: [CMD, "true"]
  timeout: 3s     # short

services:
  api:
    build: ./api
    init: true
    user: "4711"
    command: sh -c "echo hello; node server.js"
    healthcheck: *check
    ports: ["127.0.0.1:{port}:80"]
    volumes: [./files:/files]
    depends_on:
      db: {{condition: service_healthy}}

  # The database.
  db:
    image: {image}
    command: [sleep, "1000"]
    healthcheck: {{test: [CMD, "true"], interval: 20s}}   # one line
    volumes:
      - /var/lib/db
    init: true
"""


def diagnosis(project: ComposeProject, *flags: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code, and by check what was found."""
    done = project.run("doctor", "--json", *flags)
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {
        name: [f for f in findings if f["check"] == name] for name in {f["check"] for f in findings}
    }


# Other projects on the machine can fill its disk, its memory and its address pools while a test runs.
MACHINE = {"memory", "disk", "clock", "inotify", "names", "proxy", "certificates"}


def wrong(found: dict[str, list[dict[str, Any]]]) -> set[str]:
    bad = {name for name, several in found.items() if any(one["status"] in ("warning", "failure") for one in several)}
    return bad - MACHINE


def failed(found: dict[str, list[dict[str, Any]]]) -> int:
    """The exit code where only the machine can be at fault."""
    return int(any(one["status"] == "failure" for name in MACHINE & found.keys() for one in found[name]))


@contextmanager
def listener() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken


@pytest.fixture
def left_over(project: ComposeProject, base_image: str) -> Iterator[tuple[str, str]]:
    """A helper container and a network as a run leaves them that was killed."""
    container, network = f"{project.name}-helper", f"{project.name}-network"
    labels = labels_of_killed_run("doctor")
    project.docker("network", "create", *labels, network)
    project.docker("create", "--name", container, *labels, base_image)
    yield container, network
    subprocess.run(["docker", "rm", "-f", container], capture_output=True, check=False)
    subprocess.run(["docker", "network", "rm", network], capture_output=True, check=False)


def test_planted_problems_are_found_and_their_fixes_work(
    project: ComposeProject, base_image: str, left_over: tuple[str, str]
) -> None:
    container, network = left_over
    planted = {
        *("env-file-mode", "env-file-ignored", "left-over", "version-key", "health-interval", "shell-command"),
        *("anonymous-volumes", "dockerignore", "log-limits", "ports", "user-ids"),
    }
    subprocess.run(["git", "init", "-q"], cwd=project.folder, check=True)
    (project.folder / ".env").write_text("PASSWORD=hunter2hunter2\n")
    (project.folder / ".env").chmod(0o644)
    (project.folder / "files").mkdir()
    (project.folder / "api" / "node_modules").mkdir(parents=True)
    (project.folder / "api" / "Dockerfile").write_text(f"FROM {base_image}\nCOPY . /app\n")
    with listener() as taken:
        port = taken.getsockname()[1]
        text = COMPOSE.format(name=project.name, image=base_image, port=port)
        project.file.write_text(text)
        code, found = diagnosis(project, "--fix", "--dry")
        assert code == 1
        assert wrong(found) == planted
        assert project.file.read_text() == text
        assert {container, network} <= set(found["left-over"][0]["found"].replace(",", "").split())
        assert f"port {port} is taken by process" in found["ports"][0]["found"]
        assert "waits 50 s at each start" in found["health-interval"][0]["why"]
        assert found["shell-command"][0]["places"] == ["compose.yaml:14"]

        code, found = diagnosis(project, "--fix", "--yes")
        assert wrong(found) == {"shell-command", "anonymous-volumes", "ports", "user-ids"}
        assert code == 1  # the port

    limits = 'logging: {options: {max-size: 10m, max-file: "3"}}'
    mended = (
        text.replace('version: "3.8"\n', "")
        .replace("timeout: 3s     # short\n", "timeout: 3s     # short\n  start_period: 30s\n  start_interval: 1s\n")
        .replace("interval: 20s}   # one line", "interval: 20s, start_period: 30s, start_interval: 1s}   # one line")
        .replace("service_healthy}\n", f"service_healthy}}\n    {limits}\n")
    )
    assert project.file.read_text() == f"{mended}    {limits}\n"
    assert (project.folder / ".gitignore").read_text() == "/.env\n"
    assert (project.folder / ".env").stat().st_mode & 0o777 == 0o600
    assert (project.folder / "api" / ".dockerignore").read_text() == ".git\n**/node_modules\n*.log\n"
    assert container not in project.docker("ps", "-a", "--format", "{{.Names}}").split()
    assert network not in project.docker("network", "ls", "--format", "{{.Name}}").split()

    # What is left to a person, as it was said; the port is free by now.
    (project.folder / "files").chmod(0o777)
    by_hand = project.file.read_text().replace("hello; node", "hello; exec node").replace("- /var", "- data:/var")
    project.file.write_text(f"{by_hand}    stop_grace_period: 30s\nvolumes: {{data: }}\n")
    code, found = diagnosis(project)
    assert not {container, network} & set(found["left-over"][0]["found"].replace(",", "").split())
    assert (code, wrong(found) - {"left-over"}) == (failed(found), set())


def test_a_fix_is_shown_and_not_carried_out_when_nobody_can_be_asked(draft: ComposeProject, base_image: str) -> None:
    draft.write(f"  a:\n    image: {base_image}\n    healthcheck: {{test: [CMD, x]}}\n")
    before = draft.file.read_text()
    done = draft.run("doctor", "--fix")
    assert done.returncode == 2
    assert "+    healthcheck: {test: [CMD, x], start_period: 30s, start_interval: 1s}" in done.stdout
    assert "nothing was changed: there is nobody to ask" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert draft.file.read_text() == before


def test_without_a_docker_client_it_says_so_and_looks_at_the_rest(draft: ComposeProject) -> None:
    draft.write("  a:\n    image: x\n", rest='version: "3"')
    draft.environ["PATH"] = str(draft.folder)
    code, found = diagnosis(draft)
    assert code == 1
    assert found["docker-client"][0]["status"] == "failure"
    assert found["engine"][0]["found"] == "there is no docker command"
    assert found["version-key"][0]["status"] == "warning"
    assert found["names"][0]["status"] == "skipped"


def test_without_an_engine_the_compose_file_is_looked_at_all_the_same(draft: ComposeProject) -> None:
    draft.write("  a:\n    image: nginx\n    command: sh -c 'a; b'\n")
    draft.environ["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    code, found = diagnosis(draft)
    assert code == 1
    assert found["engine"][0]["status"] == "failure"
    assert found["compose"][0]["status"] == "ok"
    assert {"shell-command", "latest-tag"} <= wrong(found)
    for name in ("ports", "registry", "names", "left-over", "user-ids"):
        assert (found[name][0]["status"], found[name][0]["found"]) == ("skipped", "no engine answers"), name


def test_in_a_folder_without_a_compose_file_the_machine_is_looked_at(draft: ComposeProject) -> None:
    draft.environ["HOME"] = "/proc/no-such-home"  # nothing can be written there
    draft.environ["XDG_CACHE_HOME"] = draft.environ["XDG_STATE_HOME"] = "/proc/no-such-home"
    code, found = diagnosis(draft)
    assert code == failed(found)
    assert found["compose-file"][0]["status"] == "skipped"
    assert found["names"][0]["status"] == "ok" or "no address left" in found["names"][0]["found"]
    assert "cannot write to what is kept" in " ".join(one["found"] for one in found["disk"])
    named, found = diagnosis(draft, "--file", "nope.yaml")
    assert named == 1
    assert "nope.yaml" in found["compose-file"][0]["found"]


def test_a_compose_file_that_is_broken_is_told_with_its_line(draft: ComposeProject) -> None:
    draft.file.write_text("services:\n  a:\n    image: x\n   command: [oops\n")
    code, found = diagnosis(draft, "--fix", "--yes")
    assert code == 1
    assert "is not valid YAML at line" in found["compose-file"][0]["found"]
    assert found["health-interval"][0]["status"] == "skipped"


def test_the_shell_is_that_of_the_image(draft: ComposeProject, base_image: str) -> None:
    """Debian's dash stays for a single command, and busybox becomes it."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        link = tarfile.TarInfo("bin/sh")
        link.type, link.linkname = tarfile.SYMTYPE, "dash"
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo("bin/dash"))
    image, command = f"{draft.name}-dash:1", 'CMD ["/bin/sh", "-c", "serve"]'
    subprocess.run(["docker", "import", "-c", command, "-", image], input=text.getvalue(), check=True)
    try:
        draft.write(f"  debian: {{image: '{image}'}}\n  alpine: {{image: '{base_image}', command: [sh, -c, serve]}}")
        (found,) = diagnosis(draft)[1]["shell-command"]
        assert (found["status"], found["services"]) == ("warning", ["debian"])
    finally:
        draft.docker("rmi", image)
