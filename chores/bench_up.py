"""`bench`, the start: `seatrial up` against `docker compose up -d --wait` on projects made for it, in turn."""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invoke import Exit

PREFIX = "seatrial-bench"
SEATRIAL = [str(Path(sys.executable).with_name("seatrial"))]
UP = [*SEATRIAL, "up"]
COMPOSE_UP = ["docker", "compose", "up", "-d", "--wait"]
DOWN = ["docker", "compose", "down", "-t", "1"]


@dataclass(frozen=True)
class Case:
    """One project in one state: `warm` finds everything up."""

    title: str
    target: float
    services: dict[str, Any]
    warm: bool = False


def server(image: str, *after: str, interval: str = "500ms", check: bool = True) -> dict[str, Any]:
    """A small web server whose check asks it; `after` are services that must be healthy before."""
    test = ["CMD", "busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/hostname"]
    health = {"healthcheck": {"test": test, "interval": interval, "timeout": "3s", "retries": 20}} if check else {}
    edges = {"depends_on": {name: {"condition": "service_healthy"} for name in after}} if after else {}
    return {
        "image": image,
        "command": ["busybox", "httpd", "-f", "-p", "80", "-h", "/etc"],
        "init": True,
        **health,
        **edges,
    }


def cases(image: str) -> list[Case]:
    chain = {f"s{n}": server(image, *([f"s{n - 1}"] if n else [])) for n in range(6)}
    row = {f"s{n:02}": server(image) for n in range(12)}
    calm = {f"s{n:02}": server(image, interval="2s") for n in range(12)}
    # Checked more often, the checks of so many take the whole of a small machine, and only they would be measured.
    levels = {f"s{n:02}": server(image, *([f"s{n - 10:02}"] if n >= 10 else []), interval="2s") for n in range(50)}
    return [
        Case("up: chain of 6, cold", 0.65, chain),
        Case("up: chain of 6, everything up already", 0.25, chain, warm=True),
        Case("up: 12 independent services, cold", 0.9, row),
        Case("up: 12 independent services, checked every 2 s, cold", 0.9, calm),
        Case("up: one service, warm", 1.0, {"s": server(image)}, warm=True),
        Case("up: 50 services in depth 5, checked every 2 s, cold", 0.6, levels),
    ]


LATE = "up: ready after 1 s, checked every 30 s"
TITLES = (*(case.title for case in cases("")), LATE)


def show(only: str, runs: int, image: str) -> None:
    for case in cases(image):
        if only in case.title:
            ours, theirs, memory = _measured(case, runs)
            _tell(case, ours, theirs, memory)
    if only in LATE:
        _late(image, runs)


def _measured(case: Case, runs: int) -> tuple[list[float], list[float], int]:
    sides: tuple[list[float], list[float]] = ([], [])
    with _project(case.services) as folder:
        for turn in range(runs + 1):
            for side, command in zip(sides, (UP, COMPOSE_UP), strict=True):
                if not case.warm:
                    _run(DOWN, folder)
                seconds = _timed(command, folder)
                if turn:
                    side.append(seconds)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return *sides, memory


def _late(image: str, runs: int) -> None:
    """When does `up` say that it is ready?"""
    service = server(image, interval="30s")
    service["command"] = ["sh", "-c", "sleep 1; exec busybox httpd -f -p 80 -h /etc"]
    told = []
    with _project({"s": service}) as folder:
        for _ in range(runs):
            _run(DOWN, folder)
            done = subprocess.run([*UP, "--json"], cwd=folder, capture_output=True, text=True, check=True)
            told.append(json.loads(done.stdout)["services"][0]["ready_s"])
    told.sort()
    print(f"{LATE}: ready is told after {told[len(told) // 2]:.2f} s ({told[0]:.2f} to {told[-1]:.2f}); target 2 s")


def _tell(case: Case, ours: list[float], theirs: list[float], memory: int) -> None:
    ours.sort()
    theirs.sort()
    ratio = ours[len(ours) // 2] / theirs[len(theirs) // 2]
    spread = " / ".join(
        f"{s[len(s) // 2] * 1000:.0f} ({s[0] * 1000:.0f} to {s[-1] * 1000:.0f})" for s in (ours, theirs)
    )
    met = "met" if ratio <= case.target else "MISSED"
    print(f"{case.title}: {spread} = {ratio:.2f}, target {case.target}: {met}; largest process {memory // 1024} MiB")


@contextmanager
def _project(services: dict[str, Any]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    (folder / "compose.yaml").write_text(json.dumps({"name": f"{PREFIX}-up", "services": services}))
    try:
        yield folder
    finally:
        _run([*DOWN, "-v"], folder)
        shutil.rmtree(folder)


def _timed(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    _run(command, folder)
    return time.perf_counter() - began


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Exit(f"error: {' '.join(command)} failed\n{done.stderr[-2000:]}\n  fix: bring it to work first", code=1)
