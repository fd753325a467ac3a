"""The wrapper, on a checkout of its own: it makes the environment, keeps it fresh, and gets out of the way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wrapper = folder / "scripts" / "inv"

    def inv(self, *arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.wrapper, *arguments], cwd=cwd or self.folder, env={**os.environ, **environ}, capture_output=True,
            text=True, check=False, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.wrapper, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def made(self) -> Path:
        return self.folder / ".venv" / ".made"


def copied(target: Path) -> Checkout:
    """What git would clone, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source = ROOT / name
        if source.is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(source.read_bytes())
            (target / name).chmod(source.stat().st_mode)
    return Checkout(target)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    made = copied(tmp_path_factory.mktemp("a folder") / "my checkout")
    first, second = made.start("--list"), made.start("--list")
    ends = [(run, *run.communicate(timeout=300)) for run in (first, second)]
    for run, out, err in ends:
        assert run.returncode == 0, err
        assert "up " in out
    # Two at once: one of them did the work, the other one waited for it.
    assert sum("installing requirements/runtime.txt" in err for _, _, err in ends) == 1
    return made


def test_the_second_call_makes_nothing(checkout: Checkout) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in checkout.made.iterdir()}
    done = checkout.inv("--list")
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.name: file.stat().st_mtime_ns for file in checkout.made.iterdir()} == before


def test_it_works_from_any_folder_and_through_a_link(checkout: Checkout, tmp_path: Path) -> None:
    link = tmp_path / "inv"
    link.symlink_to(checkout.wrapper)
    for folder in (checkout.folder / "src", tmp_path):
        done = subprocess.run([link, "--list"], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "env.init" in done.stdout


def test_the_exit_code_is_the_tasks(checkout: Checkout) -> None:
    assert checkout.inv("ps", "--file", "nope.yaml").returncode == 2
    assert checkout.inv("ps", DOCKER_HOST="unix:///nonexistent.sock", GATEWAY_TOKEN="x" * 16,
                        TELEGRAM_BOT_TOKEN="1:x", TELEGRAM_API_ROOT="http://x").returncode == 4  # fmt: skip


def test_a_changed_lock_is_installed_anew(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements" / "runtime.txt"
    lock.write_text("# touched\n" + lock.read_text())
    checkout.inv("--list")
    assert (checkout.made / "runtime.txt").read_text().startswith("# touched\n")


def test_an_interrupted_set_up_is_done_again(checkout: Checkout) -> None:
    (checkout.made / "place").unlink()
    assert checkout.inv("--list").returncode == 0
    assert (checkout.made / "place").read_text() == f"{checkout.folder}\n"


def test_an_interpreter_that_is_too_old_is_refused_with_a_fix(checkout: Checkout, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (checkout.made / "place").unlink()
    done = checkout.inv("--list", SEATRIAL_PYTHON=str(old))
    assert done.returncode == 2
    assert "no Python 3.11 or newer" in done.stderr
    assert "fix: " in done.stderr


def test_a_folder_in_the_way_is_not_deleted(checkout: Checkout, tmp_path: Path) -> None:
    other = copied(tmp_path / "other")
    (other.folder / ".venv").mkdir()
    (other.folder / ".venv" / "precious").write_text("x")
    done = other.inv("--list")
    assert done.returncode == 1
    assert "exists and is no virtual environment" in done.stderr
    assert (other.folder / ".venv" / "precious").exists()
