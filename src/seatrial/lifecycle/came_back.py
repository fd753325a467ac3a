"""An engine that was lost meanwhile: is it gone, or was it restarted?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.errors import EngineError, EngineUnreachable

if TYPE_CHECKING:
    from seatrial.engine import Engine

# A restart takes a second or two. Of an engine that is gone for good nobody waits much longer to be told.
_PATIENCE_S = 5.0
_ASK_AGAIN_S = 0.2


def told_apart(engine: Engine, lost: EngineUnreachable) -> EngineUnreachable:
    """The error that says which; `lost` is why we no longer hear from it."""
    if not answers(engine, _PATIENCE_S):
        return lost
    return EngineUnreachable(
        "the engine was restarted meanwhile, or broke the connection off: it answers again",
        fix="run `up` again: it goes on from what runs now (`ps` shows it)",
    )


def answers(engine: Engine, within_s: float) -> bool:
    """Whether it does, or does again before that time is over."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            engine.about()
        except EngineError:
            time.sleep(_ASK_AGAIN_S)
        else:
            return True
    return False
