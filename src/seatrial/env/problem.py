"""One thing that is wrong, as a value: where it is, what it is, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: an error stops `up`, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding in one file.

    `file` is the path as it is to be shown, `line` counts from 1 (None: the whole file), `key` is the variable (None:
    none, or its name could be part of a secret), `rule` is a stable id that can be searched and silenced. Neither
    `message` nor `fix` ever holds the value of a secret variable.
    """

    file: str
    line: int | None
    key: str | None
    rule: str
    message: str
    fix: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where} {self.rule}: {self.message}"


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that stop a start."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


class Report:
    """Collects the problems of one file in the order they are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: list[Problem] = []

    def error(self, line: int | None, rule: str, message: str, fix: str, key: str | None = None) -> None:
        self._problems.append(Problem(self.file, line, key, rule, message, fix, Severity.ERROR))

    def warning(self, line: int | None, rule: str, message: str, fix: str, key: str | None = None) -> None:
        self._problems.append(Problem(self.file, line, key, rule, message, fix, Severity.WARNING))

    def info(self, line: int | None, rule: str, message: str, fix: str, key: str | None = None) -> None:
        self._problems.append(Problem(self.file, line, key, rule, message, fix, Severity.INFO))

    def extend(self, problems: Iterable[Problem]) -> None:
        self._problems.extend(problems)

    def problems(self) -> tuple[Problem, ...]:
        """What was found, by line; problems of one line keep the order of discovery."""
        return tuple(sorted(self._problems, key=lambda problem: problem.line or 0))
