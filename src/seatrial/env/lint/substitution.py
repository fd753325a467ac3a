"""Rules about `$`: what Compose would replace, lose or refuse.

The name after a bare `$` is never repeated: it may be the tail of a password.
"""

import re
from collections.abc import Iterator

from seatrial.env.lint.finding import Finding, Known
from seatrial.env.problem import Severity
from seatrial.env_syntax.dollars import Dollar, Form, dollars
from seatrial.env_syntax.scan import Statement

_OTHERS_EXPAND = re.compile(r"\$\{[^}]*\}")
_SINGLE_QUOTES = "put the value in single quotes"
_WARNING = Severity.WARNING


def substitution(statement: Statement, known: Known) -> Iterator[Finding]:
    """All rules about `$`, each at most once a statement and severity."""
    if statement.quote == "'":
        yield from _in_single_quotes(statement)
        return
    found: dict[tuple[str, Severity], Finding] = {}
    for dollar in dollars(statement.value):
        for finding in (*_one(dollar, statement, known), *_nested(dollar, known)):
            found.setdefault((finding.rule, finding.severity), finding)
    yield from found.values()


def _in_single_quotes(statement: Statement) -> Iterator[Finding]:
    if _OTHERS_EXPAND.search(statement.value):
        message = "${...} in single quotes: Compose keeps it as it is, other readers put a variable in"
        yield Finding("SubstitutionKey", message, "silence this rule if only Compose reads the file", _WARNING)


def _one(dollar: Dollar, statement: Statement, known: Known) -> Iterator[Finding]:
    match dollar.form:
        case Form.INVALID:
            message = "${ is not closed, or no name follows it: Compose stops here"
            yield Finding("InvalidTemplate", message, f"close it, or {_SINGLE_QUOTES}")
        case Form.ESCAPED:
            message = "$$ or \\$: Compose makes it one $, other readers do not"
            yield Finding("DollarInValue", message, f"{_SINGLE_QUOTES} with one $", _WARNING)
        case Form.BARE if known.is_set(dollar.name):
            message = "$ and a name: Compose puts that variable in, other readers do not"
            yield Finding("DollarInValue", message, f"write ${{...}}, or {_SINGLE_QUOTES} to keep the $", _WARNING)
        case Form.BARE:
            message = "$ and a name that is not set: Compose replaces both by nothing, part of the value is lost"
            yield Finding("DollarInValue", message, _SINGLE_QUOTES)
        case Form.BRACED:
            yield from _braced(dollar, statement, known)


def _nested(dollar: Dollar, known: Known) -> Iterator[Finding]:
    if dollar.name in known.around.elsewhere:
        message = "the value takes a variable of another env file: which one wins changed in Compose 2.35 and 2.39"
        yield Finding("NestedEnvFiles", message, "set both in one file, or write the value itself", _WARNING)


def _braced(dollar: Dollar, statement: Statement, known: Known) -> Iterator[Finding]:
    if dollar.operator.endswith("?") and _is_missing(dollar, known):
        message = "${...?...} demands a variable that is not set here: Compose stops"
        yield Finding("RequiredInEnvFile", message, "set it above, or demand it in the compose file instead")
    elif "$" in dollar.argument:
        yield _differs("a default with a variable in it")
    elif dollar.operator not in ("", ":-"):
        yield _differs(f"${{NAME{dollar.operator}...}}")
    elif dollar.operator == ":-":
        if known.may_be_empty(dollar.name):
            yield _differs("a default for a variable that is set but may be empty")
    elif not known.is_set(dollar.name):
        yield _unset(dollar, statement, known)
    if dollar.name in known.around.shell and dollar.name in known.above:
        message = "the variable in ${...} is set above and in the shell: Compose takes the shell's, other readers this"
        yield Finding("SubstitutionKey", message, "unset it in the shell", _WARNING)


def _is_missing(dollar: Dollar, known: Known) -> bool:
    if not known.is_set(dollar.name):
        return True
    statement = known.above.get(dollar.name)
    elsewhere = dollar.name in known.around.shell or dollar.name in known.around.elsewhere
    return dollar.operator == ":?" and not elsewhere and statement is not None and not statement.value


def _differs(what: str) -> Finding:
    message = f"{what}: other readers of the file, or other versions of Compose, give another value"
    return Finding("SubstitutionKey", message, "write the value itself, or choose it in the compose file", _WARNING)


def _unset(dollar: Dollar, statement: Statement, known: Known) -> Finding:
    if dollar.name == statement.key:
        message = "the value refers to its own name, which only the shell can set: nothing is put in without it"
        return Finding("SubstitutionKey", message, "write the value without it", _WARNING)
    if dollar.name in known.names:
        message = f"${{{dollar.name}}} stands above the line that sets it: nothing is put in"
        return Finding("SubstitutionKey", message, f"move {dollar.name} above this line", _WARNING)
    message = "${...} of a variable that this file does not set: nothing is put in unless the shell has it"
    return Finding("SubstitutionKey", message, f"set it above, or {_SINGLE_QUOTES} to keep the text", _WARNING)
