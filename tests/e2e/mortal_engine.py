"""A second engine that can be ended and started again, on a machine within the machine and a socket of its own.

Its containers have no way out. Who shall reach them at their addresses goes `through` it, into its network.
"""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from e2e.second_engine import load, until_it_listens
from scripts.private_machine import PrivateMachine, private_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class MortalEngine:
    """`host` chooses it, as DOCKER_HOST."""

    def __init__(self, machine: PrivateMachine, folder: Path) -> None:
        self._machine = machine
        self.host = f"unix://{folder}/mortal.sock"
        self.through = ("nsenter", f"--target={machine.holder}", "--net")
        self._engine: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # Nobody takes away what a killed one leaves behind, as the first process of a real machine does.
        self._machine.run("rm", "-f", "/run/docker.pid", "/run/docker/containerd/containerd.pid")
        command = self._machine.command("dockerd", f"--host={self.host}")
        self._engine = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        until_it_listens(self._engine, self.host.removeprefix("unix://"))

    def end(self, signal: str) -> None:
        """Send TERM or KILL, and wait for its end."""
        self._machine.run("kill", f"-{signal}", *map(str, self._machine.pids("dockerd")))
        if self._engine is not None:
            self._engine.wait()


@contextmanager
def mortal_engine(folder: Path, image: str) -> Iterator[MortalEngine]:
    """One that runs, and has `image` and nothing else; its socket lies in `folder`."""
    with private_machine("ip link set lo up") as machine:
        engine = MortalEngine(machine, folder)
        engine.start()
        try:
            load(image, {"DOCKER_HOST": engine.host})
            yield engine
        finally:
            engine.end("KILL")
