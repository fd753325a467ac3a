"""A machine within the machine: own mounts, network and processes. An engine can be started, broken and ended there.

The engine that this machine runs, and its containers, are neither seen nor touched. Needs root and util-linux.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(__file__).parents[2] / "scripts"
OWN = ("/run", "/var/log", "/var/lib/docker", "/etc/docker")
KEPT = "/mnt"
LIMIT_S = 300


@dataclass
class PrivateMachine:
    """Runs commands inside; `root` is the folder that is its root there."""

    holder: int
    root: str = "/"

    def command(self, *arguments: str) -> list[str]:
        inside = ["chroot", self.root, *arguments] if self.root != "/" else [*arguments]
        return ["nsenter", f"--target={self.holder}", "--mount", "--pid", "--net", *inside]

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=ENVIRONMENT | (environment or {}),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def engine(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.script(*arguments), environment=environment)

    def script(self, *arguments: str) -> list[str]:
        return [sys.executable if self.root == "/" else "/usr/bin/python3", "-IS", str(SCRIPTS / "engine"), *arguments]

    def pids(self, name: str) -> list[int]:
        """The pids, as they are inside, of processes of that name."""
        done = self.run("pgrep", "--runstates", "DRST", "--exact", name)
        return [int(line) for line in done.stdout.split()]


ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/run/home"}


@contextmanager
def private_machine(
    setup: str = "", root: str = "/", network: Path | None = None, disk: PrivateMachine | None = None
) -> Iterator[PrivateMachine]:
    """A fresh one; when its first process ends, so does every other in it. `setup` is shell, run inside first.

    `network` is the network namespace to live in: without it, one of its own that reaches nothing. It sees what is
    mounted on `disk`.
    """
    mounts = " && ".join(f"mkdir -p {path} && mount -t tmpfs tmpfs {path}" for path in OWN)
    shell = f"{mounts} && {setup or 'true'} && echo ready && exec cat"
    enter = ["nsenter", f"--net={network}"] if network else []
    enter += ["nsenter", f"--target={disk.holder}", "--mount"] if disk else []
    unshare = ["unshare", "--mount", "--pid", *([] if network else ["--net"]), "--fork", "--mount-proc"]
    outer = subprocess.Popen(
        [*enter, *unshare, "sh", "-c", shell], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with outer:
        try:
            assert outer.stdout is not None
            assert outer.stdout.readline() == "ready\n", "no private machine could be made"
            children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text(encoding="ascii")
            yield PrivateMachine(int(children.split()[0]), root)
        finally:
            outer.communicate()


@contextmanager
def changed_disk(setup: str) -> Iterator[PrivateMachine]:
    """A private machine that holds this one's disk with what `setup` does to it: others are copied from there."""
    layers = f"mount -t tmpfs tmpfs {KEPT} && {_layer('/', KEPT, setup)} && umount -R {KEPT}/root"
    with private_machine(layers) as machine:
        yield machine


@contextmanager
def copied_machine(
    base_image: str, setup: str = "true", disk: PrivateMachine | None = None
) -> Iterator[PrivateMachine]:
    """A private machine whose whole disk is a throw-away layer over this one's, so that packages can come and go.

    With `disk`, over that of `changed_disk`. It reaches the package mirrors from the network of a container: an engine
    started in it finds nothing of this machine's engine, whose bridge it would otherwise take away.
    """
    layer = _layer(f"{KEPT}/new:/" if disk else "/", "/run", setup)
    with network_of_a_container(base_image) as network, private_machine(layer, "/run/root", network, disk) as machine:
        yield machine


def _layer(below: str, folder: str, setup: str) -> str:
    """Shell that makes FOLDER/root a disk of its own over the folders `below`, and runs `setup` there."""
    root = f"{folder}/root"
    here, there = shlex.quote(str(SCRIPTS)), shlex.quote(f"{root}{SCRIPTS}")
    return " && ".join(
        (
            f"mkdir -p {folder}/new {folder}/work {root}",
            f"mount -t overlay overlay -o lowerdir={below},upperdir={folder}/new,workdir={folder}/work {root}",
            f"for d in dev sys; do mount --rbind /$d {root}/$d; done",
            f"mount -t proc proc {root}/proc",
            f"for d in run var/log var/lib/docker; do mount -t tmpfs tmpfs {root}/$d; done",
            f"mkdir {root}/run/home",
            f"mkdir -p {there} && mount --bind {here} {there}",
            f"chroot {root} sh -ec '{setup}' >/run/setup.log 2>&1",
        )
    )


@contextmanager
def network_of_a_container(image: str) -> Iterator[Path]:
    """A network namespace that reaches what containers reach."""
    run = ["docker", "run", "--detach", "--rm", "--init", "--label=seatrial.test=1", "--entrypoint=sleep", image, "600"]
    container = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    try:
        inspect = ["docker", "inspect", "--format", "{{.State.Pid}}", container]
        pid = subprocess.run(inspect, capture_output=True, text=True, check=True).stdout.strip()
        yield Path("/proc", pid, "ns", "net")
    finally:
        subprocess.run(["docker", "rm", "--force", container], capture_output=True, check=False)
