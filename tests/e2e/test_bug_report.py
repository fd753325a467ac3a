"""`report`: what a bug report needs, wherever it is run, and none of the secrets that were planted."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import ComposeProject

SECRET = "hunter2Zx9kQw"
PLACES = ("env", "older", "inline", "label", "note", "argument", "probe", "built", "logged", "header", "key", "file")


def planted(place: str) -> str:
    return f"{SECRET}{place}{SECRET[::-1]}"


def inside(file: Path) -> dict[str, str]:
    """Every member of the archive, unpacked."""
    with tarfile.open(file) as tar:
        found = {}
        for entry in tar.getmembers():
            told = tar.extractfile(entry)
            assert told is not None
            found[entry.name.removeprefix("seatrial-report/")] = told.read().decode()
        return found


@pytest.mark.engine
def test_a_report_has_what_is_needed_and_none_of_the_secrets(project: ComposeProject, base_image: str) -> None:
    says = (
        f"echo I have $$DB_PASSWORD and $$API_TOKEN; echo 'Authorization: Bearer {planted('header')}'; "
        f"echo -----BEGIN PRIVATE KEY-----; echo {planted('key')}; echo -----END PRIVATE KEY-----; "
        f'echo \'{{"accessToken": "{planted("logged")}"}}\'; exec sleep 1000'
    )
    (project.folder / "file.txt").write_text(planted("file"))
    project.write(
        f"""
  web:
    image: {base_image}
    init: true
    build: {{context: ., args: {{NPM_TOKEN: {planted("built")}}}}}
    command: [sh, -c, {json.dumps(says)}, sh, --password, {planted("argument")}]
    environment: {{DB_PASSWORD: "${{DB_PASSWORD}}", API_TOKEN: {planted("inline")}}}
    labels: {{api-key: {planted("label")}, note: {planted("note")}}}
    healthcheck: {{test: "echo http://u:{planted("probe")}@db; true", interval: 1s}}
    secrets: [word]
""",
        "secrets: {word: {file: ./file.txt}}",
    )
    env = project.folder / ".env"
    env.write_text(f"DB_PASSWORD={planted('older')}\n")
    assert project.run("up", "--no-build").returncode == 0
    assert project.run("drill", "--only", "anatomy").returncode in (0, 1)
    env.write_text(f"DB_PASSWORD={planted('env')}\n")  # the container still has the older one
    done = project.run("report", "--output", "r.tar.gz", "--json")
    assert done.returncode == 0, done.stderr
    told = inside(project.folder / "r.tar.gz")
    log = told[f"logs/{project.name}-web-1.txt"]
    assert "I have [REDACTED] and [REDACTED]" in log
    assert {"README.txt", "versions.json", "configuration.json", "containers.json", "environment.json"} <= set(told)
    assert f"runs/{project.name}.drill.json" in told
    assert json.loads(told["runs/history-drill.json"])["runs"]
    assert json.loads(told["configuration.json"])["services"]["web"]["environment"] == ["API_TOKEN", "DB_PASSWORD"]
    assert [one["name"] for one in json.loads(done.stdout)["inside"]] == [name for name in told if name != "README.txt"]
    everything = "\n".join((*told.values(), *told, done.stdout, done.stderr)).casefold()
    for place in PLACES:
        assert planted(place).casefold() not in everything, place
    assert SECRET.casefold() not in everything
    assert (project.folder / "r.tar.gz").stat().st_mode & 0o777 == 0o600


def test_without_an_engine_or_a_compose_file_there_is_what_there_is(drafts: Callable[[], ComposeProject]) -> None:
    project = drafts()
    project.environ["DOCKER_HOST"] = "unix:///nowhere.sock"
    done = project.run("report", "--output", "r.tar.gz")
    assert done.returncode == 0, done.stderr
    told = inside(project.folder / "r.tar.gz")
    assert json.loads(told["versions.json"])["versions"]["seatrial"]
    assert "project: no compose file" in told["README.txt"]
    project.write("  web: {image: x}\n")
    assert project.run("report", "--output", "r.tar.gz").returncode == 0
    assert "no Docker engine answers" in inside(project.folder / "r.tar.gz")["README.txt"]
    assert project.run("report", "--output", "nowhere/r.tar.gz").returncode == 2
    project.write("  web: [\n")
    assert project.run("report", "--output", "r.tar.gz").returncode == 0
