"""Moves ports of a checkout to free ones. What it gives is not remembered yet: a dry run only shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import RunFailed
from seatrial.lifecycle.plan import Step
from seatrial.lifecycle.ports.choice import choose
from seatrial.lifecycle.ports.memory import Memory, Move, elsewhere, load
from seatrial.lifecycle.ports.remembered import fingerprint
from seatrial.lifecycle.ports.trying import free, near
from seatrial.lifecycle.ports.wanted import Wish, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from seatrial.project import Project
    from seatrial.stack import Stack


def moved(project: Project, plain: Stack, which: Iterable[Wish] | None, environ: Mapping[str, str]) -> Memory:
    """The memory with `which` moved (all for None), and the moves of before kept.

    The project is without its override, and `plain` is its model; the wishes are of the model as it counts now, where
    some may have been moved before.

    Raises:
        RunFailed: there is no free port.
    """
    before = load(project) or Memory(str(project.directory))
    written = wishes(plain, plain.names)
    asked = list(written) if which is None else [_as_written(wish, before.moves) for wish in which]
    taken = {w.first for w in written} | elsewhere(project)
    return Memory(
        str(project.directory),
        with_moves(before.moves, asked, taken, str(project.directory), free if near(environ) else _unknown),
        fingerprint(project, environ),
    )


def with_moves(
    before: Iterable[Move],
    asked: Collection[Wish],
    taken: Collection[int],
    seed: str,
    can_be_had: Callable[[str, int, str], bool],
) -> tuple[Move, ...]:
    """The moves, with another one for each wish that is asked for. Pure, but for `can_be_had`.

    Raises:
        RunFailed: there is no free port.
    """
    keys = {_key(wish) for wish in asked}
    kept = tuple(move for move in before if move.key not in keys)
    # What a wish was moved to before is in somebody's way now, or it would not be asked for.
    left = {port for move in before for port in move.ports}
    moves = []
    for wish, first in choose(asked, seed, {*taken, *left}, can_be_had).items():
        if first is None:
            raise RunFailed(
                f"no free port for {wish.service}", fix="close programs that listen, or publish fewer ports"
            )
        last = first + len(wish.numbers) - 1
        published = f"{first}" if last == first else f"{first}-{last}"
        moves.append(Move(wish.service, wish.target, wish.written, published, wish.host_ip, wish.protocol))
    return (*kept, *moves)


def steps(before: Iterable[Move], after: Iterable[Move]) -> tuple[Step, ...]:
    """What is different, as steps of a plan. Pure."""
    old = set(before)
    return tuple(
        Step("move", f"port {_number(move)} of {move.service}", f"{move.published} instead, for this checkout")
        for move in after
        if move not in old
    )


def _number(move: Move) -> str:
    return move.written if move.protocol == "tcp" else f"{move.written}/{move.protocol}"


def _as_written(wish: Wish, moves: Iterable[Move]) -> Wish:
    for move in moves:
        same = (move.service, move.target, move.host_ip, move.protocol)
        if same == (wish.service, wish.target, wish.host_ip, wish.protocol) and move.published == wish.written:
            first, _, last = move.written.partition("-")
            return Wish(*same[:1], int(first), int(last or first), wish.target, wish.host_ip, wish.protocol, wish.count)
    return wish


def _key(wish: Wish) -> tuple[str, int, str, str, str]:
    return (wish.service, wish.target, wish.written, wish.host_ip, wish.protocol)


def _unknown(host_ip: str, port: int, protocol: str) -> bool:
    """An engine on another machine: nobody can try it from here."""
    del host_ip, port, protocol
    return True
