"""Holds values against a schema. Which value a container gets is not decided here: the caller asks Compose."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from seatrial.env.problem import Problem, Severity
from seatrial.env.schema.model import Item, Schema, Template
from seatrial.env.schema.present import presented
from seatrial.env.secret import Secret
from seatrial.env.types import described, violations


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it was found.

    Attributes:
        text: None means that the variable is not set, which differs from empty.
        by_init: whether `env.init` writes what is missing into this place; not into a shell or a compose file.
    """

    text: Secret | None
    file: str = ".env"
    line: int | None = None
    by_init: bool = True


SHELL = "the shell"
_NOT_SET = Found(None)
_LONGEST = 60


def check(schema: Schema, values: Mapping[str, Found], covered: Collection[str] = ()) -> tuple[Problem, ...]:
    """All problems of all variables, in the order of the schema.

    `covered` are keys that need not be set, because every use of them in the compose files has the schema's default.
    """
    return tuple(
        problem
        for item in schema.items
        for problem in check_item(item, values.get(item.key, _NOT_SET), covered=item.key in covered)
    )


def check_item(item: Item, found: Found, *, covered: bool = False) -> Iterator[Problem]:
    """What is wrong with the value of one variable. A secret value is never part of the answer."""
    if not found.text and (found.text is None or not item.type.flag("allowEmpty")):
        if not covered:
            yield from _not_set(item, found)
        return
    text = found.text.reveal()
    for violation in violations(text, item.type):
        message = f"{item.key}: {presented(text, item, violation)}"
        yield _problem(item, found, "SchemaViolation", message, _fix(item, found), violation.severity)
    if item.deprecated is not None:
        message = f"{item.key} is deprecated{': ' if item.deprecated else ''}{item.deprecated}"
        yield _problem(item, found, "Deprecated", message, "remove it, or set what replaces it", Severity.WARNING)


def _not_set(item: Item, found: Found) -> Iterator[Problem]:
    state = "not set" if found.text is None else "empty"
    if item.initial is not None and item.initial != Template():
        severity = Severity.ERROR if item.required else Severity.WARNING
        if found.text is None or item.required:
            message = f"{item.key} is {state}; the schema has {_initial(item)} for it"
            fix = f"env.init writes it into {found.file}" if found.by_init else _fix(item, found)
            yield _problem(item, found, "MissingDefaultInEnv", message, fix, severity)
    elif item.required:
        secret = "required, secret" if item.sensitive else "required"
        message = f"{item.key} is {state} ({secret}): {described(item.type)}"
        yield _problem(item, found, "SchemaViolation", message, _fix(item, found))


def _initial(item: Item) -> str:
    text = item.initial.text if isinstance(item.initial, Template) else None
    return f'"{text}"' if text and len(text) <= _LONGEST and not item.sensitive else "a value"


def _fix(item: Item, found: Found) -> str:
    if found.file == SHELL and not (found.text or item.type.flag("allowEmpty")):
        return f"run `unset {item.key}`: what the shell says counts, even when it is empty"
    if found.text and found.by_init and item.made_up:
        new = "remove the line and run env.init, which makes up a new value"
        return f"{new}; or set {item.key}=... to: {described(item.type)}"
    example = f", like {item.example}" if item.example else ""
    more = f"; see {item.links[0].url}" if item.links else ""
    shell = f"`unset {item.key}` in the shell, or " if found.file == SHELL else ""
    return f"{shell}set {item.key}=... to: {described(item.type)}{example}{more}"


def _problem(  # noqa: PLR0913, PLR0917  the fields of a problem
    item: Item, found: Found, rule: str, message: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(found.file, found.line, item.key, rule, message, fix, severity)


def undocumented(schema: Schema, used: Mapping[str, str]) -> Iterator[Problem]:
    """Variables that compose files use and the schema does not declare; `used` is name → file that uses it."""
    for name in sorted(set(used) - set(schema.keys)):
        message = f"{name} is used here and not declared in {schema.file}"
        fix = f"declare it there, with a comment line that says what it is: {name}="
        yield Problem(used[name], None, name, "Undocumented", message, fix, Severity.WARNING)


def unused(schema: Schema, used: Collection[str]) -> Iterator[Problem]:
    """Variables that the schema declares and neither compose files nor containers use."""
    for item in schema.items:
        if item.key not in used:
            message = f"{item.key} is declared and nothing uses it"
            yield Problem(schema.file, item.line, item.key, "Unused", message, "remove it", Severity.WARNING)
