"""A first schema out of a `.env.example`: names, comments and harmless values are kept, secrets become required."""

import re
from dataclasses import dataclass

from seatrial.env.encoding import decoded
from seatrial.env.problem import Problem, Report
from seatrial.env.types import ValueType, violations
from seatrial.env_syntax.dollars import Dollar, Form, dollars
from seatrial.env_syntax.scan import Statement, statements

_HEADER = """\
# Made from {file}. Say with @public what everybody may see: everything else is secret.
# @defaultRequired=infer @defaultSensitive=true
# ---
"""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET = re.compile(r"SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|(?:^|_)(?:KEY|DSN|PW|PWD)$", re.IGNORECASE)
_PORT = re.compile(r"(?:^|_)PORT$", re.IGNORECASE)
_OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
_COMMENT = re.compile(r"[ \t]*#[ \t]?(.*?)[ \t\r]*")
_PLAIN = re.compile(r"(?![A-Za-z][A-Za-z0-9_]*\()(?!undefined\Z)[A-Za-z0-9_./:@%+,=~^&*!?()|;<>-]+")
_BARE = re.compile(r"(?![A-Za-z][A-Za-z0-9_]*\()[^\s#$'\"`\[{][^#$\n]*")
_SIMPLE = re.compile(r"[^\"\\\n]*")


@dataclass(frozen=True, slots=True)
class FirstSchema:
    """The text of a `.env.schema`, and what could not be taken over."""

    text: str
    problems: tuple[Problem, ...]


def schema_from_example(data: bytes, file: str = ".env.example") -> FirstSchema:
    """Turn an example file into a schema that loads; never raises for its content."""
    found = decoded(data, file)
    if found.problem:
        return FirstSchema("", (found.problem,))
    report = Report(file)
    lines = found.text.split("\n")
    usable = {each.key: each for each in statements(found.text) if _is_usable(each, report)}
    items = [_item(each, _comments_above(lines, each.line), usable, report) for each in usable.values()]
    return FirstSchema("\n".join((_HEADER.format(file=file), *items)), report.problems())


def _is_usable(statement: Statement, report: Report) -> bool:
    if statement.fault is None and _NAME.fullmatch(statement.key):
        return True
    message = "the line does not set a variable that Compose can read, and is left out"
    report.warning(statement.line, "InvalidKey", message, "add the variable to the schema by hand")
    return False


def _comments_above(lines: list[str], line: int) -> list[str]:
    found: list[str] = []
    for text in reversed(lines[: line - 1]):
        match = _COMMENT.fullmatch(text)
        if not match:
            break
        found.insert(0, match[1])
    return found


def _item(statement: Statement, comments: list[str], usable: dict[str, Statement], report: Report) -> str:
    value = _written(statement, usable)
    if value is None:
        message = "the value ends with a backslash next to a quote or #, which a schema cannot hold"
        report.warning(statement.line, "NotWritable", message, "write the value into .env", statement.key)
    words = ["@optional"] if any(_OPTIONAL.search(comment) for comment in comments) else []
    if value and _SECRET.search(statement.key):
        example = " ".join(statement.value.split()).rstrip("\\")
        words = [*(words or ["@required"]), f"@example={_single_quoted(example)}"]
        value = ""
    elif kind := _type(statement):
        words.append(f"@type={kind}")
    text = [f"# {_harmless(comment)}".rstrip() for comment in comments]
    return "\n".join((*text, *([f"# {' '.join(words)}"] if words else []), f"{statement.key}={value or ''}", ""))


def _harmless(comment: str) -> str:
    """A comment that is neither a decorator nor a divider."""
    return f"({comment})" if comment.startswith("@") or re.match(r"[-=*#]{3}", comment) else comment


def _type(statement: Statement) -> str | None:
    if not statement.value or "$" in statement.value:
        return None
    names = [name for name, fits in (("port", _PORT.search(statement.key)), ("email", True), ("url", True)) if fits]
    return next((name for name in names if not violations(statement.value, ValueType(name))), None)


def _written(statement: Statement, usable: dict[str, Statement]) -> str | None:
    """The value in the schema language, references to variables above it kept; None if the language cannot hold it."""
    value = statement.value
    if statement.quote != "'":
        found = list(dollars(value))
        if (
            found
            and all(_is_reference_above(dollar, statement, usable) for dollar in found)
            and _SIMPLE.fullmatch(value)
        ):
            return f'"{value}"'
        value = value.replace("$$", "$")
    if not value or _PLAIN.fullmatch(value):
        return value
    if not value.endswith("\\"):
        return _single_quoted(value)
    return value if _BARE.fullmatch(value) else None


def _is_reference_above(dollar: Dollar, statement: Statement, usable: dict[str, Statement]) -> bool:
    target = usable.get(dollar.name)
    above = target is not None and target.line < statement.line
    return dollar.form is Form.BRACED and not dollar.operator and above


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "\\'") + "'"
