"""A place in a text that moves forward by matching patterns."""

import re
from bisect import bisect_right


class Cursor:
    """Reads a text from left to right; `position` may be set back to undo."""

    __slots__ = ("_line_starts", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    @property
    def line(self) -> int:
        """The line of the current position, counted from 1."""
        return bisect_right(self._line_starts, self.position)

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match at the position and move behind it, or stay where it is."""
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def sees(self, pattern: re.Pattern[str]) -> bool:
        return pattern.match(self.text, self.position) is not None
