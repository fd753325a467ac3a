"""The environment's part of `bench`: a check against the bare Compose calls, a remembered check, a verification."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = "seatrial-bench-env"
SIZES = ((3, 30), (20, 60))
CONTAINERS = 20
TITLES = (
    *(f"env check of {services} services / bare calls" for services, _ in SIZES),
    "env check, remembered: own time",
    f"env verification of {CONTAINERS} containers",
)
# In a process of its own, so that loading our modules counts; what is loaded before is what every verb needs.
OWN_TIME = """
import sys, time
import seatrial.program
from invoke import Config, Context
from seatrial.verbs.env.check import check
context = Context(Config())
began = time.perf_counter()
try:
    check(context, json={as_json})
finally:
    print("own", time.perf_counter() - began, file=sys.stderr)
"""
VERIFY = """
import os, sys, time
from pathlib import Path
from seatrial import project
from seatrial.engine.whales import WhalesEngine
from seatrial.env.examine import examine
from seatrial.env.verify import mismatches
engine, where = WhalesEngine(), project.find(Path.cwd(), environ=os.environ)
found = examine(engine, where, os.environ, Path.cwd())
snapshot = engine.snapshot(found.stack.name)
began = time.perf_counter()
wrong = mismatches(found.contained, {look}, engine.environments([c.id for c in snapshot.containers]))
print("own", time.perf_counter() - began, file=sys.stderr)
assert len(snapshot.containers) == {count} and not wrong, (len(snapshot.containers), wrong)
"""


@dataclass(frozen=True)
class Sample:
    """A project made for measuring."""

    folder: Path

    def run(self, command: list[str], text: str | None = None) -> str:
        done = subprocess.run(command, cwd=self.folder, env=environment(), input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr[-500:]}")
        return done.stderr

    def own_ms(self, code: str) -> float:
        told = self.run([sys.executable, "-c", code])
        return 1000 * float(told.rsplit("own ", 1)[1])


def environment() -> dict[str, str]:
    """That of the caller, but compiled modules are kept, as they are for everybody who has installed seatrial."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE" and not k.startswith("COMPOSE_")}
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / NAME),
        "XDG_CACHE_HOME": tempfile.gettempdir(),
    }


@contextmanager
def sample(services: int, variables: int, image: str = "x") -> Iterator[Sample]:
    """`services` services that are all given the env file, and `variables` declared variables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = [f"K{n}" for n in range(variables)]
        body = (
            f"  s{n}: {{image: '{image}', env_file: .env, command: sleep 600, labels: ['k=${{K{n}}}']}}\n"
            for n in range(services)
        )
        (folder / "compose.yaml").write_text(f"name: {NAME}\nservices:\n{''.join(body)}")
        (folder / ".env").write_text("".join(f"{key}=value-{key}\n" for key in keys))
        (folder / ".env.schema").write_text("".join(f"# Variable {key}.\n# @required\n{key}=\n" for key in keys))
        yield Sample(folder)


def bare(of: Sample, variables: int, at_once: int = 1) -> None:
    """The calls that a check needs, as one would type them: `at_once` is 1, or 3 for all at the same time."""
    project = ["docker", "compose", "--project-directory", str(of.folder), "--env-file", str(of.folder / ".env")]
    files = ["-f", str(of.folder / "compose.yaml")]
    probe = {"name": "probe", "services": {}, "x-asked": {f"K{n}": f"${{K{n}-unset}}" for n in range(variables)}}
    calls: tuple[tuple[list[str], str | None], ...] = (
        ([*project, *files, "config", "--no-interpolate", "--format", "json"], None),
        ([*project, "-f", "-", "config", "--format", "json"], json.dumps(probe)),
        ([*project, *files, "config", "--format", "json"], None),
    )
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda call: of.run(*call), calls))


def show(only: str, runs: int, base_image: str, timed: Callable[[Callable[[], object]], float]) -> None:
    """Print every comparison with `only` in its title."""
    for title, (services, variables) in zip(TITLES, SIZES, strict=False):
        if only in title:
            with sample(services, variables) as project:
                _against_bare(title, project, variables, runs, timed)
    if only in TITLES[-2]:
        with sample(*SIZES[1]) as project:
            project.run([sys.executable, "-m", "seatrial", "env"])
            _print(TITLES[-2], [project.own_ms(OWN_TIME.format(as_json=False)) for _ in range(runs)])
    if only in TITLES[-1]:
        with sample(CONTAINERS, SIZES[1][1], base_image) as project:
            try:
                project.run(["docker", "compose", "create"])
                project.run(["docker", "compose", "start"])
                for look, more in (
                    ("snapshot", ""),
                    ("engine.snapshot(found.stack.name)", ", with a new look at them"),
                ):
                    code = VERIFY.format(count=CONTAINERS, look=look)
                    _print(f"{TITLES[-1]}{more}", [project.own_ms(code) for _ in range(runs)])
            finally:
                project.run(["docker", "compose", "down", "-t", "0"])


def _against_bare(
    title: str, project: Sample, variables: int, runs: int, timed: Callable[[Callable[[], object]], float]
) -> None:
    """In turn: whole processes, the bare calls, and the verb without the start of Python and Invoke."""
    check = [sys.executable, "-m", "seatrial", "env", "--json"]
    sides: dict[str, Callable[[], float]] = {
        "whole": lambda: 1000 * timed(lambda: project.run(check)),
        "bare": lambda: 1000 * timed(lambda: bare(project, variables)),
        "own": lambda: project.own_ms(OWN_TIME.format(as_json=True)),
        "bare at once": lambda: 1000 * timed(lambda: bare(project, variables, 3)),
    }
    found: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(runs + 1):
        for name, side in sides.items():
            took = side()
            if turn:
                found[name].append(took)
    print(f"{title} (3 times `docker compose config`)")
    for ours, words in (("whole", "whole process"), ("own", "without the start of Python and Invoke")):
        for theirs, how in (("bare", "one after the other"), ("bare at once", "all at once")):
            _print(f"  {words} / {how}", found[ours], found[theirs])


def _print(title: str, ours: list[float], theirs: list[float] | None = None) -> None:
    def told(found: list[float]) -> str:
        return f"{statistics.median(found):.1f} ({min(found):.1f} to {max(found):.1f})"

    ratio = f" / {told(theirs)} = {statistics.median(ours) / statistics.median(theirs):.2f}" if theirs else ""
    print(f"{title}: {told(ours)}{ratio}")
