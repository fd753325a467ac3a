"""How the environment's results are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.problem import Severity, errors
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.env.init import Result
    from seatrial.env.problem import Problem

USAGE = 2
JSON_VERSION = 1


def problem_lines(problem: Problem) -> list[str]:
    mark = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}[problem.severity]
    return [f"{mark}: {problem}", *(f"  fix: {line}" for line in problem.fix.splitlines())]


def problem_json(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity.value,
        "file": problem.file,
        "line": problem.line,
        "variable": problem.key,
        "rule": problem.rule,
        "message": problem.message,
        "fix": problem.fix,
    }


def problems(found: Iterable[Problem]) -> None:
    for problem in found:
        for line in problem_lines(problem):
            terminal.talk(line)


def init(result: Result, *, as_json: bool) -> int:
    """What `env.init` wrote: names only, never a value. A value that only a person knows is no failure."""
    code = USAGE if errors(result.problems) else DONE
    if as_json:
        terminal.show_json(
            {
                "version": JSON_VERSION,
                "file": str(result.path),
                "created": result.created,
                "changed": result.changed,
                "added": list(result.added),
                "filled": list(result.filled),
                "missing": list(result.missing),
                "problems": [problem_json(p) for p in result.problems],
            }
        )
    problems(result.problems)
    if code == DONE:
        _told(result)
    return code


def _told(result: Result) -> None:
    done = "wrote" if result.created else "completed" if result.changed else "nothing to add to"
    names = ", ".join((*result.added, *result.filled))
    terminal.talk(f"{done} {result.path}" + (f": {names}" if names else ""))
    if result.missing:
        terminal.talk(f"still without a value, and required: {', '.join(result.missing)}")
        terminal.talk(f"  fix: write them into {result.path}, or run env.init at a terminal")
