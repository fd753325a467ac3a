"""Lint of an env file: what the containers would get is not what the line says, or differs between readers.

Every rule comes from a measured case. There are no rules of style. `# seatrial:off RuleId` on the line above silences a
rule for one statement, except the rules that tell why Compose refuses the file.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from seatrial.env.encoding import decoded
from seatrial.env.lint import keys, quotes
from seatrial.env.lint.finding import Finding, Known, Surroundings
from seatrial.env.lint.substitution import substitution
from seatrial.env.problem import Problem, Severity
from seatrial.env_syntax.scan import Statement, statements

__all__ = ["RULES", "Surroundings", "lint"]

_CHECKS: tuple[Callable[[Statement, Known], Iterator[Finding]], ...] = (
    keys.invalid_key,
    quotes.unclosed_quote,
    quotes.text_after_quote,
    quotes.empty_then_comment,
    quotes.tab_before_comment,
    keys.incorrect_delimiter,
    keys.key_without_value,
    keys.unsafe_key_name,
    keys.duplicated_key,
    substitution,
    quotes.backslash_in_quotes,
    quotes.multiline_crlf,
    quotes.hash_in_secret,
    keys.shadowed_by_shell,
    keys.not_in_schema,
)
_NOT_SILENCEABLE = frozenset({"InvalidKey", "UnclosedQuote", "InvalidTemplate", "RequiredInEnvFile"})
RULES = _NOT_SILENCEABLE | {
    "BackslashInQuotes",
    "DollarInValue",
    "DuplicatedKey",
    "EmptyThenComment",
    "HashInSecret",
    "IncorrectDelimiter",
    "KeyWithoutValue",
    "MultilineCrlf",
    "NestedEnvFiles",
    "NotInSchema",
    "ShadowedByShell",
    "SubstitutionKey",
    "TabBeforeComment",
    "TextAfterQuote",
    "UnsafeKeyName",
}
_SILENCED = re.compile(r"\s*#\s*seatrial:off\b([^#]*)")
_WORD = re.compile(r"[A-Za-z0-9]+")
_USUAL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def lint(data: bytes, file: str = ".env", around: Surroundings | None = None) -> tuple[Problem, ...]:
    """What is wrong or doubtful in an env file, by line; never raises for its content.

    An error means that Compose refuses the file or that a container gets something else than the line says.
    """
    found = decoded(data, file)
    if found.problem:
        return (found.problem,)
    return tuple(_Linter(found.text, file, around or Surroundings()).problems())


class _Linter:
    def __init__(self, text: str, file: str, around: Surroundings) -> None:
        self._lines = text.split("\n")
        self._file = file
        self._statements = tuple(statements(text))
        names = frozenset(statement.key for statement in self._statements if statement.fault is None)
        self._known = Known(around, names)

    def problems(self) -> Iterator[Problem]:
        for statement in self._statements:
            silenced = self._silenced_above(statement.line)
            for check in _CHECKS:
                for finding in check(statement, self._known):
                    if finding.rule not in silenced:
                        yield self._problem(finding, statement)
            for rule in sorted(silenced - RULES):
                yield self._unknown_rule(rule, statement.line - 1)
            if statement.fault is None:
                self._known.above[statement.key] = statement

    def _silenced_above(self, line: int) -> frozenset[str]:
        match = _SILENCED.match(self._lines[line - 2]) if line > 1 else None
        return frozenset(_WORD.findall(match[1])) - _NOT_SILENCEABLE if match else frozenset()

    def _problem(self, finding: Finding, statement: Statement) -> Problem:
        key = self._shown(statement)
        return Problem(self._file, statement.line, key, finding.rule, finding.message, finding.fix, finding.severity)

    def _shown(self, statement: Statement) -> str | None:
        """The name, unless it may be a piece of a secret: a bare word, or what stands before a colon."""
        declared = statement.key in self._known.around.declared
        usual = statement.delimiter == "=" and _USUAL_NAME.fullmatch(statement.key)
        return statement.key if declared or usual else None

    def _unknown_rule(self, rule: str, line: int) -> Problem:
        close = get_close_matches(rule, RULES, n=1)
        fix = f"did you mean {close[0]}?" if close else f"use one of: {', '.join(sorted(RULES - _NOT_SILENCEABLE))}"
        message = "the comment silences a rule that does not exist"
        return Problem(self._file, line, None, "UnknownRule", message, fix, Severity.WARNING)
