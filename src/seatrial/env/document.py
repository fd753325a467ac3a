"""The page about all variables, with the services that use each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.env.docs import markdown
from seatrial.env.files import read_schema
from seatrial.env.paths import shown
from seatrial.env.problem import errors
from seatrial.env.references import references
from seatrial.errors import ConfigurationInvalid, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.env.schema import Schema
    from seatrial.project import Project


@dataclass(frozen=True, slots=True)
class Documentation:
    """The variables of a project; `used_by` is, by variable, the services that use it, else those of its tags."""

    schema: Schema
    used_by: Mapping[str, tuple[str, ...]]

    @property
    def page(self) -> str:
        """As Markdown."""
        return markdown(self.schema, self.used_by)


def documentation(engine: Engine, project: Project) -> Documentation:
    """What is to be said of all variables. Depends on the schema and the compose files only, not on any value.

    Raises:
        ConfigurationInvalid: there is no schema, or it has errors.
    """
    if project.schema is None:
        raise ConfigurationInvalid(
            f"no .env.schema in {project.root / 'env'} or {project.root}",
            fix="write one: a line KEY= for each variable, with a comment above that says what it is",
        )
    loaded = read_schema(project.schema, shown(project.schema, project))
    if wrong := errors(loaded.problems):
        raise ConfigurationInvalid("the schema has errors", fix=wrong[0].fix, detail=[str(p) for p in wrong])
    refs = references(engine.uninterpolated(project))
    used = {item.key: refs.services_of(item.key) or item.tags for item in loaded.schema.items}
    return Documentation(loaded.schema, used)


def is_current(target: Path, text: str) -> bool:
    """Whether the page is there in these bytes."""
    try:
        return target.read_bytes() == text.encode()
    except OSError:
        return False


def write(target: Path, text: str) -> bool:
    """Write the page if it is not there in these bytes already; whether it was written.

    Raises:
        UsageError: it cannot be written there.
    """
    if is_current(target, text):
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UsageError(f"{target} cannot be written: {reason}", fix="name another file with --output") from None
    return True
