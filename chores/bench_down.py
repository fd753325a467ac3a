"""`bench`, the end: `seatrial stop` and `down` against `docker compose stop` and `down`, in turn."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from invoke import Exit

SEATRIAL = str(Path(sys.executable).with_name("seatrial"))
COMPOSE = ["docker", "compose"]
SHAPES = ("chain of 6", "12 independent services")
TITLES = tuple(f"{verb}: {shape}" for verb in ("stop", "down") for shape in SHAPES)
TARGET = 1.0


def services(shape: str, image: str) -> dict[str, Any]:
    """Each ends at once when it is asked to: what is measured is the way there."""
    one = {"image": image, "init": True, "command": ["sleep", "1000"]}
    if shape == SHAPES[0]:
        return {f"s{n}": {**one, **({"depends_on": [f"s{n - 1}"]} if n else {})} for n in range(6)}
    return {f"s{n:02}": one for n in range(12)}


def show(only: str, runs: int, image: str) -> None:
    for title in TITLES:
        if only in title:
            verb, shape = title.split(": ")
            ours, theirs = _measured(verb, services(shape, image), runs)
            ratio = statistics.median(ours) / statistics.median(theirs)
            met = "met" if ratio <= TARGET else "MISSED"
            print(f"{title}: {_told(ours)} / {_told(theirs)} = {ratio:.2f}, target {TARGET}: {met}")


def _measured(verb: str, wanted: dict[str, Any], runs: int) -> tuple[list[float], list[float]]:
    sides: tuple[list[float], list[float]] = ([], [])
    with _project(wanted) as folder:
        for turn in range(runs + 1):
            for side, command in zip(sides, ([SEATRIAL, verb], [*COMPOSE, verb]), strict=True):
                _run([*COMPOSE, "up", "-d"], folder)
                began = time.perf_counter()
                _run(command, folder)
                if turn:
                    side.append(time.perf_counter() - began)
    return sides


@contextmanager
def _project(wanted: dict[str, Any]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    (folder / "compose.yaml").write_text(json.dumps({"name": "seatrial-bench-down", "services": wanted}))
    try:
        yield folder
    finally:
        _run([*COMPOSE, "down", "-t", "1"], folder)
        shutil.rmtree(folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Exit(f"error: {' '.join(command)} failed\n{done.stderr[-2000:]}\n  fix: bring it to work first", code=1)


def _told(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})"
