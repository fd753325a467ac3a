"""Compose is found where docker finds it; where there is doubt docker is left to look."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from seatrial import plugin
from seatrial.engine.looking import Looking
from seatrial.errors import ConfigurationInvalid, SeatrialError
from seatrial.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Says what it was called with, as a Compose that is asked for its model.
SAYING = """#!/bin/sh
[ "$1" = docker-cli-plugin-metadata ] && echo '{"SchemaVersion":"0.1.0","Vendor":"us","Version":"v9"}' && exit
printf '%s\\n' "$0 $*" "by $DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND" >>"$SAID"
echo '{"name": "x", "services": {}}'
"""


def program(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A machine with a docker command that is no script, and a Compose of the person's own."""
    program(tmp_path / "bin" / "docker", "\x7fELF")
    program(tmp_path / "settings" / "cli-plugins" / "docker-compose", SAYING)
    return {"PATH": str(tmp_path / "bin"), "DOCKER_CONFIG": str(tmp_path / "settings"), "HOME": str(tmp_path / "home")}


def test_the_persons_own_compose_is_found_first(environ: dict[str, str]) -> None:
    assert plugin.compose(environ) == f"{environ['DOCKER_CONFIG']}/cli-plugins/docker-compose"


def test_without_docker_config_it_is_looked_for_at_home(environ: dict[str, str], tmp_path: Path) -> None:
    mine = program(tmp_path / "home" / ".docker" / "cli-plugins" / "docker-compose", SAYING)
    del environ["DOCKER_CONFIG"]
    assert plugin.compose(environ) == str(mine)


def no_client(environ: dict[str, str], settings: Path) -> None:
    environ["PATH"] = str(settings)


def a_script(environ: dict[str, str], settings: Path) -> None:
    program(settings.parent / "bin" / "docker", '#!/bin/sh\nexec podman "$@"\n')


def more_places(environ: dict[str, str], settings: Path) -> None:
    (settings / "config.json").write_text('{"cliPluginsExtraDirs": ["/opt/plugins"]}')


def settings_that_are_a_folder(environ: dict[str, str], settings: Path) -> None:
    (settings / "config.json").mkdir()


def a_relative_place(environ: dict[str, str], settings: Path) -> None:
    environ["DOCKER_CONFIG"] = os.path.relpath(settings)


def one_that_cannot_be_started(environ: dict[str, str], settings: Path) -> None:
    (settings / "cli-plugins" / "docker-compose").chmod(0o644)


@pytest.mark.parametrize(
    "doubt",
    [no_client, a_script, more_places, settings_that_are_a_folder, a_relative_place, one_that_cannot_be_started],
)
def test_in_doubt_docker_has_to_tell(
    doubt: Callable[[dict[str, str], Path], None], environ: dict[str, str], tmp_path: Path
) -> None:
    doubt(environ, tmp_path / "settings")
    assert plugin.compose(environ) is None


@pytest.mark.compose
def test_compose_is_called_just_as_docker_calls_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "settings" / "cli-plugins" / "docker-compose", SAYING)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "settings"))
    monkeypatch.setenv("SAID", str(tmp_path / "said"))
    file = tmp_path / "compose.yaml"
    project = Project(tmp_path, (file,))
    assert plugin.compose(os.environ) is not None, "docker on this machine is a script"
    Looking().stack(project)
    ours = (tmp_path / "said").read_text()
    (tmp_path / "said").unlink()
    words = ["compose", "--project-directory", str(tmp_path), "-f", str(file), "config", "--format", "json"]
    subprocess.run(["docker", *words], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "said").read_text() == ours


OTEL = "OTEL_RESOURCE_ATTRIBUTES"
TELEMETRY = {
    "passed through": f"environment: [{OTEL}]",
    "passed through by an env file": "env_file: otel.env",
    "put in": f"command: '${{{OTEL}-none}}'",
    "asked for": f"command: '${{{OTEL}:?}}'",
    "not there": "command: x",
}


@pytest.mark.compose
@pytest.mark.parametrize("own", [None, "", "service.name=shop"])
@pytest.mark.parametrize("use", TELEMETRY)
def test_what_docker_sets_for_a_plugin_counts_as_when_docker_starts_it(
    use: str, own: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(f"name: x\nservices:\n  a:\n    image: x\n    {TELEMETRY[use]}\n")
    (tmp_path / "otel.env").write_text(f"{OTEL}\n")
    if own is None:
        monkeypatch.delenv(OTEL, raising=False)
    else:
        monkeypatch.setenv(OTEL, own)
    command = ["docker", "compose", "--project-directory", str(tmp_path), "-f", str(file), "config", "--format", "json"]
    docker = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    engine, project = Looking(), Project(tmp_path, (file,))
    if docker.returncode:
        with pytest.raises(ConfigurationInvalid):
            engine.stack(project)
        return
    stack = engine.stack(project)
    assert stack.resolved == docker.stdout
    hashes = subprocess.run(
        ["docker", "compose", "-f", "-", "config", "--hash", "*"],
        input=docker.stdout,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert engine.config_hashes(stack) == {"a": hashes[1]}


@pytest.mark.compose
def test_a_compose_that_cannot_be_run_is_told_by_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built for another machine, say: what docker says about it is the error."""
    broken = program(tmp_path / "settings" / "cli-plugins" / "docker-compose", "\x7fELF of another machine")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "settings"))
    assert plugin.compose(os.environ) == str(broken)
    with pytest.raises(SeatrialError):
        Looking().stack(Project(tmp_path, (tmp_path / "compose.yaml",)))
