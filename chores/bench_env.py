"""The environment's part of `bench`: a check against the bare Compose calls, a remembered check, a verification."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
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
    f"verification of {CONTAINERS} containers",
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
wrong = mismatches(found.contained, snapshot, engine.environments([c.id for c in snapshot.containers]))
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
        body = (f"  s{n}: {{image: '{image}', env_file: .env, command: '${{K{n}}}'}}\n" for n in range(services))
        (folder / "compose.yaml").write_text(f"name: {NAME}\nservices:\n{''.join(body)}")
        (folder / ".env").write_text("".join(f"{key}=value-{key}\n" for key in keys))
        (folder / ".env.schema").write_text("".join(f"# Variable {key}.\n# @required\n{key}=\n" for key in keys))
        yield Sample(folder)


def bare(of: Sample, variables: int) -> None:
    """The calls that a check needs, as one would type them, one after the other."""
    project = ["docker", "compose", "--project-directory", str(of.folder), "--env-file", str(of.folder / ".env")]
    files = ["-f", str(of.folder / "compose.yaml")]
    probe = {"name": "probe", "services": {}, "x-asked": {f"K{n}": f"${{K{n}-unset}}" for n in range(variables)}}
    of.run([*project, *files, "config", "--no-interpolate", "--format", "json"])
    of.run([*project, "-f", "-", "config", "--format", "json"], json.dumps(probe))
    of.run([*project, *files, "config", "--format", "json"])


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
                _print(TITLES[-1], [project.own_ms(VERIFY.format(count=CONTAINERS)) for _ in range(runs)])
            finally:
                project.run(["docker", "compose", "down", "-t", "0"])


def _against_bare(
    title: str, project: Sample, variables: int, runs: int, timed: Callable[[Callable[[], object]], float]
) -> None:
    """In turn: whole processes, and the verb without the start of Python and Invoke."""
    check = [sys.executable, "-m", "seatrial", "env", "--json"]
    whole, own, theirs = list[float](), list[float](), list[float]()
    for turn in range(runs + 1):
        sides = (timed(lambda: project.run(check)), project.own_ms(OWN_TIME.format(as_json=True)))
        other = timed(lambda: bare(project, variables))
        if turn:
            whole.append(1000 * sides[0])
            own.append(sides[1])
            theirs.append(1000 * other)
    _print(f"{title}, whole process", whole, theirs)
    _print(f"{title}, without the start of Python and Invoke", own, theirs)


def _print(title: str, ours: list[float], theirs: list[float] | None = None) -> None:
    def told(found: list[float]) -> str:
        return f"{statistics.median(found):.1f} ({min(found):.1f} to {max(found):.1f})"

    ratio = f" / {told(theirs)} = {statistics.median(ours) / statistics.median(theirs):.2f}" if theirs else ""
    print(f"{title}: {told(ours)}{ratio}")
