"""The view of a stack as lines that fit. Pure: values, a width and a height in; lines of styled pieces out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from seatrial.lifecycle.failure import bounded
from seatrial.lifecycle.overview import Grade
from seatrial.report.status import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.lifecycle.overview import Row

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_MARKS = {Grade.TROUBLE: "!", Grade.UNSETTLED: "~", Grade.ENDED: "x", Grade.UP: " ", Grade.DONE: " ", Grade.NONE: "-"}
_STYLES = {Grade.TROUBLE: "red", Grade.UNSETTLED: "yellow", Grade.UP: "green"}
_WORDS = {
    Grade.TROUBLE: "in trouble",
    Grade.UNSETTLED: "unsettled",
    Grade.ENDED: "ended",
    Grade.UP: "up",
    Grade.DONE: "done",
    Grade.NONE: "without a container",
}
_GAP = 2
_LEAST_LINE = 14
_LEAST_NAME = 5
_HEADS = ("service", "state", "since", "restarts", "cpu", "memory", "last log line")
_SHORT = {"restarts": "rst", "memory": "mem"}
# What figures come and go leaves the columns where they are.
_USUAL = {"state": 18, "since": 6, "restarts": 3, "cpu": 5, "memory": 7}
_RIGHT = frozenset({"since", "restarts", "cpu", "memory"})
# What goes first where there is no room.
_DISPENSABLE = ("since", "restarts", "cpu", "memory")


class Piece(NamedTuple):
    """Text in one style: "", `bold`, `dim`, `red`, `yellow` or `green`."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What is to be shown.

    Attributes:
        watch: how the watch of the project is, in a line.
        trouble: why nothing newer is known; "" when it is.
    """

    project: str
    rows: Sequence[Row]
    watch: str = ""
    trouble: str = ""


class Frame(NamedTuple):
    """Lines, and which rows are among them: from `first` on, as many as `shown`."""

    lines: list[list[Piece]]
    first: int
    shown: int


def frame(view: View, width: int | None, height: int | None = None, first: int = 0) -> Frame:
    """Lines no wider than `width` cells and no more than `height`.

    Args:
        view: what is to be shown.
        width: cells; None cuts nothing.
        height: lines; None shows every row.
        first: the row to begin with, as far as there is something to scroll.
    """
    head = _head(view)
    if height is None:
        lines = [*head, *_table(view.rows, view.rows, width)]
        return Frame([_fitting(line, width) for line in lines], 0, len(view.rows))
    head = head[: max(1, height - 4)]
    with_titles = height >= len(head) + 3
    room = max(0, height - len(head) - with_titles - 1)
    first = max(0, min(first, len(view.rows) - room))
    shown = view.rows[first : first + room]
    table = _table(view.rows, shown, width)
    lines = [*head, *(table if with_titles else table[1:])]
    lines += [[] for _ in range(height - 1 - len(lines))]
    lines = [*lines[: height - 1], _foot(view.rows, first, len(shown))]
    return Frame([_fitting(line, width) for line in lines[-height:]], first, len(shown))


def summary(rows: Iterable[Row]) -> str:
    """`1 in trouble, 8 up`, in the order of grades."""
    counts = Counter(row.grade for row in rows)
    return ", ".join(f"{counts[grade]} {_WORDS[grade]}" for grade in Grade if counts[grade])


def plain(text: str) -> str:
    """A line of somebody's log without what would move the cursor or change colours."""
    bare = _CONTROL.sub("", text).expandtabs(4).strip()
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in bare)


def _head(view: View) -> list[list[Piece]]:
    count = len(view.rows)
    services = f"{count} service{'' if count == 1 else 's'}"
    told = [Piece(view.project, "bold"), Piece(f"  {services}: {summary(view.rows)}" if count else f"  {services}")]
    trouble = [[Piece(f"! {view.trouble}; as it was last known:", "red")]] if view.trouble else []
    return [told, *trouble, *([[Piece(view.watch, "dim")]] if view.watch else [])]


