"""Has something a name that can be there once?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle import fixed_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.compose_text import Source
    from seatrial.stack import Stack


def judge(stack: Stack, other: Stack | None, sources: tuple[Source, ...]) -> Iterator[Finding]:
    """One for each, as `up` reports them in a worktree; `other` is the model under another name."""
    lines = fixed_names.shared(stack, other)
    if not lines:
        yield ok("nothing has a name that a second checkout would need too")
    for line in lines:
        found, _, fix = line.rpartition(": ")
        name = found.partition(": ")[0]
        services = (name,) if name in stack.names else ()
        word = "container_name" if "container_name" in found else "image"
        yield warning(
            found,
            why="a second checkout or a worktree cannot run beside this one, or shares its data by accident",
            fix=fix,
            services=services,
            places=compose_text.place(sources, "services", name, word) if services else (),
        )
