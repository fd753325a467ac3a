"""What is known of a project's environment, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.env.problem import Problem, errors
from seatrial.env.references import References
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.env.files import Read
    from seatrial.env.schema import Schema
    from seatrial.env.secret import Secret
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of a project's environment.

    Attributes:
        schema: None when the project has none; then only what Compose demands is checked.
        values: by variable, what `${NAME}` stands for; None is unset.
        contained: by service, the environment of its containers; empty when the model cannot be resolved.
        files: the env files that were read, the project's own first.
        secrets: every value that must not be shown.
        stack: None when the model was not asked for, because it could not be resolved.
    """

    schema: Schema | None = None
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, Secret | None] = field(default_factory=dict)
    contained: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    references: References = field(default_factory=References)
    files: tuple[Read, ...] = ()
    secrets: tuple[Secret, ...] = ()
    stack: Stack | None = None

    @property
    def sound(self) -> bool:
        return not errors(self.problems)


def ordered(found: Examination) -> Examination:
    """Each problem once, by file and line, the variables of one place together."""
    once = dict.fromkeys(found.problems)
    ordered = sorted(once, key=lambda p: (p.file, p.line or 0, p.key or ""))
    return replace(found, problems=tuple(ordered))


def stop_on_errors(found: Examination) -> None:
    """Raise what stops a start, as one error with every problem in it."""
    wrong = errors(found.problems)
    if not wrong:
        return
    variables = "1 problem" if len(wrong) == 1 else f"{len(wrong)} problems"
    raise ConfigurationInvalid(
        f"the environment is not what the stack needs: {variables}; nothing was started",
        fix="mend what is said above; env.init writes what can be made up, env.explain tells where values are from",
        detail=[line for problem in wrong for line in (str(problem), f"  fix: {problem.fix}")],
    )
