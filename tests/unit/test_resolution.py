"""The project that a folder means, compared with Compose's own answer over generated layouts."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from seatrial import plugin, project
from seatrial.engine.looking import Looking

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.compose

_FILE = """\
{name}
services:
  {service}:
    image: "x:${{TAG:-none}}${{EXTRA:-}}"
    volumes: ["./data:/data", "${{PWD}}:/here"]
    profiles: {profiles}
"""
# What the caller says about compose files: flags, the shell's variables, lines of the env file.
FILES: dict[str, tuple[list[str], dict[str, str], str]] = {
    "found": ([], {}, ""),
    "a flag": (["svc/compose.yaml"], {}, ""),
    "two flags": (["svc/compose.yaml", "compose.override.yaml"], {}, ""),
    "a flag for a link to a file": (["linked.yaml"], {}, ""),
    "a flag through a linked folder": (["linked/../svc/compose.yaml"], {}, ""),
    "the shell": ([], {"COMPOSE_FILE": "compose.yaml:svc/extra.yaml"}, ""),
    "the shell, with a separator": (
        [],
        {"COMPOSE_FILE": "compose.yaml;svc/extra.yaml", "COMPOSE_PATH_SEPARATOR": ";"},
        "",
    ),
    "the env file": ([], {}, "COMPOSE_FILE=compose.yaml:svc/extra.yaml"),
    "the env file, with a separator": (
        [],
        {},
        "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=compose.yaml;svc/extra.yaml",
    ),
    "the env file, with a variable": ([], {}, "COMPOSE_FILE=compose.yaml:svc/${STAGE:-extra}.yaml"),
    "the env file, of another folder": ([], {}, 'STAGE=compose\nCOMPOSE_FILE="svc/$STAGE.yaml"'),
    "the env file, quoted": ([], {}, "export COMPOSE_FILE='compose.yaml' # ours"),
}
# The shell's variables; `.` is the folder of the caller.
ENV_FILES: dict[str, dict[str, str]] = {
    "the project's": {},
    "one": {"COMPOSE_ENV_FILES": "one.env"},
    "two": {"COMPOSE_ENV_FILES": "one.env,svc/two.env"},
    "none": {"COMPOSE_DISABLE_ENV_FILE": "true"},
}
NAMES = {"": "", "of the file": "name: shop"}
VARIABLES: tuple[dict[str, str], ...] = (
    {},
    {"TAG": "shell"},
    {"COMPOSE_PROJECT_NAME": "given"},
    {"COMPOSE_PROFILES": "more"},
)


def lay_out(folder: Path, name: str, lines: str) -> None:
    (folder / "real" / "svc").mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    root = folder / "real"
    texts = {
        "compose.yaml": ("web", "[]"),
        "compose.override.yaml": ("late", "[more]"),
        "svc/compose.yaml": ("part", "[]"),
        "svc/extra.yaml": ("extra", "[]"),
        "../elsewhere/other.yaml": ("other", "[]"),
    }
    for file, (service, profiles) in texts.items():
        (root / file).write_text(_FILE.format(name=name, service=service, profiles=profiles))
    (root / "linked.yaml").symlink_to("../elsewhere/other.yaml")
    (root / "linked").symlink_to("../elsewhere")
    (root / ".env").write_text(f"TAG=own\n{lines}\nCOMPOSE_PROFILES=${{MORE:-more}}\n")
    (root / "svc" / ".env").write_text("TAG=svc\nEXTRA=svc\n")
    (root / "one.env").write_text(f"TAG=one\n{lines}\n")
    (root / "svc" / "two.env").write_text("TAG=two\nEXTRA=${TAG}\n")
    (folder / "link").symlink_to("real")


def by_compose(start: Path, flags: list[str], environ: dict[str, str]) -> dict[str, Any]:
    path = plugin.compose(os.environ) or "docker"
    arguments = [word for flag in flags for word in ("-f", flag)]
    done = subprocess.run(
        [path, "compose", *arguments, "config", "--format", "json"],
        cwd=start, env={**environ, plugin.STARTED_BY: "docker"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


EVERY = [*itertools.product(FILES, ENV_FILES, NAMES, range(len(VARIABLES)), ("real", "link"))]
SOME = EVERY[::17]  # 17 and the sizes of the dimensions have no common factor: each value meets each other one


@pytest.mark.parametrize(("files", "env_files", "name", "variables", "way"), SOME)
def test_the_project_is_composes(  # noqa: PLR0917  the dimensions of a layout
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: str, env_files: str, name: str, variables: int, way: str
) -> None:
    flags, shell, lines = FILES[files]
    lay_out(tmp_path, NAMES[name], lines)
    start = tmp_path / way
    for key in [key for key in os.environ if key.startswith("COMPOSE_") or key in {"TAG", "EXTRA", "STAGE", "MORE"}]:
        monkeypatch.delenv(key)
    for key, value in {**shell, **ENV_FILES[env_files], **VARIABLES[variables], "PWD": str(start)}.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(start)
    found = project.find(project.here(), environ=os.environ, files=flags)
    assert json.loads(Looking().stack(found).resolved) == by_compose(start, flags, dict(os.environ))


@pytest.mark.parametrize("files", ["found", "the env file, of another folder"])
def test_the_answer_is_the_same_from_every_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: str
) -> None:
    lay_out(tmp_path, "", FILES[files][2])
    below = tmp_path / "real" / "below"
    below.mkdir()
    (below / ".env").write_text("TAG=below\nCOMPOSE_PROFILES=other\nCOMPOSE_PROJECT_NAME=below\n")  # not the project's
    monkeypatch.setenv("PWD", str(below))
    answers = []
    for start in (tmp_path / "real", below):
        monkeypatch.chdir(start)
        answers.append(Looking().stack(project.find(start, environ=os.environ)).resolved)
    assert answers[0] == answers[1]
