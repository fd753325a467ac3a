"""`status` at one look: as JSON, or as lines for whoever reads them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from seatrial.errors import DONE
from seatrial.lifecycle.figures import Figures
from seatrial.report import terminal
from seatrial.report.container import container_json, unreachable_json
from seatrial.report.status import words
from seatrial.report.status.layout import View, frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seatrial.engine.observed import Container
    from seatrial.lifecycle.marks import Marks
    from seatrial.lifecycle.unreachable import Unreachable
    from seatrial.report.status.layout import Piece
    from seatrial.watch.status import Status

_SGR = {"bold": 1, "dim": 2, "red": 31, "yellow": 33, "green": 32}


def once(view: View, notes: Iterable[object] = ()) -> int:
    """Lines as wide as the terminal; whole ones in a pipe. `notes` come last."""
    coloured = terminal.wants_colour()
    for line in frame(redacted(view), terminal.width()).lines:
        terminal.show("".join(_coloured(piece) if coloured else piece.text for piece in line))
    for note in notes:
        terminal.show(f"note: {note}")
    return DONE


def as_json(
    view: View,
    figures: Mapping[str, Figures],
    watch: Status | None,
    marks: Marks,
    notes: Sequence[Unreachable] = (),
) -> int:
    terminal.show_json(
        {
            "version": 1,
            "project": view.project,
            "watch": watch and asdict(watch),
            "services": [
                {
                    "service": row.service,
                    "grade": row.grade.value,
                    "state": row.state,
                    "containers": [_container(c, figures.get(c.id, Figures()), marks) for c in row.containers],
                }
                for row in view.rows
            ],
            "unreachable": unreachable_json(notes),
        }
    )
    return DONE


def watch_line(found: Status | None, now_s: float) -> str:
    """How the watch is, in a line. Pure."""
    if found is None:
        return "nobody watches it"
    age = "" if found.changed_at is None else words.age(max(0.0, now_s - found.changed_at))
    last = f"{found.last_change} {age} ago" if age else "no change yet"
    told = [f"watched by process {found.process}", last]
    told += [f"{found.pending} pending"] if found.pending else []
    told += [f"building {', '.join(found.building)}"] if found.building else []
    told += [f"restarting {', '.join(found.restarting)}"] if found.restarting else []
    told += [f"{len(found.errors)} in trouble: {found.errors[0]}"] if found.errors else []
    return "; ".join(told)


def redacted(view: View) -> View:
    """The view without what is secret, before it is cut to fit: of a secret no part may stay."""
    from dataclasses import replace

    rows = [replace(row, said=terminal.redacted(row.said)) if row.said else row for row in view.rows]
    return replace(view, rows=rows, watch=terminal.redacted(view.watch), trouble=terminal.redacted(view.trouble))


def _container(c: Container, figures: Figures, marks: Marks) -> dict[str, Any]:
    return {
        **container_json(c),
        **marks.as_json(c),
        "cores": None if figures.cores is None else round(figures.cores, 4),
        "memory_bytes": figures.memory_bytes,
        "memory_limit_bytes": figures.memory_limit_bytes,
        "last_line": figures.said.text if figures.said else None,
    }


def _coloured(piece: Piece) -> str:
    return f"\x1b[{_SGR[piece.style]}m{piece.text}\x1b[0m" if piece.style else piece.text