def _foot(rows: Sequence[Row], first: int, count: int) -> list[Piece]:
    above, below = rows[:first], rows[first + count :]
    told = [f"above: {summary(above)}"] if above else []
    told += [f"below: {summary(below)}"] if below else []
    keys = "arrows scroll, q ends" if told else "q ends"
    return [Piece("; ".join([*told, keys]), "dim")]


def _table(rows: Sequence[Row], shown: Sequence[Row], width: int | None) -> list[list[Piece]]:
    """Titles and the shown rows; columns are as wide as all rows need, so that scrolling moves none."""
    cells = {row.service: _cells(row) for row in rows}
    titles = dict(zip(_HEADS, _HEADS, strict=True))
    widths = {head: max(_width(head), *(_width(c[head]) for c in cells.values()), 0) for head in _HEADS[:-1]}
    kept = list(_HEADS)
    if width is not None:
        for head, short in _SHORT.items():
            widths[head] = max(_width(short), *(_width(c[head]) for c in cells.values()), 0)
        titles |= _SHORT
        widths |= {head: max(widths[head], usual) for head, usual in _USUAL.items()}
        widths["service"] = min(widths["service"], max(10, width // 5))
        widths["state"] = min(widths["state"], max(10, width // 4))
        for head in _DISPENSABLE:
            if _taken(kept, widths) + _LEAST_LINE > width:
                kept.remove(head)
    lines = [[Piece("  " + _joined(kept, titles, widths), "dim")]]
    for row in shown:
        style = _STYLES.get(row.grade, "dim" if row.grade in (Grade.NONE, Grade.DONE) else "")
        before = Piece(f"{_MARKS[row.grade]} {_padded('service', cells[row.service], widths)}{' ' * _GAP}", style)
        state = Piece(_padded("state", cells[row.service], widths), style)
        rest = Piece(" " * _GAP + _joined(kept[2:], cells[row.service], widths))
        lines.append([before, state, rest])
    return lines


def _cells(row: Row) -> dict[str, str]:
    return {
        "service": row.service,
        "state": row.state,
        "since": words.age(row.age_s),
        "restarts": str(row.restarts) if row.containers else "-",
        "cpu": words.cores(row.cores),
        "memory": words.size(row.memory_bytes),
        "last log line": plain(bounded(row.said)),
    }


def _taken(kept: Sequence[str], widths: dict[str, int]) -> int:
    return 2 + sum(widths[head] + _GAP for head in kept if head in widths)


def _joined(heads: Sequence[str], cells: dict[str, str], widths: dict[str, int]) -> str:
    return (" " * _GAP).join(_padded(head, cells, widths) for head in heads)


def _padded(head: str, cells: dict[str, str], widths: dict[str, int]) -> str:
    if head not in widths:
        return cells[head]
    text = (_shortened if head == "service" else _cut)(cells[head], widths[head])
    blanks = " " * (widths[head] - _width(text))
    return blanks + text if head in _RIGHT else text + blanks


def _fitting(line: list[Piece], width: int | None) -> list[Piece]:
    """The line cut to the width, without blanks at its end."""
    left = width
    kept: list[Piece] = []
    for piece in line:
        text = piece.text if left is None else _cut(piece.text, left)
        kept.append(Piece(text, piece.style))
        if left is not None:
            left -= _width(text)
            if left <= 0 or text != piece.text:
                break
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    return [*kept[:-1], Piece(kept[-1].text.rstrip(), kept[-1].style)] if kept else []


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    if width <= 0:
        return ""
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1).rstrip() + "…"


def _shortened(name: str, width: int) -> str:
    """A name without its middle: those of one stack often begin alike."""
    if len(name) <= width or width < _LEAST_NAME or not name.isascii():
        return _cut(name, width)
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[-end:]}"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
