"""Rules about names: what Compose cannot read, what it reads and others do not, what a name hides."""

import re
from collections.abc import Iterator

from seatrial.env.known import is_tools_own
from seatrial.env.lint.finding import Finding, Known
from seatrial.env.problem import Severity
from seatrial.env_syntax.scan import Fault, Statement

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INVALID = {
    Fault.KEY_CHARACTER: "the line has a character before = that no name may have; Compose stops here",
    Fault.KEY_SPACE: "the line has a blank inside the name; Compose stops here",
    Fault.KEY_EMPTY: "the line has no name before =; the engine refuses such a variable",
    Fault.NO_LINE_END: "the last line is a name without = and without a line end; Compose takes it for a value",
}


def invalid_key(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.fault in _INVALID:
        fix = "write KEY=value with letters, digits and _ in the name, or put # in front"
        yield Finding("InvalidKey", _INVALID[statement.fault], fix)


def key_without_value(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.inherits:
        message = "a name without =: Compose takes its value from the shell, or leaves it unset"
        yield Finding("KeyWithoutValue", message, "write = behind it, or silence this rule if that is meant", _WARNING)


def incorrect_delimiter(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.delimiter == ":":
        message = "a colon between name and value: Compose takes it, other readers do not"
        yield Finding("IncorrectDelimiter", message, "write =", _WARNING)


def unsafe_key_name(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.key and not _NAME.fullmatch(statement.key):
        message = "the name has more than letters, digits and _, or starts with a digit: ${...} cannot read it"
        yield Finding("UnsafeKeyName", message, "use letters, digits and _ only", _WARNING)


def duplicated_key(statement: Statement, known: Known) -> Iterator[Finding]:
    first = known.above.get(statement.key)
    if first and statement.key:
        message = f"the name is set on line {first.line} already; this later line wins"
        yield Finding("DuplicatedKey", message, "keep one of the two lines", _WARNING)


def shadowed_by_shell(statement: Statement, known: Known) -> Iterator[Finding]:
    if known.around.for_project and statement.delimiter and statement.key in known.around.shell:
        message = f"{statement.key} is set in the shell too: ${{{statement.key}}} takes that, even when it is empty"
        fix = f"run `unset {statement.key}` if the file is meant"
        yield Finding("ShadowedByShell", message, fix, Severity.INFO)


def not_in_schema(statement: Statement, known: Known) -> Iterator[Finding]:
    around = known.around
    told = statement.key in around.declared | around.missed or statement.key in known.above
    if not around.schema or statement.fault or told or is_tools_own(statement.key):
        return
    near = known.nearest(statement.key)
    fix = f"declare it in {around.schema}, or remove the line"
    yield Finding(
        "NotInSchema",
        f"the name is not in {around.schema}",
        f"did you mean {near}? Else {fix}" if near else fix,
        _WARNING,
    )


_WARNING = Severity.WARNING
