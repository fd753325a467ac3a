"""The one file that prints. Data goes to standard output, talk to standard error; complete without colour.

Whatever is printed passes the redactor of the verb that runs: other people's error texts quote values.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from seatrial.errors import SeatrialError


_NARROWEST, _READABLE = 40, 120
# A text behind one of these keys of a JSON answer is out of a list of ours.
_OWN_WORDS = frozenset(
    {
        "action",
        "check",
        "confidence",
        "grade",
        "health",
        "rule",
        "severity",
        "standing",
        "state",
        "status",
        "time",
        "verdict",
    }
)

_redact: ContextVar[Callable[[str], str]] = ContextVar("redact", default=str)


@contextmanager
def redacting() -> Iterator[None]:
    """Inside, `keep_secret` holds; outside, whatever held before."""
    token = _redact.set(_redact.get())
    try:
        yield
    finally:
        _redact.reset(token)


def keep_secret(redact: Callable[[str], str]) -> None:
    """From now on, until `redacting` ends, everything that is printed passes `redact`."""
    _redact.set(redact)


def show(text: str) -> None:
    """A line of data."""
    print(_printable(_redact.get()(text)), flush=True)


def talk(text: str) -> None:
    """A line for the person who waits."""
    print(_printable(_redact.get()(text)), file=sys.stderr, flush=True)


def show_json(value: Any) -> None:
    print(json.dumps(redacted(value), indent=2, ensure_ascii=_ascii()), flush=True)


def show_json_line(value: Any) -> None:
    print(json.dumps(redacted(value), ensure_ascii=_ascii()), flush=True)


def _ascii() -> bool:
    """Whether other characters are escaped, as the locale's encoding may not have them."""
    return not (sys.stdout.encoding or "utf-8").lower().startswith("utf")


def redacted(value: Any) -> Any:
    """What may be shown of a value.

    Each text in it by itself: a secret such as `true` must not break the JSON, nor the words that programs read.
    """
    if isinstance(value, str):
        return _printable(_redact.get()(value))
    if isinstance(value, dict):
        return {key: inner if _is_own_word(key, inner) else redacted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(inner) for inner in value]
    return value


def _printable(text: str) -> str:
    """A file's name may be no UTF-8, and what is printed is; of JSON a text may hold half a character."""
    if text.isascii():
        return text
    try:
        return text.encode(errors="surrogateescape").decode(errors="replace")
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()


def _is_own_word(key: object, value: object) -> bool:
    return key in _OWN_WORDS and isinstance(value, str)


def show_error(error: SeatrialError) -> None:
    talk(str(error))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table without lines; at a terminal it wraps to fit, in a pipe it never does."""
    if not sys.stdout.isatty():
        _show_plain([columns, *([_printable(_redact.get()(cell)) for cell in row] for row in rows)])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    Console(color_system="auto" if wants_colour() else None).print(table, markup=False)


def _show_plain(rows: Sequence[Sequence[str]]) -> None:
    """Columns, two blanks apart. What wraps and colours takes longer to load than an `up` of what runs."""
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())
    sys.stdout.flush()


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _plain(text: str) -> Any:
    """Text that rich takes as it is: a `[...]` in it is no markup."""
    from rich.text import Text

    return Text(_printable(_redact.get()(text)))


def width() -> int | None:
    """How wide text for a person may be: that of the terminal within reason; None in a pipe, where lines stay whole."""
    if not sys.stdout.isatty():
        return None
    return max(_NARROWEST, min(shutil.get_terminal_size().columns, _READABLE))


def wants_colour() -> bool:
    """Whether standard output may carry colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not _dumb()


def draws() -> bool:
    """Whether standard error is a terminal on which lines can be drawn over."""
    return sys.stderr.isatty() and not _dumb()


def _dumb() -> bool:
    """Whether the terminal takes no control sequences, as an editor's shell window; or does not say that it does."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def seen() -> bool:
    """Whether standard output is looked at by somebody who waits."""
    return sys.stdout.isatty()


def terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def whole() -> bool:
    """Whether there is a screen to draw on, and keys."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> bool:
    """A yes at the terminal; anything else is a no."""
    try:
        return answer(f"{question} [y/N] ").lower() in ("y", "yes")
    except EOFError:
        return False


def answer(question: str, *, hidden: bool = False) -> str:
    """A line typed at the terminal, without blanks around it; a `hidden` one is not echoed and kept as it is.

    Raises:
        EOFError: there was no line (^D).
    """
    if hidden:
        from getpass import getpass

        try:
            return getpass(question, stream=sys.stderr)
        except (EOFError, KeyboardInterrupt):
            talk("")  # what is said next stands on a line of its own
            raise
    print(question, end="", file=sys.stderr, flush=True)
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        talk("")
        raise
    if not line:
        talk("")
        raise EOFError
    return line.strip()
