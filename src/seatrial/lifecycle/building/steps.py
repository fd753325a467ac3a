"""Which step of a build failed, from the builder's plain progress (BuildKit's, as Compose hands it on). Pure."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_KEPT = 20
_LINE = re.compile(r"#(?P<step>\d+) (?P<text>.*)")
_HEADER = re.compile(r"\[(?P<where>[^\]]*?)(?P<count>\d+/\d+)\] (?P<command>.*)")
_OUTPUT = re.compile(r"\d+\.\d+ (?P<text>.*)")
_EXIT = re.compile(r"did not complete successfully: (?P<how>exit code: \d+)")
_CONTINUED = re.compile(r"\\[ \t]*$")
_REF = re.compile(r"failed to calculate checksum of ref \S+: ")


@dataclass(frozen=True, slots=True)
class Failed:
    """A step: `count` as in "2/5", `said` its last lines, oldest first, `why` the builder's own words."""

    service: str
    stage: str
    count: str
    command: str
    why: str
    said: tuple[str, ...]


class Steps:
    """Reads the lines of a build as they come."""

    def __init__(self, services: Collection[str]) -> None:
        self._services = services
        self._headers: dict[str, re.Match[str]] = {}
        self._said: dict[str, deque[str]] = {}
        self.failed: Failed | None = None

    def read(self, line: str) -> None:
        found = _LINE.match(line)
        if found is None or self.failed:
            return
        step, text = found["step"], found["text"]
        header = _HEADER.match(text)
        if header and step not in self._headers:
            self._headers[step] = header
        elif output := _OUTPUT.match(text):
            self._said.setdefault(step, deque(maxlen=_KEPT)).append(output["text"])
        elif text.startswith("ERROR: ") and step in self._headers:
            self.failed = self._of(step, text.removeprefix("ERROR: "))

    def _of(self, step: str, why: str) -> Failed:
        header = self._headers[step]
        words = header["where"].split()
        service = words[0] if words and words[0] in self._services else ""
        ended = _EXIT.search(why)
        return Failed(
            service,
            " ".join(words[1:] if service else words),
            header["count"],
            " ".join(header["command"].split()),
            ended["how"] if ended else _REF.sub("", why),
            tuple(self._said.get(step, ())),
        )


def line_of(dockerfile: str, command: str) -> int | None:
    """The line in which an instruction begins, counted from 1; None when it is not there as it was run."""
    begun, words = 0, list[str]()
    for number, line in enumerate(dockerfile.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not words):
            continue
        begun = begun if words else number
        words += _CONTINUED.sub("", line).split()
        if _CONTINUED.search(line):
            continue
        if " ".join(words) == command:
            return begun
        words = []
    return None
