"""Has something a name that can be there once?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text
from seatrial.lifecycle import fixed_names
from seatrial.lifecycle.building import dockerfile, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.compose_text import Source
    from seatrial.stack import Stack


def judge(stack: Stack, other: Stack | None, sources: tuple[Source, ...]) -> Iterator[Finding]:
    """One for each, as `up` reports them in a worktree; `other` is the model under another name."""
    lines = fixed_names.shared(stack, other, model.built_on(stack, dockerfile.text))
    if not lines:
        yield ok("nothing has a name that a second checkout would need too")
    for line in lines:
        found, _, fix = line.rpartition(": ")
        services = tuple(name for name in found.partition(": ")[0].split(", ") if name in stack.names)
        word = "container_name" if "container_name" in found else "image"
        yield warning(
            found,
            why="a second checkout or a worktree cannot run beside this one, or shares its data by accident",
            fix=fix,
            services=services,
            places=tuple(place for name in services for place in compose_text.place(sources, "services", name, word)),
        )
