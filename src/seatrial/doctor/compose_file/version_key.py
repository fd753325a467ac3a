"""Is there still a `version:`?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, skipped, warning
from seatrial.doctor.fixing.remedy import Change, Remedy
from seatrial.engine import compose_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.compose_text import Source


def judge(sources: tuple[Source, ...]) -> Iterator[Finding]:
    if sources and not any(source.tree for source in sources):
        yield skipped("no compose file can be read")
        return
    found = [source for source in sources if compose_text.key(source.tree, "version")]
    if not found:
        yield ok("no `version:`")
        return
    changes = []
    for source in found:
        at, value = compose_text.key(source.tree, "version"), compose_text.value(source.tree, "version")
        alone = at is not None and value is not None and at.start_mark.column == 0
        if alone and at is not None and value is not None and value.end_mark.line == at.start_mark.line:
            changes.append(Change(source.file, at.start_mark.line, 1))
    yield warning(
        "`version:` is obsolete",
        why="Compose warns of it at every call, and nothing is chosen by it",
        fix="remove the line",
        places=compose_text.place(found, "version"),
        remedy=Remedy(tuple(changes)) if changes else None,
    )
