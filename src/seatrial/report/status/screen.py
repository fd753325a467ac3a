"""The terminal while a view of it goes on: drawn when something is new, a key is pressed, or its size changes.

By curses: it knows terminals, gives back what was on the screen, and takes no time to load.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from seatrial.errors import UsageError

if TYPE_CHECKING:
    import curses
    from collections.abc import Callable, Iterator, Sequence

    from seatrial.report.status.layout import Frame, Piece

# Ages and the watch's state go on without an event.
_TICK_S = 1.0
_COLOURS = {"red": 1, "yellow": 2, "green": 3}
_FAR = 10**6
_USUAL = os.terminal_size((80, 24))


class Screen:
    """Draws frames until `q`; `wake` may be called from any thread."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def wake(self) -> None:
        """Have the view drawn anew."""
        with suppress(BlockingIOError, OSError):  # it is woken already, or left
            os.write(self._write, b".")

    def run(self, draw: Callable[[int, int, int], Frame]) -> None:
        """Show what `draw(width, height, first row)` gives, until `q` or ^C (KeyboardInterrupt).

        Raises:
            UsageError: the terminal cannot show it.
        """
        with _whole_screen() as window, self._resized():
            first = 0
            while True:
                size = usable(os.get_terminal_size(sys.stdout.fileno()))
                shown = draw(size.columns, size.lines, first)
                first = shown.first
                _put(window, shown.lines, size)
                for key in self._waited(window):
                    if key in ("q", "Q"):
                        return
                    first = moved(first, shown.shown, key)

    def _waited(self, window: curses.window) -> list[str]:
        ready, _, _ = select.select([sys.stdin, self._read], [], [], _TICK_S)
        if self._read in ready:
            os.read(self._read, 4096)
        return list(_keys(window))

    @contextmanager
    def _resized(self) -> Iterator[None]:
        # curses' own handler is not seen by `select`, which Python takes up again after a signal.
        before = signal.signal(signal.SIGWINCH, lambda *_: self.wake())
        try:
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)


def usable(size: os.terminal_size) -> os.terminal_size:
    """The size; that of most where the terminal does not know its own (0 by 0: `script`, some CI, a new pty). Pure."""
    return os.terminal_size((size.columns or _USUAL.columns, size.lines or _USUAL.lines))


def moved(first: int, page: int, key: str) -> int:
    """The first row after a key; may be beyond either end. Pure."""
    steps = {
        "KEY_DOWN": 1, "j": 1, "KEY_UP": -1, "k": -1,
        "KEY_NPAGE": page, " ": page, "KEY_PPAGE": -page,
        "KEY_HOME": -_FAR, "g": -_FAR, "KEY_END": _FAR, "G": _FAR,
    }  # fmt: skip
    return first + steps.get(key, 0)


def _keys(window: curses.window) -> Iterator[str]:
    """All that were pressed: what curses has read already, `select` does not see."""
    import curses

    with suppress(curses.error):
        while True:
            yield window.getkey()


@contextmanager
def _whole_screen() -> Iterator[curses.window]:
    try:
        import curses

        curses.setupterm()
        if not curses.tigetstr("cup"):
            raise curses.error(f"TERM={os.environ.get('TERM')} cannot move its cursor")  # noqa: TRY301
        window = curses.initscr()
    except (ImportError, Exception) as error:  # noqa: BLE001  curses.error cannot be named where curses is missing
        raise UsageError(
            f"this terminal cannot show a view that goes on ({error})",
            fix="set TERM to what the terminal is; or `status` without --live",
        ) from None
    try:
        curses.noecho()
        curses.cbreak()
        window.keypad(True)
        window.nodelay(True)
        with suppress(curses.error):
            curses.curs_set(0)
        if not os.environ.get("NO_COLOR") and curses.has_colors():
            curses.start_color()
            curses.use_default_colors()
            for name, number in _COLOURS.items():
                curses.init_pair(number, getattr(curses, f"COLOR_{name.upper()}"), -1)
        yield window
    finally:
        curses.endwin()


def _put(window: curses.window, lines: Sequence[Sequence[Piece]], size: os.terminal_size) -> None:
    import curses

    with suppress(curses.error):
        curses.resizeterm(size.lines, size.columns)
    window.erase()
    for y, line in enumerate(lines):
        # The last cell of the last line cannot be written without a complaint; nor is it after a change of size.
        with suppress(curses.error):
            window.move(y, 0)
            for piece in line:
                window.addstr(piece.text, _attribute(piece.style))
    window.refresh()


def _attribute(style: str) -> int:
    import curses

    if style in ("bold", "dim"):
        return curses.A_BOLD if style == "bold" else curses.A_DIM
    number = _COLOURS.get(style, 0)
    if not number or os.environ.get("NO_COLOR"):
        return curses.A_BOLD if style == "red" else curses.A_NORMAL
    return curses.color_pair(number)
