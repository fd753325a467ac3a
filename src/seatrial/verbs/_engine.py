"""The engine as a verb gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from seatrial.engine import Engine
    from seatrial.engine.observed import LogLine
    from seatrial.project import Project
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


class Discreet:
    """An engine whose models, and logs, are not passed on before the secrets in them are kept.

    A container may run with values that the files no longer say, and log them.
    """

    def __init__(self, engine: Engine, run: Run) -> None:
        self._asked, self._run = engine, run
        self._stacks: list[Stack] = []
        self._known: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked, name)

    def stack(self, project: Project) -> Stack:
        try:
            stack = self._run.learn(self._asked.stack(project))
        except ConfigurationInvalid as error:
            raise self._run.discreet(error) from None
        self._stacks.append(stack)
        return stack

    def log_tail(self, container_id: str, lines: int) -> tuple[str, ...]:
        self._know([container_id])
        return self._asked.log_tail(container_id, lines)

    def log_lines(self, container_id: str, **how: Any) -> AbstractContextManager[Iterator[LogLine]]:
        self._know([container_id])
        return self._asked.log_lines(container_id, **how)

    def last_lines(self, container_ids: Sequence[str]) -> Mapping[str, LogLine]:
        self._know(container_ids)
        return self._asked.last_lines(container_ids)

    def _know(self, container_ids: Sequence[str]) -> None:
        """Keep the secrets that containers were made with; each is asked about once, for they never change."""
        new = [one for one in container_ids if one not in self._known]
        if not new:
            return
        from seatrial.env.gather import older_secrets

        self._known.update(new)
        self._run.keep(older_secrets(self._asked, new, self._stacks, self._run.project))


def real_engine() -> Engine:
    from seatrial.engine.whales import WhalesEngine

    return WhalesEngine()
