"""Does Compose take the project, and is its environment what the services need?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, warning
from seatrial.env.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.env.examination import Examination
    from seatrial.env.problem import Problem

_SHOWN = 5


def judge(found: Examination) -> Iterator[Finding]:
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    warnings = [problem for problem in found.problems if problem.severity is Severity.WARNING]
    if errors:
        yield failure(_told(errors), why="`up` starts nothing while this stands", fix=_fix(errors), notes=_rest(errors))
    if warnings:
        yield warning(
            _told(warnings), why="a service gets another value than one would think", fix=_fix(warnings),
            notes=_rest(warnings),
        )  # fmt: skip
    if not errors and not warnings:
        count = len(found.schema.keys) if found.schema else len(found.references.names)
        against = "against the schema" if found.schema else "(there is no .env.schema)"
        yield ok(f"{count} variables checked {against}")


def _told(problems: list[Problem]) -> str:
    return str(problems[0]) if len(problems) == 1 else f"{len(problems)} problems, the first: {problems[0]}"


def _fix(problems: list[Problem]) -> str:
    return problems[0].fix if len(problems) == 1 else f"{problems[0].fix}\nall of them: env.check"


def _rest(problems: list[Problem]) -> tuple[str, ...]:
    return tuple(str(problem) for problem in problems[1:_SHOWN])
