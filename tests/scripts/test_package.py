"""Wheel and sdist hold what they should, and a wheel installed where nothing else is works."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@dataclass(frozen=True)
class Built:
    """The two files, and a Python that has installed the wheel."""

    wheel: Path
    sdist: Path
    python: Path

    def run(self, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel is made from the sdist, with the build backend that is locked."""
    out, venv = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("clean") / "venv"
    pip = [str(venv / "bin" / "pip"), "install", "--quiet"]
    for command in (
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        [sys.executable, "-m", "venv", str(venv)],
        [*pip, "-r", str(ROOT / "requirements" / "runtime.txt")],
        [*pip, "--no-deps", "--no-index", "--find-links", str(out), "seatrial"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Built(wheel, sdist, venv / "bin" / "python")


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(built: Built) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src/seatrial"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    wanted = {name.removeprefix("src/") for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    packed = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    assert packed == wanted
    assert "seatrial/py.typed" in packed


def test_the_sdist_holds_what_the_tests_need_and_no_secret(built: Built) -> None:
    with tarfile.open(built.sdist) as tar:
        names = {name.split("/", 1)[-1] for name in tar.getnames()}
    assert {"tasks.py", "env/.env.schema", "scripts/inv", "tests/conftest.py", "docs/json.md", "CHANGELOG.md"} <= names
    assert not [name for name in names if name == "env/.env" or "__pycache__" in name or "node_modules" in name]


def test_its_commands_work_where_nothing_else_is_installed(built: Built, tmp_path: Path) -> None:
    command = str(built.python.with_name("seatrial"))
    assert built.run(command, "--version", cwd=tmp_path).stdout == f"seatrial {VERSION}\n"
    assert "graceful-stop" in built.run(command, "drill.list", cwd=tmp_path).stdout
    refused = built.run(command, "ps", cwd=tmp_path)
    assert (refused.returncode, refused.stderr.startswith("error: ")) == (2, True)
    assert built.run(str(built.python), "-m", "seatrial", "--list", cwd=tmp_path).returncode == 0


def test_a_tasks_file_and_pytest_find_it(built: Built, tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("from seatrial import ns\n")
    assert " up " in built.run(str(built.python.with_name("inv")), "--list", cwd=tmp_path).stdout
    program = "from importlib.metadata import entry_points as e; print(e(group='pytest11')['seatrial'].value)"
    assert built.run(str(built.python), "-c", program, cwd=tmp_path).stdout == "seatrial.pytest_plugin\n"
