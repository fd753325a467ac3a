"""The ways in which a drill ends without a judgement."""

from __future__ import annotations

from seatrial.drill.verdict import Grade


class Unjudged(Exception):
    """Ends a recording early: there is nothing to judge, and `reason` tells why and what to do."""

    def __init__(self, grade: Grade, reason: str) -> None:
        super().__init__(reason)
        self.grade, self.reason = grade, reason


def skip(reason: str) -> Unjudged:
    """By design: the drill does not apply to this service."""
    return Unjudged(Grade.SKIP, reason)


def inconclusive(reason: str) -> Unjudged:
    """By circumstances: it applies, and could not be judged."""
    return Unjudged(Grade.INCONCLUSIVE, reason)
