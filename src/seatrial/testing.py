"""For tests, ours and those of people who build on seatrial: an engine without Docker, and a context for calling verbs.

engine = MemoryEngine(Stack("shop", (Service("web", image="nginx"),)))
up(context(engine))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from invoke import Config, Context

from seatrial.engine.memory import MemoryEngine, Script
from seatrial.settings import DEFAULTS

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.engine import Engine

__all__ = ["MemoryEngine", "Script", "context"]


def context(engine: Engine, *, dry: bool = False, compose_file: Path | None = None, **settings: Any) -> Context:
    """An Invoke context whose verbs talk to `engine`; `settings` are those of seatrial (`timeout=5`)."""
    seatrial = {**DEFAULTS, "files": [str(compose_file)] if compose_file else [], **settings, "engine": lambda: engine}
    return Context(Config(overrides={"seatrial": seatrial, "run": {"dry": dry}}))
