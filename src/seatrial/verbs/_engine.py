"""The engine as a verb gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from seatrial.engine import Engine
    from seatrial.project import Project
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


class Discreet:
    """An engine whose models are not passed on before the secrets in them are kept."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self._asked, self._run = engine, run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked, name)

    def stack(self, project: Project) -> Stack:
        try:
            return self._run.learn(self._asked.stack(project))
        except ConfigurationInvalid as error:
            raise self._run.discreet(error) from None


def real_engine() -> Engine:
    from seatrial.engine.whales import WhalesEngine

    return WhalesEngine()
