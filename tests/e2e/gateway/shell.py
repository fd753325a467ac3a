"""Running docker, and waiting for what it reports."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "compose"


def docker(*arguments: str, timeout_s: float = 120) -> str:
    """What `docker ARGUMENTS` prints; fails with what it complained about."""
    done = attempt(*arguments, timeout_s=timeout_s)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def attempt(
    *arguments: str, environ: dict[str, str] | None = None, timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """`docker ARGUMENTS`, whatever comes of it."""
    return subprocess.run(
        ["docker", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def until(condition: Callable[[], object], what: str, timeout_s: float = 15) -> None:
    """Asks again until the answer is true; fails with `what` when it is not in time."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)
