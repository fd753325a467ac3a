"""A broken environment stops what starts something, and nothing else: what runs can be looked at and ended."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SLEEPER = "image: '%s', init: true, command: [sh, -c, 'echo token $$TOKEN; exec sleep 1000'], stop_grace_period: 1s"
GOOD = "TOKEN=hunter2hunter2\n"


def missing(folder: Path) -> None:
    (folder / ".env").unlink()


def unreadable(folder: Path) -> None:
    (folder / ".env").write_text('TOKEN="hunter2hunter2\n')


def piped(folder: Path) -> None:
    (folder / ".env").unlink()
    os.mkfifo(folder / ".env")


def a_folder(folder: Path) -> None:
    (folder / ".env").unlink()
    (folder / ".env").mkdir()


def required(folder: Path) -> None:
    text = (folder / "compose.yaml").read_text()
    (folder / "compose.yaml").write_text(text.replace("${TOKEN:?}", "${TOKEN:?} ${OTHER:?}"))


def quoted(folder: Path) -> None:
    """Compose says which port it is that it does not like."""
    text = (folder / "compose.yaml").read_text()
    (folder / "compose.yaml").write_text(text.replace("environment:", "ports: ['${TOKEN}:80'], environment:"))


def no_service_file(folder: Path) -> None:
    (folder / "api.env").unlink()


@pytest.fixture
def shop(project: ComposeProject, base_image: str) -> ComposeProject:
    """`web` needs `db`; both run, on a sound environment."""
    (project.folder / ".env").write_text(GOOD)
    (project.folder / "api.env").write_text("API_SECRET=correct-horse\n")
    project.write(
        f"  web: {{{SLEEPER % base_image}, depends_on: [db], environment: {{TOKEN: '${{TOKEN:?}}'}}}}\n"
        f"  db: {{{SLEEPER % base_image}, env_file: api.env, volumes: ['data:/data']}}\n",
        "volumes: {data: {}}\n",
    )
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    return project


def states(project: ComposeProject) -> dict[str, str]:
    told = json.loads(project.run("ps", "--json").stdout)
    return {service["service"]: service["containers"][0]["state"] for service in told["services"]}


@pytest.mark.parametrize(
    "break_it", [missing, unreadable, piped, a_folder, required, quoted, no_service_file], ids=lambda way: way.__name__
)
def test_what_runs_is_looked_at_and_ended_whatever_is_wrong(
    break_it: Callable[[Path], None], shop: ComposeProject
) -> None:
    break_it(shop.folder)
    for verb in (["ps"], ["logs"], ["exec", "web", "--", "true"], ["stop", "--service", "web"], ["down", "--dry"]):
        done = shop.run(*verb)
        assert done.returncode == 0, (verb, done.stderr)
        assert [line.split(":")[0] for line in done.stderr.splitlines()].count("warning") == 1, (verb, done.stderr)
        assert "hunter2" not in done.stdout + done.stderr
    assert states(shop) == {"db": "running", "web": "exited"}
    done = shop.run("down", "--volumes", "--yes")
    assert done.returncode == 0, done.stderr
    label = f"label=com.docker.compose.project={shop.name}"
    left = [shop.docker(kind, "ls", "-q", *more, "--filter", label) for kind, *more in (
        ("container", "-a"), ("volume",), ("network",),
    )]  # fmt: skip
    assert left == ["", "", ""]


def test_what_starts_something_stays_strict(shop: ComposeProject) -> None:
    unreadable(shop.folder)
    for verb in ("up", "restart", "build"):
        assert shop.run(verb).returncode == 2, verb
    assert states(shop) == {"db": "running", "web": "running"}


def test_the_dependant_is_stopped_first_as_ever(shop: ComposeProject) -> None:
    unreadable(shop.folder)
    plan = json.loads(shop.run("stop", "--dry", "--json").stdout)["plan"]
    assert [step["subject"] for step in plan] == ["web", "db"]
    assert shop.run("stop").returncode == 0
    assert states(shop) == {"db": "exited", "web": "exited"}


def test_what_the_containers_were_given_stays_out_of_sight(shop: ComposeProject) -> None:
    (shop.folder / ".env.schema").write_text("TOKEN=\n")
    no_service_file(shop.folder)
    missing(shop.folder)
    shown = shop.run("logs")
    assert "token [REDACTED]" in shown.stdout
    assert "hunter2" not in shown.stdout + shown.stderr


def test_a_service_that_has_no_container_is_unknown(shop: ComposeProject) -> None:
    unreadable(shop.folder)
    done = shop.run("logs", "--service", "wbe")
    assert (done.returncode, "fix: use one of db, web" in done.stderr) == (2, True)


def test_where_nothing_runs_the_error_is_told(project: ComposeProject) -> None:
    project.write("  web: {image: x, command: '${NEEDED:?}'}\n")
    for verb in ("ps", "logs", "down", "stop"):
        done = project.run(verb)
        assert (done.returncode, "error: the variable NEEDED is required" in done.stderr) == (2, True), verb


def test_of_two_projects_of_one_folder_the_right_one_must_be_named(shop: ComposeProject) -> None:
    second = f"{shop.name}-b"
    try:
        assert shop.run("up", "--project-name", second).returncode == 0
        unreadable(shop.folder)
        done = shop.run("down")
        assert done.returncode == 2
        assert f"--project-name: {shop.name}, {second}" in done.stderr
        assert shop.run("down", "--volumes", "--yes", "--project-name", second).returncode == 0
        shop.environ["COMPOSE_PROJECT_NAME"] = shop.name
        assert states(shop) == {"db": "running", "web": "running"}
    finally:
        for kind in ("container", "volume", "network"):
            listed = shop.docker(kind, "ls", "-q", "--filter", f"label=com.docker.compose.project={second}").split()
            if listed:
                shop.docker(kind, "rm", *(["-f"] if kind != "network" else []), *listed)


def test_a_compose_file_that_a_variable_names_is_not_in_the_way(shop: ComposeProject) -> None:
    below = shop.folder / "below"
    below.mkdir()
    unreadable(shop.folder)
    shop.environ["COMPOSE_FILE"] = "../compose.yaml"
    for verb in (["exec", "web", "--", "true"], ["stop"]):
        done = shop.run(*verb, cwd=below)
        assert done.returncode == 0, done.stderr
