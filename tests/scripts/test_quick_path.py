"""Every `scripts/inv up` asks both scripts whether all is well. That stays cheap by what is not imported for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
HEAVY = {
    "subprocess",
    "dataclasses",
    "argparse",
    "typing",
    "pathlib",
    "hashlib",
    "ssl",
    "http.client",
    "tempfile",
    "threading",
}


def imported_by(*command: str, environment: dict[str, str]) -> tuple[int, set[str], str]:
    interpreter = [sys.executable, "-IS", "-X", "importtime", str(SCRIPTS / command[0]), *command[1:]]
    done = subprocess.run(interpreter, capture_output=True, text=True, check=False, env=environment)
    timed = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    said = "\n".join(line for line in done.stderr.splitlines() if line not in timed)
    return done.returncode, {line.rpartition("|")[2].strip() for line in timed}, said


@pytest.mark.engine
def test_an_engine_that_answers_is_found_without_a_process_and_without_a_word() -> None:
    environment = dict(os.environ)
    imported_by("engine", "ensure", environment=environment)  # the first call may have to ask the client its versions
    code, modules, said = imported_by("engine", "ensure", environment=environment)
    assert (code, said, modules & HEAVY) == (0, "", set())


@pytest.mark.engine
def test_a_base_image_that_is_there_is_found_with_one_request(tmp_path: Path, base_image: str) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"BASE_IMAGE={base_image}\nBUILD_CA_FILE=/dev/null\n")
    environment = {name: value for name, value in os.environ.items() if name != "BASE_IMAGE"}
    code, modules, said = imported_by("base-image", "--env-file", str(env_file), environment=environment)
    assert (code, said, modules & HEAVY) == (0, "", set())
