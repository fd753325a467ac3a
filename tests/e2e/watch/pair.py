"""A folder and a container, kept in sync without a watch."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from seatrial.watch.sync import Batch, Delivered, Destination, Sent, destination, send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatrial.engine.whales import WhalesEngine

TARGET = "/app"


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()


class Pair:
    """A folder of the host and a container, kept in sync by hand: what a session does, without deciding when."""

    def __init__(self, host: Path, name: str, engine: WhalesEngine, targets: Sequence[str] = (TARGET,)) -> None:
        self.host, self.name, self.engine, self.targets = host, name, engine, tuple(targets)
        self.known: dict[str, Sent] = {}
        self.where: Destination = destination(engine, name)

    def lands(self, name: str) -> str:
        return f"{self.targets[0]}/{name}" if name else self.targets[0]

    def send(self, *names: str, delete: Sequence[str] = ()) -> Delivered:
        put = {self.lands(name): str(self.host / name) for name in names}
        done = send(self.engine, self.where, Batch(put, tuple(map(self.lands, delete))), self.known, self.targets)
        self.known |= done.sent
        for path in done.deleted:
            self.known.pop(path, None)
        return done

    def sh(self, script: str) -> str:
        return docker("exec", "-u", "0", self.name, "sh", "-c", script)

    def about(self, name: str) -> str:
        """Permissions, numbers of the owner, and what kind of thing it is."""
        return self.sh(f"stat -c '%a %u:%g %F' '{self.lands(name)}'")

    def text(self, name: str) -> str:
        return self.sh(f"cat '{self.lands(name)}'")
