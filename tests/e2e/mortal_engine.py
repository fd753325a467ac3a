"""A second engine that can be ended and started again, on a machine within the machine and a socket of its own.

Its containers have no way out. Who shall reach them at their addresses goes `through` it, into its network.
"""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
        assert self._engine.stderr is not None
        said = []
        for line in self._engine.stderr:
            said.append(line)
            if "API listen on" in line:
                return
        raise AssertionError("".join(said[-10:]))

    def end(self, signal: str) -> None:
        """Send TERM or KILL, and wait for its end."""
        self._machine.run("kill", f"-{signal}", *map(str, self._machine.pids("dockerd")))
        if self._engine is not None:
            self._engine.communicate()


@contextmanager
def mortal_engine(folder: Path, image: str) -> Iterator[MortalEngine]:
    """One that runs, and has `image` and nothing else; its socket lies in `folder`."""
    with private_machine("ip link set lo up") as machine:
        engine = MortalEngine(machine, folder)
        engine.start()
        try:
            there = ["docker", "--host", engine.host, "load", "--quiet"]
            with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
                subprocess.run(there, stdin=saved.stdout, check=True, capture_output=True)
            yield engine
        finally:
            engine.end("KILL")
