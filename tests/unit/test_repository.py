"""Promises of this repository that nothing else would notice if they broke."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.verbs import VERBS

ROOT = Path(__file__).parents[2]
LIMIT = 400


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_importing_seatrial_loads_nothing_heavy() -> None:
    heavy = (
        "python_on_whales",
        "pydantic",
        "rich",
        "psutil",
        "dotenv",
        "watchdog",
        "jinja2",
        "yaml",
        "seatrial.engine.whales",
        "seatrial.env.schema",
    )
    program = f"import sys, seatrial.program; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_invoke_is_loaded_without_what_it_does_not_use_and_is_whole_all_the_same() -> None:
    program = """if True:
        import sys, seatrial.program
        print([name for name in ("asyncio", "ssl", "unittest", "yaml") if name in sys.modules])
        from invoke import MockContext, Result
        mocked = MockContext(run=Result("said"))
        print(mocked.run("anything").stdout, mocked.run.called)
        import unittest.mock, yaml
        print(unittest.mock.Mock().anything() is not None, yaml.safe_load("a: 1"))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "said True", "True {'a': 1}"]


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_traceback() -> None:
    program = """if True:
        import sys
        from seatrial.console import main
        class Interrupting:
            def find_spec(self, name, *_):
                if name == "seatrial.settings":
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Interrupting())
        main()
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_the_schema_is_committed_and_the_env_file_is_ignored() -> None:
    assert git("check-ignore", "-q", "env/.env.schema").returncode == 1
    assert git("check-ignore", "-q", "env/.env").returncode == 0


@pytest.mark.parametrize("folder", ["compose", "env"])
def test_data_folders_are_no_packages(folder: str) -> None:
    assert not list((ROOT / folder).glob("**/__init__.py"))


@pytest.mark.parametrize("lock", ["requirements/runtime.txt", "requirements/dev.txt", "compose/gateway/pnpm-lock.yaml"])
def test_locks_name_no_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_every_locked_package_has_hashes() -> None:
    for lock in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        for block in re.split(r"\n(?=[a-z])", text):
            if "==" in block:
                assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_readme_names_every_verb() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for verb in VERBS:
        *_, folder, _ = verb.__module__.split(".")
        name = verb.name if folder == "verbs" else f"{folder}.{verb.name}"
        assert f"`{name}`" in readme, name


def test_no_build_needs_a_hub_for_its_syntax() -> None:
    for file in ROOT.glob("compose/*/Dockerfile"):
        assert "syntax=" not in file.read_text(encoding="utf-8").splitlines()[0]


def test_source_files_stay_small() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in (ROOT / "src").glob("**/*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LIMIT
    }
    assert not long
