"""The load itself: an event loop in a thread of its own, so that whoever records and stops does not slow it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar

from seatrial.drill.traffic.lanes import IDLE, POOL, RATE, TCP_RATE, Pool, bearable, fresh, idle, steadily, touch
from seatrial.drill.traffic.request import Trial
from seatrial.drill.traffic.session import Session
from seatrial.drill.traffic.straddle import chosen, opened

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

    from seatrial.drill.traffic.request import Request, Target
    from seatrial.drill.traffic.straddle import Straddler

ANSWER_LIMIT_S = 5.0
_SETTLE_S = 0.025  # longer than classify's guard: what is held must not be too near to the signal
_SLACK_S = 5.0
T = TypeVar("T")


class Traffic:
    """Load on one target from entering to `finish`; leaving without it drops everything.

    Nothing is repeated and no redirect followed. At most 60 requests a second and 64 connections.

    Args:
        trial: what `try_out` found. Without one there are only fresh connections, and nothing can be held.
        rate: requests a second of each lane; slow and large answers lower it.
        limit_s: how long an answer may take at least; what took long in the trial may take three times as long.
        quiet: only connections that stand and say nothing more, as many as the trial saw stand.
    """

    def __init__(
        self,
        target: Target,
        trial: Trial | None = None,
        *,
        rate: float = RATE,
        limit_s: float = ANSWER_LIMIT_S,
        quiet: bool = False,
    ) -> None:
        self._target, self._trial, self._quiet = target, trial or Trial(), quiet
        self._limit_s = self._trial.answer_limit_s(limit_s)
        self._rate = bearable(min(rate, 30.0), self._trial)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._straddlers: list[Straddler] = []
        self._session: Session

    def __enter__(self) -> Self:
        self._thread.start()
        self._within(self._start(), _SLACK_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._abandon)
        self._thread.join(_SLACK_S)

    def hold(self, n: int = 3) -> int:
        """Open up to `n` straddlers, and one connection that says nothing yet.

        Returns when their halves have arrived and lie longer ago than the guard of `classify`: how many stand.
        """
        return self._within(self._hold(n), self._limit_s)

    def release(self) -> None:
        """Send what was held back, and wait for the answers."""
        self._within(self._release(), self._limit_s)

    def so_far(self) -> tuple[Request, ...]:
        """The requests that have ended, in the order of their ends."""
        return tuple(self._session.requests)

    def oldest_pending_ns(self) -> int | None:
        """When the oldest request that has not ended was due; None when all have."""
        return min(list(self._session.pending.values()), default=None)

    def finish(self) -> tuple[Request, ...]:
        """Stop sending, wait for what is under way, and tell what became of every request."""
        return self._within(self._finish(), 2 * self._limit_s)

    def _within(self, work: Coroutine[Any, Any, T], limit_s: float) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(limit_s + _SLACK_S)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(_cancel_all())
        self._loop.close()

    def _abandon(self) -> None:
        if hasattr(self, "_session"):
            self._session.abandon()
        self._loop.stop()

    async def _start(self) -> None:
        session = self._session = Session(self._target, self._trial, self._limit_s)
        if self._quiet:
            for _ in range(self._trial.kept):
                session.begin(idle(session))
            return
        if not self._target.http:
            rate = min(self._rate, TCP_RATE)
            session.begin(steadily(session, "tcp", rate, lambda request: touch(session, request)))
            for _ in range(IDLE):
                session.begin(idle(session))
            return
        session.begin(steadily(session, "fresh", self._rate, lambda request: fresh(session, request)))
        standing = min(IDLE, self._trial.kept // 3)
        size = min(POOL, self._trial.kept - standing)
        for _ in range(standing):
            session.begin(idle(session))
        if size:
            pool = Pool(session, size)
            session.begin(steadily(session, "keep-alive", self._rate, pool.ask, after_s=0.5 / self._rate))

    async def _hold(self, count: int) -> int:
        lanes = chosen(self._trial, count) if self._target.http else ()
        self._session.held = bool(lanes)
        if self._trial.capacity:
            lanes = ("late", *lanes)
        standing = await asyncio.gather(*(opened(self._session, lane) for lane in lanes))
        self._straddlers += [straddler for straddler in standing if straddler is not None]
        await asyncio.sleep(_SETTLE_S)
        return sum(
            not straddler.exchange.done.is_set() and straddler.exchange.request.lane != "late"
            for straddler in self._straddlers
        )

    async def _release(self) -> None:
        released, self._straddlers = self._straddlers, []
        for straddler in released:
            straddler.release()
        await asyncio.gather(*(straddler.end(self._limit_s) for straddler in released))
        self._session.held = False

    async def _finish(self) -> tuple[Request, ...]:
        await self._release()
        return await self._session.finish()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
