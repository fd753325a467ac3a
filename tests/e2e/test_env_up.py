"""`up` stands on the environment contract: nothing starts on a wrong one, and what started is held to it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
SCHEMA = """\
# @defaultRequired=infer
# ---

# Port of the web server.
# @public @type=port(min=1024) @docs("About ports", https://example.org/ports) @example=8080
WEB_PORT=

# Whoever has it may write.
# @required @type=string(minLength=8)
TOKEN=

# @required @public @type=enum(low, high)
LEVEL=low
"""
GOOD = "WEB_PORT=8080\nTOKEN=hunter2hunter2\nLEVEL=low\n"


@pytest.fixture
def shop(project: ComposeProject, base_image: str) -> ComposeProject:
    (project.folder / ".env.schema").write_text(SCHEMA)
    (project.folder / ".env").write_text(GOOD)
    project.write(
        f"  web: {{image: '{base_image}', init: true, command: [sleep, '1000'], env_file: .env,"
        " environment: {WEB_PORT: '${WEB_PORT}'}}\n"
        f"  job: {{image: '{base_image}', init: true, command: [sleep, '1000'], environment: [LEVEL]}}\n"
    )
    return project


def containers(project: ComposeProject) -> str:
    return project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}")


def test_three_wrong_variables_are_told_at_once_with_fixes_and_nothing_starts(shop: ComposeProject) -> None:
    (shop.folder / ".env").write_text("WEB_PORT=80a\nTOKEN=hunter2\nLEVEL= # to do\n")
    done = shop.run("up")
    assert done.returncode == 2
    assert done.stdout == ""
    told = done.stderr.splitlines()
    assert told[0] == "error: the environment is not what the stack needs: 4 errors; nothing was started"
    assert [line.strip() for line in told[1:-1]] == [
        "WEB_PORT (optional, public)",
        "Port of the web server.",
        "About ports: https://example.org/ports",
        'error: .env:1: WEB_PORT: "80a" is not a port (a whole number from 1024 to 65535) [SchemaViolation]',
        "fix: set WEB_PORT=... to: port, at least 1024, like 8080; see https://example.org/ports",
        "TOKEN (required, secret)",
        "Whoever has it may write.",
        "error: .env:2: TOKEN: has fewer than 8 characters; the value is not shown [SchemaViolation]",
        "fix: set TOKEN=... to: string, at least 8 long",
        "LEVEL (required, public)",
        "error: .env:3: a comment behind an empty value: Compose takes the comment as the value [EmptyThenComment]",
        "fix: put the comment on a line of its own",
        'error: .env:3: LEVEL: "# to do" is none of: low, high [SchemaViolation]',
        "fix: set LEVEL=... to: enum: low, high",
    ]
    assert told[-1].startswith("  fix: ")
    assert containers(shop) == ""


def test_what_is_told_is_the_same_by_env_and_by_up(shop: ComposeProject) -> None:
    (shop.folder / ".env").write_text("WEB_PORT=80a\nLEVEL=low\n")
    blocks = [line.strip() for line in shop.run("env").stderr.splitlines()[:-1]]
    assert [line.strip() for line in shop.run("up").stderr.splitlines()[1:-1]] == blocks


def test_a_container_that_got_something_else_is_named_with_the_variable(shop: ComposeProject, tmp_path: Path) -> None:
    """Somebody edits the env file at the very moment in which Compose is called to start."""
    shim = tmp_path / "bin" / "docker"
    shim.parent.mkdir()
    real = shutil.which("docker")
    env_file = shop.folder / ".env"
    edit = f'sed -i -e s/hunter2hunter2/changed-meanwhile/ -e s/LEVEL=low/LEVEL=high/ "{env_file}"'
    shim.write_text(f'#!/bin/sh\ncase " $* " in *" create "*) {edit} ;; esac\nexec {real} "$@"\n')
    shim.chmod(0o755)
    shop.environ["PATH"] = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    for arguments in (["up"], ["up", "--no-wait"]):
        env_file.write_text(GOOD)
        done = shop.run(*arguments)
        assert done.returncode == 1, done.stderr
        assert f"error: {shop.container('web')} has another value of LEVEL, TOKEN" in done.stderr
        assert f"error: {shop.container('job')} has another value of LEVEL" in done.stderr
        assert "fix: run up again" in done.stderr
        assert "hunter2" not in done.stderr + done.stdout
        assert "changed-meanwhile" not in done.stderr + done.stdout
        shop.run("down")
    env_file.write_text(GOOD)
    told = json.loads(shop.run("up", "--json").stdout)
    assert told["up"] is False
    assert {(m["service"], *m["changed"]) for m in told["other_environment"]} == {
        ("web", "LEVEL", "TOKEN"),
        ("job", "LEVEL"),
    }


def test_up_on_what_was_validated_verifies_and_asks_less_the_second_time(shop: ComposeProject) -> None:
    assert shop.run("up").returncode == 0
    assert shop.run("up").returncode == 0
    assert shop.run("env.diff").stdout == "no difference\n"


def test_the_difference_names_variables_containers_and_services_to_be_made_anew(shop: ComposeProject) -> None:
    assert shop.run("up").returncode == 0
    (shop.folder / ".env").write_text("WEB_PORT=8081\nTOKEN=hunter2hunter2\nLEVEL=high\nMORE=1\n")
    told = json.loads(shop.run("env.diff", "--json").stdout)
    assert told["not_in_schema"] == ["MORE"]
    assert told["recreate"] == ["job", "web"]
    assert {m["service"]: (m["changed"], m["missing"]) for m in told["outdated"]} == {
        "web": (["LEVEL", "WEB_PORT"], ["MORE"]),
        "job": (["LEVEL"], []),
    }
    assert shop.run("up").returncode == 0
    (shop.folder / ".env").write_text(GOOD.replace("8080", "8081").replace("low", "high"))
    done = shop.run("env.diff")
    assert (
        done.stdout.splitlines() == [f"{shop.container('web')} lacks nothing"] or "`up` recreates: web" in done.stdout
    )
    assert done.returncode == 0


@pytest.fixture
def copy(project: ComposeProject) -> ComposeProject:
    """This repository's stack, in a copy: its own env file is nobody's business."""
    shutil.copytree(ROOT / "compose", project.folder / "compose", ignore=shutil.ignore_patterns("node_modules", "dist"))
    (project.folder / "env").mkdir()
    shutil.copy(ROOT / "env" / ".env.schema", project.folder / "env")
    return project


def test_without_its_token_the_gateway_is_not_started_and_env_init_repairs_it(copy: ComposeProject) -> None:
    env_file = copy.folder / "env" / ".env"
    assert copy.run("env.init", "--no-input").returncode == 0
    whole = env_file.read_text()
    env_file.write_text("".join(line for line in whole.splitlines(keepends=True) if "GATEWAY_TOKEN" not in line))
    for verb in ("env", "up"):
        done = copy.run(verb, "--project-name", copy.name)
        assert done.returncode == 2
        assert "GATEWAY_TOKEN is not set; the schema has a value for it [MissingDefaultInEnv]" in done.stderr
        assert "fix: env.init writes it into env/.env" in done.stderr
        assert "1 error" in done.stderr
    assert containers(copy) == ""
    done = copy.run("env.init", "--no-input")
    assert (done.returncode, "GATEWAY_TOKEN" in done.stderr) == (0, True)
    done = copy.run("env", "--project-name", copy.name)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "14 variables checked: in order")
    assert env_file.stat().st_mode & 0o777 == 0o600
