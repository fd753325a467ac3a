"""A person who keeps writing while the gateway goes through something, and the account of what came back."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.gateway.stack import GatewayStack

PAUSE_S = 0.02


@dataclass
class Traffic:
    stack: GatewayStack
    total: int
    sent: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Writes in the background: at least `total` messages, as long as the block lasts; `total` is right then."""
        over = threading.Event()
        person = threading.Thread(target=self._write, args=(over,))
        person.start()
        try:
            yield
        finally:
            over.set()
            person.join()
            self.total = len(self.sent)

    def replies(self) -> Counter[str]:
        """How often each text came back, once every message has one and nothing more is under way."""
        wanted = self.total
        # A reply that came twice must not stand in for one that is still under way.
        while len(found := self.stack.heard(at_least=wanted, wait_s=60)) >= wanted and len(set(found)) < self.total:
            wanted = len(found) + 1
        self.stack.until_ready()
        return Counter(reply.split(" ", 1)[1] for reply in self.stack.heard())

    def numbers(self) -> Counter[str]:
        """How often each running number was given."""
        return Counter(reply.split(" ", 1)[0] for reply in self.stack.heard())

    def _write(self, over: threading.Event) -> None:
        pause = threading.Event()
        while len(self.sent) < self.total or not over.is_set():
            text = f"message {len(self.sent) + 1}"
            self.stack.say(text)
            self.sent.append(text)
            pause.wait(PAUSE_S)
