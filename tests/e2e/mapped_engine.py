"""Engines that map users, on a machine within the machine, reached over their Unix socket as any local one.

Whoever asks a container at its address must be in the network of that machine: `through` puts a command there.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.second_engine import load, until_it_listens
from scripts.private_machine import ENVIRONMENT, private_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.private_machine import PrivateMachine

ROOTLESS = "/usr/share/docker.io/contrib/dockerd-rootless.sh"
_SAILOR = "4242"
_HOME = "/var/lib/docker/sailor"  # not below /run: there dockerd-rootless.sh makes links of folders
_RUNTIME = f"/run/user/{_SAILOR}"


@dataclass(frozen=True)
class MappedEngine:
    """`environ` chooses it, `through` begins a command in its network."""

    environ: dict[str, str]
    through: tuple[str, ...]


@contextmanager
def remapped_engine(folder: Path, image: str) -> Iterator[MappedEngine]:
    """`dockerd --userns-remap`: uid 0 of a container is 100000 outside. It has `image` and nothing else."""
    with private_machine(f"ip link set lo up && {_ids(folder, 'daemon:100000:65536')}") as machine:
        dockerd = ("dockerd", "--userns-remap=daemon", "--host=unix:///run/docker.sock")
        with _started(machine, dockerd, "/run/docker.sock", image) as engine:
            yield engine


@contextmanager
def rootless_engine(folder: Path, image: str) -> Iterator[MappedEngine]:
    """One of an ordinary user, who is known in that machine only. It has `image` and nothing else."""
    users = folder / "passwd"
    known = Path("/etc/passwd").read_text(encoding="utf-8")
    users.write_text(f"{known}sailor:x:{_SAILOR}:{_SAILOR}::{_HOME}:/bin/sh\n", encoding="utf-8")
    setup = (
        "ip link set lo up",
        _ids(folder, "sailor:200000:65536"),
        f"mount --bind '{users}' /etc/passwd",
        "chmod 755 /var/lib/docker",
        f"mkdir -p {_HOME} {_RUNTIME} && chown {_SAILOR}:{_SAILOR} {_HOME} {_RUNTIME}",
    )
    with private_machine(" && ".join(setup)) as machine:
        sailor = ("setpriv", f"--reuid={_SAILOR}", f"--regid={_SAILOR}", "--clear-groups")
        socket = f"{_RUNTIME}/docker.sock"
        environ = ("env", f"HOME={_HOME}", f"XDG_RUNTIME_DIR={_RUNTIME}")
        with _started(machine, (*sailor, *environ, "sh", ROOTLESS, f"--host=unix://{socket}"), socket, image) as engine:
            yield engine


def _ids(folder: Path, line: str) -> str:
    """Shell that gives one user the ids that containers get."""
    given = folder / "ids"
    given.write_text(f"{line}\n", encoding="ascii")
    return f"mount --bind '{given}' /etc/subuid && mount --bind '{given}' /etc/subgid"


@contextmanager
def _started(machine: PrivateMachine, command: tuple[str, ...], socket: str, image: str) -> Iterator[MappedEngine]:
    environ = {**os.environ, **ENVIRONMENT}
    running = subprocess.Popen(machine.command(*command), env=environ, stderr=subprocess.PIPE, text=True)
    try:
        until_it_listens(running, socket)
        chosen = {"DOCKER_HOST": f"unix:///proc/{machine.holder}/root{socket}"}
        load(image, chosen)
        yield MappedEngine(chosen, ("nsenter", f"--target={machine.holder}", "--net"))
        # The groups of control are this machine's: they would stay when the engine is killed.
        there = {**os.environ, **chosen}
        ids = subprocess.run(["docker", "ps", "-aq"], env=there, check=True, capture_output=True, text=True).stdout
        subprocess.run(["docker", "rm", "--force", *ids.split()], env=there, check=True, capture_output=True)
    finally:
        running.kill()
        running.wait()
