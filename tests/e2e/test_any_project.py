"""seatrial finds the project that a folder means, with no file to write."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def services(done: object) -> list[str]:
    return [s["service"] for s in json.loads(done.stdout)["services"]]  # type: ignore[attr-defined]


def test_the_front_door_up_ps_logs_down(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n    init: true\n    command: [sh, -c, 'echo hello; sleep 1000']\n")
    assert project.run("up").returncode == 0
    assert services(project.run("ps", "--json")) == ["a"]
    assert project.run("logs").stdout == "a  | hello\n"
    assert project.run("down").returncode == 0


def test_it_is_found_from_a_folder_below(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    below = project.folder / "src" / "deep"
    below.mkdir(parents=True)
    assert services(project.run("ps", "--json", cwd=below)) == ["a"]


def test_the_folder_compose_counts_and_its_env_file_is_the_projects(project: ComposeProject, base_image: str) -> None:
    (project.folder / "compose").mkdir()
    (project.folder / "env").mkdir()
    (project.folder / "env" / ".env").write_text("NAME=from-env\n")
    file = project.folder / "compose" / "compose.yaml"
    file.write_text(f"name: {project.name}\nservices:\n  ${{NAME:-nobody}}:\n    image: {base_image}\n".replace(
        "${NAME:-nobody}", "a") + "    labels: {who: '${NAME:-nobody}'}\n")  # fmt: skip
    for folder in (project.folder, project.folder / "compose", project.folder / "env"):
        assert services(project.run("ps", "--json", cwd=folder)) == ["a"], folder
    project.run("up", "--no-wait")
    assert project.docker("inspect", "-f", "{{.Config.Labels.who}}", project.container("a")) == "from-env"


def test_files_named_by_flag_or_variable_are_merged(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    (project.folder / "more.yaml").write_text(f"services:\n  b:\n    image: {base_image}\n")
    assert services(project.run("-f", "compose.yaml", "-f", "more.yaml", "ps", "--json")) == ["a", "b"]
    assert services(project.run("ps", "--json", "--file", "compose.yaml", "--file", "more.yaml")) == ["a", "b"]
    project.environ["COMPOSE_FILE"] = "compose.yaml:more.yaml"
    assert services(project.run("ps", "--json")) == ["a", "b"]


def test_an_override_file_beside_it_is_merged_as_compose_does(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    (project.folder / "compose.override.yaml").write_text(f"services:\n  b:\n    image: {base_image}\n")
    assert services(project.run("ps", "--json")) == ["a", "b"]


def test_a_profile_and_a_project_name_can_be_asked_for(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n  b:\n    image: {base_image}\n    profiles: [more]\n")
    done = project.run("ps", "--json", "--profile", "more", "--project-name", "seatrial-test-other")
    assert services(done) == ["a", "b"]
    assert json.loads(done.stdout)["project"] == "seatrial-test-other"


def test_logs_hold_what_programs_wrote_and_nothing_else(project: ComposeProject, base_image: str) -> None:
    """Long lines, progress bars, `attach: false`, a driver that keeps nothing, and a follower through a restart."""
    long = "const o='é'.repeat(30000); console.log(JSON.stringify({o})); process.stdout.write('1%\\r100%\\n');"
    services: dict[str, dict[str, object]] = {
        "long": {"command": ["node", "-e", f"{long} setInterval(()=>0,1e6)"]},
        "quiet": {"command": ["sh", "-c", "echo quiet; exec sleep 1d"], "attach": False},
        "none": {"command": ["sh", "-c", "echo none; exit 3"], "logging": {"driver": "none"}},
    }
    usual: dict[str, object] = {"image": base_image, "init": True, "stop_grace_period": "0s"}
    project.write("".join(f"  {name}: {json.dumps(usual | own)}\n" for name, own in services.items()))
    up = project.run("up")
    assert "its log cannot be read: `logging: {driver: none}`" in up.stderr
    assert "does not support reading" not in up.stderr

    done = project.run("logs", "--json")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert json.loads(first["line"]) == {"o": "é" * 30000}
    assert second["line"] == "1%\r100%"
    assert done.stderr == "no log of none: configured logging driver does not support reading\n"
    assert project.run("logs", "--service", "quiet").stdout == "quiet  | quiet\n"
    assert project.run("logs", "--tail", "1").stdout == "long   | 100%\n"
    assert len(project.run("logs", "--tail", "2").stdout) > 30000

    command = [sys.executable, "-m", "seatrial", "logs", "--follow", "--tail", "1", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=project.folder,
        env=project.environment(),
        stdout=pipe,
        stderr=pipe,
        text=True,
    ) as follower:
        assert follower.stdout is not None
        assert follower.stderr is not None
        assert json.loads(follower.stdout.readline())["line"] == "1%\r100%"
        project.docker("restart", project.container("long"))
        assert json.loads(json.loads(follower.stdout.readline())["line"]) == {"o": "é" * 30000}
        assert json.loads(follower.stdout.readline())["line"] == "1%\r100%"
        follower.terminate()
        assert follower.stderr.read().count("no log of none") == 1
