"""Rules about quotes, comments and backslashes: where the value ends, and what of it changes."""

import re
from collections.abc import Iterator

from seatrial.env.lint.finding import Finding, Known
from seatrial.env.problem import Severity
from seatrial.env_syntax.scan import Fault, Statement

_BLANK_BEFORE_HASH = re.compile(r"[^\S \n]#")
_ESCAPES_THAT_CHANGE = re.compile(r"\\(?:\\|([abfv']|0[0-7]{3})|.)", re.DOTALL)
_WINDOWS_PATH = re.compile(r'"(?:[A-Za-z]:\\|\\\\[A-Za-z0-9])[^"]*"')
_CHANGING_LETTER = re.compile(r"\\[abfnrtv]")
_WARNING = Severity.WARNING


def unclosed_quote(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.fault is Fault.UNCLOSED:
        message = "a quote opens here and never closes; Compose would swallow the following lines and stop"
        fix = "close it; a backslash before the closing quote keeps it open"
        yield Finding("UnclosedQuote", message, fix)


def text_after_quote(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.fault is Fault.TEXT_BEHIND:
        message = "text follows the closing quote: Compose ends the value there and reads the rest as another name"
        fix = "put the whole value in one pair of quotes; a quote mark inside it needs the other kind around it"
        yield Finding("TextAfterQuote", message, fix)
    elif not statement.quote and statement.raw.startswith("```"):
        message = "three backticks are for .env.schema: Compose takes them as the value and stops at the closing ones"
        yield Finding("TextAfterQuote", message, "use one pair of double or single quotes round all lines")


def empty_then_comment(statement: Statement, _known: Known) -> Iterator[Finding]:
    if not statement.quote and statement.gap and statement.raw.startswith("#"):
        message = "a comment behind an empty value: Compose takes the comment as the value"
        yield Finding("EmptyThenComment", message, "put the comment on a line of its own")


def tab_before_comment(statement: Statement, _known: Known) -> Iterator[Finding]:
    if not statement.quote and _BLANK_BEFORE_HASH.search(statement.raw):
        message = "a tab or another blank that is no space before #: Compose keeps the comment in the value"
        yield Finding("TabBeforeComment", message, "put a space before #, or quote the value if # belongs to it")


def hash_in_secret(statement: Statement, known: Known) -> Iterator[Finding]:
    if statement.comment and statement.key in known.around.sensitive:
        message = "a # with a space before it ends this secret: the rest is taken for a comment"
        fix = "put the value in quotes if # belongs to it, or the comment on a line of its own"
        yield Finding("HashInSecret", message, fix, _WARNING)


def backslash_in_quotes(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.quote == "'" and "\\\\" in statement.raw:
        message = "two backslashes in single quotes: Compose keeps both, other readers make them one"
        yield Finding("BackslashInQuotes", message, "use double quotes, where two backslashes mean one", _WARNING)
    elif statement.quote == '"' and _changes(statement.raw):
        message = "a backslash and what follows it become another character in double quotes"
        yield Finding("BackslashInQuotes", message, "double the backslash, or use single quotes", _WARNING)


def _changes(raw: str) -> bool:
    if _WINDOWS_PATH.fullmatch(raw) and _CHANGING_LETTER.search(raw):
        return True
    return any(match[1] for match in _ESCAPES_THAT_CHANGE.finditer(raw))


def multiline_crlf(statement: Statement, _known: Known) -> Iterator[Finding]:
    if statement.quote and "\r\n" in statement.raw:
        message = "a value of several lines in a file with CRLF line ends: Compose keeps the carriage returns in it"
        yield Finding("MultilineCrlf", message, "save the file with LF line ends", _WARNING)
