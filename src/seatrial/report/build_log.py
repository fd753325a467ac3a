"""What of a build's plain progress is worth a line: steps that really ran, and what they said. Pure."""

from __future__ import annotations

import re

_LINE = re.compile(r"#(?P<step>\d+) (?P<text>.*)")
# What the error quotes: of a build, and of Compose, which repeats for each image what the engine says of it.
_FAILED = re.compile(r"failed to solve: |Error response from daemon: |\s*(?:Image )?\S+ Error ")
_HEADER = re.compile(r"\[.*\] |\[.*internal\]")
_CHATTER = re.compile(
    r"CACHED|DONE \d|transferring |sha256:|extracting |resolve |exporting |writing image|naming to|preparing layers"
    r"|building with |importing cache|sending "
)


class BuildLog:
    """Holds a step's header back until the step says something: a cached step never does.

    Of `steps` only nothing else is worth a line; the step that fails is then told by its error.
    """

    def __init__(self, *, steps: bool = False) -> None:
        self._headers: dict[str, str] = {}
        self._steps = steps
        self._failed = False

    def worth(self, line: str) -> tuple[str, ...]:
        """The lines to show for this one; a line that is none of a build's comes back as it is."""
        found = _LINE.match(line)
        if self._steps and (self._failed or _FAILED.match(line)):
            return ()
        if not found:
            return () if line.startswith("--progress is a global compose flag") else (line,)
        step, text = found["step"], found["text"]
        if _CHATTER.match(text) or not text.strip():
            return ()
        if _HEADER.match(text) and step not in self._headers:
            self._headers[step] = line
            return ()
        header = self._headers.get(step, "")
        if header == line:
            return ()
        self._headers[step] = ""
        if self._steps:
            self._failed = text.startswith("ERROR: ")
            return (header,) if header else ()
        return (header, line) if header else (line,)
