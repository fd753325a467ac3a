"""Pages of real recordings, and what a browser or a screen reader would find in them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.drill import journal
from seatrial.drill.run import Report, judged
from seatrial.report.page import render
from seatrial.report.page.drills import drill_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatrial.drill.provenance import Provenance
    from seatrial.drill.recording import Recording
    from seatrial.report.comparison import Comparison

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
VOID = {"meta", "br"}


def recorded(file: str, *services: str) -> tuple[Recording, ...]:
    found = journal.read(RECORDINGS / f"{file}.json")
    return tuple(recording for recording in found if not services or recording.service in services)


def page(
    recordings: Sequence[Recording],
    redact: Callable[[str], str] = str,
    provenance: Provenance | None = None,
    compared: Comparison | None = None,
) -> str:
    found = Report(tuple(map(judged, recordings)), tuple(recordings))
    return render.drills(drill_page("shop", found, provenance, compared), redact)


class Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes, self.text = tag, attributes, ""


class Elements(HTMLParser):
    """All elements in their order, each with the text in it; fails where tags are not nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.every: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.every.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.every.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def of(self, *tags: str) -> list[Element]:
        return [element for element in self.every if element.tag in tags]
