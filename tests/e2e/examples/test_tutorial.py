"""The tutorial is true: its commands are typed in its order, and print what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, free_port
from e2e.watch.watching import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject

PAGE = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of the page's `console` blocks, with the lines that it is said to print."""
    for block in _BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *told = part.splitlines()
            yield command, told


def prints(told: list[str], lines: list[str]) -> bool:
    """Whether the lines are as told: `…` is any text in a line, and alone any lines; spaces do not count."""
    if not told:
        return not lines
    if told[0].strip() == "…":
        return any(prints(told[1:], lines[skip:]) for skip in range(len(lines) + 1))
    pattern = _plain(told[0]).replace("[", "[[]").replace("…", "*")
    return bool(lines) and fnmatchcase(_plain(lines[0]), pattern) and prints(told[1:], lines[1:])


def _plain(line: str) -> str:
    return " ".join(line.split())


@pytest.mark.engine
def test_every_command_of_the_tutorial_does_what_it_says(project: ComposeProject, base_image: str) -> None:
    shutil.copytree(ROOT / "docs" / "examples", project.folder / "docs" / "examples")
    port = str(free_port())
    project.environ |= {"COMPOSE_PROJECT_NAME": project.name, "NODE_IMAGE": base_image, "PORT": port}
    environ = project.environment()
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    folder = str(project.folder)
    mine = ("--filter", f"label=com.docker.compose.project={project.name}")
    try:
        for command, told in commands(PAGE.read_text(encoding="utf-8").replace(":8080", f":{port}")):
            # Who reads takes longer than the engine does to ask a health check; `up` does not wait for that.
            eventually(lambda: not project.docker("ps", "-q", *mine, "--filter", "health=starting"))
            script = f"{command}\ncode=$?\npwd >'{project.folder}/.where'\nexit $code"
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, env=environ, capture_output=True, text=True, timeout=120,
                check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
            assert prints(told, done.stdout.splitlines()), f"$ {command}\n{done.stdout}\ninstead of\n" + "\n".join(told)
            folder = (project.folder / ".where").read_text(encoding="utf-8").strip()
    finally:
        project.run("watch.stop")


@pytest.mark.parametrize(
    ("told", "printed", "so"),
    [
        (["a  … s"], ["a 1.2 s"], True),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…"], ["a"], True),
        (["a"], ["a", "b"], False),
        (["[a]"], ["a"], False),
        ([], ["a"], False),
    ],
)
def test_what_is_told_is_held_against_what_is_printed(told: list[str], printed: list[str], so: bool) -> None:
    assert prints(told, printed) is so
