"""`bench`: seatrial against what people would type without it, in turn in one run: a noisy machine harms both."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from invoke import Context, Exit, task

from chores import bench_down, bench_env, bench_up, bench_watch

ROOT = Path(__file__).parent.parent
STACK = ["docker", "compose", "-p", "seatrial-bench", "-f", "compose/compose.yaml", "--env-file", "env/.env"]
# Ports of its own: the stack that somebody works with stays as it is.
PORTS = {"GATEWAY_PORT": "28789", "TELEGRAM_PORT": "28790"}


@dataclass(frozen=True)
class Pair:
    """One comparison: `ours` and `theirs` are command lines, `before` runs untimed before each of them."""

    name: str
    ours: list[str]
    theirs: list[str]
    before: list[str] | None = None
    environ: dict[str, str] | None = None


def run(command: list[str], environ: dict[str, str] | None = None) -> float:
    """Seconds that the command took as a whole process; a failure ends the benchmark."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(environ or {})}, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise Exit(
            f"error: {' '.join(command)} failed\n{done.stderr[-2000:]}\n  fix: bring it to work, then measure", code=1
        )
    return seconds


def measure(pair: Pair, runs: int) -> tuple[list[float], list[float]]:
    """Both commands in turn, after one turn that is not counted."""
    sides: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for side, command in zip(sides, (pair.ours, pair.theirs), strict=True):
            if pair.before:
                run(pair.before, pair.environ)
            seconds = run(command, pair.environ)
            if turn:
                side.append(seconds)
    return sides


@contextmanager
def bare_collection(size: int) -> Iterator[Path]:
    """A folder with a tasks.py of `size` tasks that need nothing but Invoke."""
    folder = Path(tempfile.mkdtemp())
    lines = ["from invoke import task", *(f"@task\ndef t{n}(c):\n    'Task {n}.'" for n in range(size))]
    (folder / "tasks.py").write_text("\n".join(lines) + "\n")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def pairs(bare: Path) -> list[Pair]:
    invoke = [sys.executable, "-m", "invoke"]
    up = [*invoke, "up", "--project-name", "seatrial-bench"]
    compose_up = [*STACK, "up", "-d", "--wait"]
    return [
        Pair("scripts/inv --list / inv --list", [str(ROOT / "scripts" / "inv"), "--list"], [*invoke, "--list"]),
        Pair("inv --list / a bare collection", [*invoke, "--list"], [*invoke, "-r", str(bare), "--list"]),
        Pair("inv up / compose up --wait, cold", up, compose_up, [*STACK, "down", "-t", "2"], PORTS),
        Pair("inv up / compose up --wait, warm", up, compose_up, None, PORTS),
    ]


def keep_compiled() -> None:
    """Compiled modules are kept, as they are for everybody who has installed seatrial, whatever the shell says."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "compiled"))


@task(help={"runs": "counted runs of each command", "only": "only comparisons with this text in their name"})
def bench(c: Context, runs: int = 5, only: str = "") -> None:
    """Measure seatrial against Compose and Invoke: medians in ms, ratio of the medians."""
    keep_compiled()
    versions = {
        "engine": ["docker", "version", "--format", "{{.Server.Version}}"],
        "compose": ["docker", "compose", "version", "--short"],
    }
    told = [
        f"{name} {subprocess.run(command, capture_output=True, text=True).stdout.strip()}"
        for name, command in versions.items()
    ]
    print(f"{', '.join(told)}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    print(f"n = {runs}, medians (min to max) in ms")
    try:
        with bare_collection(14) as bare:
            known = pairs(bare)
            chosen = [pair for pair in known if only in pair.name]
            others = (*bench_env.TITLES, *bench_up.TITLES, *bench_down.TITLES, *bench_watch.TITLES)
            if not chosen and not any(only in title for title in others):
                names = "\n       ".join([*(pair.name for pair in known), *others])
                raise Exit(f"error: no comparison has `{only}` in its name\n  fix: {names}", code=2)
            for pair in chosen:
                _show(pair.name, *measure(pair, runs))
        bench_env.show(only, runs, _base_image(), _seconds)
        bench_up.show(only, runs, _base_image())
        bench_down.show(only, runs, _base_image())
        bench_watch.show(only, runs, _base_image())
    finally:
        if not only or "up" in only:
            subprocess.run(
                [*STACK, "down", "-v", "-t", "2"], cwd=ROOT, env={**os.environ, **PORTS}, capture_output=True
            )


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _base_image() -> str:
    return dotenv_values(ROOT / "env" / ".env").get("BASE_IMAGE") or "node:24-alpine"


def _show(name: str, ours: list[float], theirs: list[float]) -> None:
    def told(seconds: list[float]) -> str:
        return f"{statistics.median(seconds) * 1000:.0f} ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})"

    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{name}: {told(ours)} / {told(theirs)} = {ratio:.2f}")
