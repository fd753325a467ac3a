"""Asks a service that comes back until it answers. Nothing else is sent: a start under load is another question."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from seatrial.drill.traffic.lanes import touch
from seatrial.drill.traffic.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.drill.traffic.request import Request, Target, Trial

PERIOD_S = 0.05
_ANSWER_S = 2.0


def first_answer(
    target: Target, trial: Trial, limit_s: float, over: Callable[[], bool] = lambda: False, answer_s: float = _ANSWER_S
) -> tuple[Request, ...]:
    """Requests on new connections, one every 50 ms, each when the one before has ended; the last one is the good one.

    Args:
        target: with an address.
        trial: what the target answered when nothing was wrong: the same status is wanted again.
        limit_s: how long to ask; the last request is not good when that was in vain. 0 asks once.
        over: whether to ask no more.
        answer_s: how long an answer may take at least.
    """
    return asyncio.run(_asked(Session(target, trial, trial.answer_limit_s(answer_s)), limit_s, over))


async def _asked(session: Session, limit_s: float, over: Callable[[], bool]) -> tuple[Request, ...]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_s
    try:
        while not over():
            due = loop.time() + PERIOD_S
            if session.target.http:
                await session.ask(session.new("fresh"))
            else:
                await touch(session, session.new("tcp"))
            if session.requests[-1].good or loop.time() >= deadline:
                break
            await asyncio.sleep(max(due - loop.time(), 0))
    finally:
        session.abandon()
    return tuple(session.requests)
