"""What tests share: a base image, compose projects that are always taken down, the command as users run it."""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import HealthCheck, settings

import answers
from seatrial.engine.inside import owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A busy machine says nothing about the code.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

ROOT = Path(__file__).parent.parent
# Every project of the tests is called so; nothing else is ever touched.
PREFIX = "seatrial-test"
# Compiled modules are kept, as they are for everybody who has installed seatrial: each call of it is twice as fast.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "compiled"))


# A file stays with one worker. These take longest (`inv test` tells the slowest tests): none may be left for the end,
# where one worker would be busy with it and the others have nothing to do.
LONGEST = (
    "scripts/test_engine_install.py",
    "e2e/drills/test_stranger.py",
    "scripts/test_base_image_script.py",
    "e2e/examples/test_examples.py",
    "e2e/drills/test_stop_matrix.py",
    "e2e/test_env_broken.py",
    "e2e/test_verbs.py",
    "scripts/test_inv.py",
    "e2e/drills/test_drill_broken_off.py",
    "e2e/drills/test_engine_restarted.py",
    "e2e/test_up_causes.py",
    "e2e/test_pytest_plugin.py",
    "e2e/examples/test_tutorial.py",
    "scripts/test_package.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def base_image() -> str:
    """An image with busybox and node, present on this machine: scripts/base-image saw to it."""
    return dotenv_values(ROOT / "env" / ".env").get("BASE_IMAGE") or "node:24-alpine"


def free_port() -> int:
    """A port below those that the kernel hands out: no connection of somebody else takes it before it is used."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("0.0.0.0", port))  # noqa: S104  whoever publishes it may do so everywhere
            return port


def labels_of_killed_run(value: str) -> list[str]:
    """Options of docker that make an object look like the helper of a run that was killed."""
    with subprocess.Popen(["sleep", "60"]) as run:
        mark = owner.identity(run.pid)
        run.kill()
    return ["--label", f"{owner.LABEL}={value}", "--label", f"{owner.OWNER}={mark}"]


@dataclass
class ComposeProject:
    """A compose project in a folder of its own."""

    folder: Path
    name: str
    environ: dict[str, str] = field(default_factory=dict)
    # What every call of seatrial goes through: a command that starts another.
    through: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        return self.folder / "compose.yaml"

    def write(self, services: str, rest: str = "") -> None:
        self.file.write_text(f"name: {self.name}\nservices:\n{services}\n{rest}", encoding="utf-8")

    def run(self, *arguments: str, timeout_s: float = 120, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`seatrial ARGUMENTS` in the project's folder, as a user would; JSON that it prints is as documented."""
        done = subprocess.run(
            [*self.through, sys.executable, "-m", "seatrial", *arguments],
            cwd=cwd or self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        answers.hold(arguments, done.stdout)
        return done

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """The same, while it runs."""
        running = subprocess.Popen(
            [*self.through, sys.executable, "-m", "seatrial", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            # A test run in the background of a shell has ^C switched off, and hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        with running:
            try:
                yield running
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)

    def environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("COMPOSE_", "INVOKE_"))}
        cache = str(self.folder.parent / "cache")  # not the one of whoever runs the tests
        state = str(self.folder.parent / "state")
        return {**clean, "NO_COLOR": "1", "XDG_CACHE_HOME": cache, "XDG_STATE_HOME": state, **self.environ}

    def docker(self, *arguments: str) -> str:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def container(self, service: str, number: int = 1) -> str:
        return f"{self.name}-{service}-{number}"

    def remove(self) -> None:
        label = f"label=com.docker.compose.project={self.name}"
        for kind, listing, removal in (
            ("container", ["ls", "-aq"], ["rm", "-f", "-v"]),
            ("volume", ["ls", "-q"], ["rm", "-f"]),
            ("network", ["ls", "-q"], ["rm"]),
        ):
            ids = self.docker(kind, *listing, "--filter", label).split()
            if ids:
                self.docker(kind, *removal, *ids)


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[Callable[[], ComposeProject]]:
    """Makes compose projects; what they leave behind is removed."""
    made: list[ComposeProject] = []

    def make() -> ComposeProject:
        folder = tmp_path / f"project {len(made)}"  # a space, as in many people's paths
        folder.mkdir()
        made.append(ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}"))
        return made[-1]

    yield make
    for project in made:
        project.remove()


@pytest.fixture
def drafts(tmp_path: Path) -> Callable[[], ComposeProject]:
    """Makes compose projects of which nothing is started: looking at them needs no engine."""
    count = itertools.count()

    def make() -> ComposeProject:
        folder = tmp_path / f"draft {next(count)}"
        folder.mkdir()
        return ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")

    return make


@pytest.fixture
def draft(drafts: Callable[[], ComposeProject]) -> ComposeProject:
    return drafts()


@pytest.fixture
def project(projects: Callable[[], ComposeProject]) -> ComposeProject:
    return projects()
