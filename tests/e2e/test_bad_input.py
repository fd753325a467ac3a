"""Bad input gets one clear error with a way out, the right exit code, and nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_no_compose_file(project: ComposeProject, tmp_path: Path) -> None:
    done = project.run("up", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no compose file in ")
    assert "fix: change to a folder that holds one of: compose.yaml" in done.stderr


def test_a_named_compose_file_that_is_not_there(project: ComposeProject) -> None:
    done = project.run("up", "--file", "nope.yaml")
    assert done.returncode == 2
    assert "nope.yaml (named by --file)" in done.stderr


def test_malformed_yaml_names_file_and_line(project: ComposeProject) -> None:
    project.file.write_text("services:\n  a:\n    image: x\n   command: [oops\n")
    done = project.run("up")
    assert done.returncode == 2
    assert done.stderr.startswith("error: compose.yaml is not valid YAML at line ")


def test_a_key_that_compose_does_not_know_is_named(project: ComposeProject) -> None:
    project.write("  a:\n    image: x\n    comand: [oops]\n")
    done = project.run("up")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error: compose.yaml:5: services.a has `comand`, which the Compose here does not know"
    )
    assert "fix: did you mean `command`?" in done.stderr


def test_a_required_variable_without_value_starts_nothing(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n    environment: {{K: '${{NEEDED:?ask a colleague}}'}}\n")
    done = project.run("up")
    assert done.returncode == 2
    assert "NEEDED has no value, and services.a.environment.K demands one: ask a colleague" in done.stderr
    assert project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}") == ""


def test_a_broken_env_file_is_named_by_line_and_never_quoted(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    (project.folder / ".env").write_text('OK=1\nPASSWORD="hunter2\n')
    done = project.run("up")
    assert done.returncode == 2
    assert ".env:2: a quote opens here and never closes" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_an_unknown_service_lists_the_known_ones(project: ComposeProject, base_image: str) -> None:
    project.write(f"  db:\n    image: {base_image}\n  web:\n    image: {base_image}\n")
    done = project.run("up", "--service", "wbe")
    assert done.returncode == 2
    assert "no service `wbe`" in done.stderr
    assert "fix: use one of db, web" in done.stderr


def test_an_unknown_flag_is_a_usage_error(project: ComposeProject) -> None:
    assert project.run("up", "--nope").returncode == 2


def test_a_timeout_that_is_no_number(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    done = project.run("up", "--timeout", "soon")
    assert done.returncode == 2
    assert "--timeout is 'soon'" in done.stderr


def test_an_engine_that_does_not_answer(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    project.environ["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    for verb in ("up", "ps", "down", "stop", "restart", "logs"):
        done = project.run(verb)
        assert (verb, done.returncode) == (verb, 4), done.stderr
        assert done.stderr.startswith("error: no Docker engine answers")
        assert "fix: " in done.stderr


def test_no_docker_client(project: ComposeProject, base_image: str, tmp_path: Path) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    project.environ["PATH"] = str(tmp_path)
    done = project.run("ps")
    assert done.returncode == 4
    assert "no `docker` command on PATH" in done.stderr


def test_a_docker_context_that_does_not_exist(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n")
    project.environ["DOCKER_CONTEXT"] = "no-such-context"
    done = project.run("up")
    assert done.returncode == 4, done.stderr
    assert "no docker context `no-such-context`" in done.stderr
