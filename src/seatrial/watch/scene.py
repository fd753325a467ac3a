"""What a watch has to do with; the same for all that act in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.lifecycle.readiness import Rules
from seatrial.lifecycle.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot
    from seatrial.env.secret import Secret
    from seatrial.project import Project
    from seatrial.stack import Stack
    from seatrial.watch.happenings import Happening
    from seatrial.watch.rules import Rule


@dataclass(frozen=True, slots=True)
class Scene:
    """A project under watch.

    Attributes:
        rules: all that are followed.
        tell: called with everything that happens, from the loop's thread.
        readiness: when a service counts as ready, and after how many seconds it is given up.
        environment: by service what its containers must have got.
        helper_image: of the container that removes files in others without `rm`; "" finds or makes one.
    """

    engine: Engine
    project: Project
    stack: Stack
    rules: tuple[Rule, ...]
    tell: Callable[[Happening], None]
    readiness: Rules = field(default_factory=Rules)
    timeout_s: float = 120.0
    environment: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    helper_image: str = ""

    def of(self, service: str) -> tuple[Rule, ...]:
        """The rules of a service."""
        return tuple(rule for rule in self.rules if rule.service == service)

    @property
    def services(self) -> tuple[str, ...]:
        """Those that have rules, in the order of the model."""
        named = {rule.service for rule in self.rules}
        return tuple(name for name in self.stack.names if name in named)

    def stage(self, services: Sequence[str], before: Snapshot, line: Callable[[str], None]) -> Stage:
        """To act on these services alone: what they depend on runs, and is left alone."""
        chosen = {*services}
        own = tuple(replace(s, depends_on=()) for s in self.stack.services if s.name in chosen)
        wanted = {name: values for name, values in self.environment.items() if name in chosen}
        stack = replace(self.stack, services=own)
        return Stage(self.engine, self.project, stack, before, line, self.readiness, wanted)

    def restarted_with(self, services: Sequence[str]) -> tuple[str, ...]:
        """Services that are to be restarted when one of `services` is: `depends_on` with `restart: true`."""
        return tuple(
            name
            for name, model in self.stack.service_models().items()
            if name not in services
            and any(
                (edge or {}).get("restart") and on in services for on, edge in (model.get("depends_on") or {}).items()
            )
        )
