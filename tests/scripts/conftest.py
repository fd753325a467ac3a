"""The scripts run before any environment exists, so their modules are no package: tests reach them by their folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS / "lib"))


@pytest.fixture
def script() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`script("engine", "status", environment={...})`, run as people run it."""

    def run(name: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-IS", str(SCRIPTS / name), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)

    return run
