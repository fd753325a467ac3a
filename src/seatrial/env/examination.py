"""What is known of a project's environment, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.env.paths import PROFILES
from seatrial.env.problem import Problem, errors
from seatrial.env.references import References
from seatrial.env.secret import Secret
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.env.files import Read
    from seatrial.env.schema import Schema
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of a project's environment.

    Attributes:
        schema: None when the project has none; then only what Compose demands is checked.
        values: by variable, what `${NAME}` stands for; None is unset.
        contained: by service, the environment of its containers; empty when the model cannot be resolved.
        files: the env files that were read, the project's own first, the strongest of them foremost.
        profiles: those of the command line; Compose reads the variable only where there are none.
        own: how many of them are the project's own: `${NAME}` in a compose file is looked up in these.
        included: the env files of `include:`, which count for the included files alone.
        target: the env file that `env.init` writes, as it is shown.
        secrets: every value that must not be shown.
        stack: None when the model was not asked for, because it could not be resolved.
    """

    schema: Schema | None = None
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, Secret | None] = field(default_factory=dict, repr=False)
    contained: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict, repr=False)
    references: References = field(default_factory=References)
    files: tuple[Read, ...] = field(default=(), repr=False)
    included: tuple[Read, ...] = field(default=(), repr=False)
    profiles: tuple[str, ...] = ()
    own: int = 0
    target: str = ".env"
    secrets: tuple[Secret, ...] = ()
    stack: Stack | None = None

    @property
    def sound(self) -> bool:
        return not errors(self.problems)

    @property
    def own_files(self) -> tuple[Read, ...]:
        return self.files[: self.own]

    @property
    def active(self) -> frozenset[str]:
        """The services that run. Compose says which; while it refuses the project, their profiles do."""
        if self.stack:
            return frozenset(self.stack.names)
        said = self.values.get(PROFILES) or Secret("")
        return self.references.switched_on(self.profiles or said.reveal().split(","))


def ordered(found: Examination) -> Examination:
    """Each problem once, by file and line, the variables of one place together."""
    once = dict.fromkeys(found.problems)
    ordered = sorted(once, key=lambda p: (p.file, p.line or 0, p.key or ""))
    return replace(found, problems=tuple(ordered))


def stop_on_errors(found: Examination) -> None:
    """Raise what stops a start, as one error with every problem in it."""
    wrong = errors(found.problems)
    if wrong:
        from seatrial.env.blocks import blocks, counted

        helps = "; run env.init where it is named" if any("env.init" in p.fix for p in wrong) else ""
        raise ConfigurationInvalid(
            f"the environment is not what the stack needs: {counted(wrong)}; nothing was started",
            fix=f"mend what is said above{helps}; env.explain NAME tells where a value is from",
            detail=blocks(wrong, found.schema.by_key() if found.schema else {}),
        )
