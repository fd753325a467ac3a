"""What failed and is tried again later. It keeps nothing else waiting."""

from __future__ import annotations


class Later:
    """Paths on the host, each since when it waits, and paths in a container that nothing stands for on the host.

    Attributes:
        at_s: when they are due.
    """

    def __init__(self) -> None:
        self.at_s = 0.0
        self._hosts: dict[str, float] = {}
        self._obsolete: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._hosts) + len(self._obsolete)

    def add(self, path: str, host: str | None, since_s: float) -> None:
        """The path in the container has failed; `host` is what it stands for."""
        if host is None:
            self._obsolete[path] = None
        else:
            self._hosts.setdefault(host, since_s)

    def take(self) -> tuple[dict[str, float], tuple[str, ...]]:
        """All of them, which are nobody's from then on."""
        taken = self._hosts, tuple(self._obsolete)
        self._hosts, self._obsolete = {}, {}
        return taken
