"""A plan as a value: what will be done to what, and why. Printable as text, comparable in a test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

KEEP = "keep"
REFUSE = "refuse"
NETWORK = "network "


@dataclass(frozen=True, slots=True)
class Step:
    """`action` (a verb), `subject` (a service or volume) and `cause` (why it is done, or why nothing is).

    `refuse`: it cannot be done, and keeps the whole plan from being carried out.

    `ours`: Compose sees no reason for it, so seatrial does it, or asks Compose for it.
    """

    action: str
    subject: str
    cause: str
    ours: bool = False

    def __str__(self) -> str:
        return f"{self.action} {self.subject} ({self.cause})"


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are carried out.

    `blocked`: whether something that was reported keeps them from being carried out.
    """

    steps: tuple[Step, ...] = ()
    blocked: bool = False

    @property
    def acts(self) -> bool:
        """Whether carrying it out changes anything."""
        return any(step.action != KEEP for step in self.steps)

    def notes(self, services: Collection[str]) -> tuple[Step, ...]:
        """Steps that change nothing, and that the user wants to know of: what is no service, or is not judged."""
        kept = (step for step in self.steps if step.action == KEEP)
        return tuple(step for step in kept if step.subject not in services or "; " in step.cause)

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps) or "nothing to do"


def with_bases_first(plan: Plan, built_on: Mapping[str, Sequence[str]]) -> Plan:
    """Put the build of an image before the builds of those that start from it; `built_on` names them by service."""
    builds = {step.subject: step for step in plan.steps if step.action == "build"}
    placed: dict[str, None] = {}

    def ahead(name: str) -> Iterator[Step]:
        if name in placed or name not in builds:
            return
        placed[name] = None
        for base in built_on.get(name, ()):
            yield from ahead(base)
        yield builds[name]

    steps = (ahead(step.subject) if step.action == "build" else (step,) for step in plan.steps)
    return replace(plan, steps=tuple(step for group in steps for step in group))
