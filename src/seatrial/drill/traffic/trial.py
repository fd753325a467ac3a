"""What a target can bear, tried out before any load: answers, kept connections, and the straddlers it waits for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import h11

from seatrial.drill.traffic.lanes import IDLE, POOL
from seatrial.drill.traffic.request import SPOILT, Answer, Trial
from seatrial.drill.traffic.session import Session
from seatrial.drill.traffic.straddle import chosen, opened

if TYPE_CHECKING:
    from seatrial.drill.traffic.connection import Connection
    from seatrial.drill.traffic.exchange import Exchange
    from seatrial.drill.traffic.request import Target
    from seatrial.drill.traffic.straddle import Straddler

_ANSWERS = 3
_STRADDLERS = 3
_ANSWER_LIMIT_S = 5.0
PATIENT_LIMIT_S, GUESS_LIMIT_S = 30.0, 15.0  # for a route that is given, and for a port
_WHOLE_LIMIT_S = 30.0
_LONG_S = 2.0  # answers that are in flight by themselves at any moment
_SLOW_S = 0.3  # shorter answers are over before a signal lands
_SILENCE_S = 0.15
_LOOK_S = 0.1
TIMED_OUT = "no whole answer in"
_ERRORS = {
    "refused": "nothing listens there",
    "reset": "it resets the connection",
    "eof": "it closes the connection without an answer",
    "cut": "it closes the connection in the middle of its answer",
    "timeout": TIMED_OUT + " {limit:.0f} s",
    "unreachable": "there is no way to its address",
    "tls": "no TLS connection comes about",
    "protocol": "what it answers is not HTTP/1.1",
    "large": "its answer is larger than 1 MB, or never ends",
}


def try_out(target: Target, limit_s: float = _ANSWER_LIMIT_S) -> Trial:
    """Ask `target` a few times when nothing is wrong. Never raises for what the target does; see `Trial.error`.

    Args:
        target: with an address.
        limit_s: how long an answer may take.
    """
    try:
        return asyncio.run(_try_out(target, limit_s))
    except h11.LocalProtocolError:  # its words would show the value, which may be a secret
        return Trial(
            error="the request cannot be written: its method, path or a header has characters that HTTP forbids"
        )


async def _try_out(target: Target, limit_s: float) -> Trial:
    session = Session(target, Trial(), limit_s)
    whole_s = max(_WHOLE_LIMIT_S, 2 * limit_s)
    try:
        async with asyncio.timeout(whole_s):
            return await (_http(session) if target.http else _tcp(session))
    except TimeoutError:
        return Trial(error=f"trying it out took longer than {whole_s:.0f} s")
    finally:
        session.abandon()


async def _tcp(session: Session) -> Trial:
    for _ in range(IDLE):
        connection = await session.connect(session.new("trial"))
        if connection is None:
            return Trial(error=_words(session))
        try:
            async with asyncio.timeout(_LOOK_S):
                await connection.closed.wait()
            return Trial(error=_ERRORS[connection.ending or "eof"])
        except TimeoutError:
            continue
    return Trial(kept=IDLE)


async def _http(session: Session) -> Trial:
    answers = []
    for _ in range(_ANSWERS):
        answers.append(await session.ask(session.new("trial")))
        request = session.requests[-1]
        if not request.good:  # who answers nothing is not asked again
            return Trial(error=_words(session), answer=_answer(answers[-1]))
        if (request.done_ns or 0) - (request.sent_ns or 0) > _LONG_S * 1e9:
            return Trial(answer=_answer(answers[-1]))
    whole = [answer for answer in map(_answer, answers) if answer]
    slowest = replace(max(whole, key=lambda answer: answer.seconds), size=max(answer.size for answer in whole))
    trial = session.trial = Trial(answer=slowest)
    patience_s = max(0.5, 4 * slowest.seconds)

    trial = session.trial = replace(trial, kept=await _kept(session, patience_s))
    declared = session.target.straddle_method
    if declared not in ("GET", "HEAD"):
        trial = replace(trial, body=await _straddled(session, "straddle-body"))
    if declared and not trial.body:
        slow = await _straddled(session, "straddle-slow")
        trial = replace(trial, slow=slow if slow and slow.seconds >= _SLOW_S else None, doubt=_doubt(session, slow))
    trial = session.trial = replace(trial, head=await _straddled(session, "straddle-head"))
    return replace(trial, capacity=await _capacity(session, patience_s))


def _words(session: Session) -> str:
    """How the last request ended that was not answered well."""
    request = session.requests[-1]
    if request.status and not request.error:
        return _status(request.status)
    return _ERRORS.get(request.error, request.error).format(limit=session.limit_s)


def _status(status: int | None) -> str:
    return f"it answers {status}"


def _answer(exchange: Exchange | None) -> Answer | None:
    """How a whole exchange was answered."""
    request = exchange.request if exchange else None
    if exchange is None or request is None or request.error or request.status is None:
        return None
    seconds = ((request.done_ns or 0) - (request.sent_ns or 0)) / 1e9
    return Answer(request.status, seconds, exchange.size)


async def _answers(session: Session, patience_s: float) -> bool:
    """Whether an ordinary request is answered now."""
    exchange = await session.ask(session.new("trial"), limit_s=patience_s)
    return exchange is not None and exchange.request.good


async def _kept(session: Session, patience_s: float) -> int:
    """How many connections may stay open while others are answered: a server with one thread bears none."""

    async def kept() -> Connection | None:
        request = session.new("trial")
        connection = await session.connect(request)
        exchange = await session.ask(request, connection, close=False, limit_s=patience_s) if connection else None
        return connection if exchange and exchange.reusable else None

    for count in (POOL + IDLE, (POOL + IDLE) // 2):
        connections = [connection for connection in await asyncio.gather(*(kept() for _ in range(count))) if connection]
        if len(connections) == count and await _answers(session, patience_s):
            return sum(connection.open for connection in connections)
        for connection in connections:
            connection.close()
        if not connections or not await _answers(session, session.limit_s):
            break
    return 0


async def _straddled(session: Session, lane: str) -> Answer | None:
    """The answer to a straddler that was waited for; None when it came early, or not at all."""
    straddler = await opened(session, lane)
    if straddler is None:
        return None
    exchange = straddler.exchange
    if lane != "straddle-slow":
        usual_s = session.trial.answer.seconds if session.trial.answer else 0.0
        with suppress(TimeoutError):
            async with asyncio.timeout(max(_SILENCE_S, 1.5 * usual_s)):
                await exchange.done.wait()
    early = exchange.request.first_byte_ns is not None or exchange.done.is_set()
    await _let_go(session, [straddler])
    answer = _answer(exchange)
    return answer if answer and answer.status < SPOILT and not early else None


async def _capacity(session: Session, patience_s: float) -> int:
    """How many straddlers may be held while others are answered."""
    for count in (_STRADDLERS, 1):
        lanes = chosen(replace(session.trial, capacity=count), count)
        standing = await asyncio.gather(*(opened(session, lane) for lane in ("late", *lanes)))
        borne = bool(lanes) and None not in standing and await _answers(session, patience_s)
        await _let_go(session, [straddler for straddler in standing if straddler])
        if borne:
            return count
    return 0


def _doubt(session: Session, answer: Answer | None) -> str:
    """Why the declared route makes nothing be in flight, when it was asked in whole."""
    route = f"{session.target.straddle_method} {session.target.straddle_path or session.target.path}"
    if answer is None:
        request = session.requests[-1]
        return f"{route}: {_ERRORS.get(request.error, '').format(limit=session.limit_s) or _status(request.status)}"
    if answer.seconds >= _SLOW_S:
        return ""
    early = "" if session.target.straddle_method in ("GET", "HEAD") else " without waiting for the body"
    return f"{route}: it answers {answer.status} in {answer.seconds:.2f} s{early}, too soon to be in flight at a signal"


async def _let_go(session: Session, straddlers: list[Straddler]) -> None:
    for straddler in straddlers:
        straddler.release()
    await asyncio.gather(*(straddler.end(session.limit_s) for straddler in straddlers))
