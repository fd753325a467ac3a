"""Bytes of a `.env.schema` to a `Schema` and everything that is wrong with it, in one go."""

import re
from dataclasses import dataclass, replace

from seatrial.env.encoding import decoded
from seatrial.env.problem import Problem, Report
from seatrial.env.schema.contradictions import contradictions
from seatrial.env.schema.decorators import DecoratorReader
from seatrial.env.schema.header import Defaults, defaults, detached
from seatrial.env.schema.initial import inferred_type, initial
from seatrial.env.schema.model import Item, Schema, Template
from seatrial.env.schema.nodes import Document, Entry, Text
from seatrial.env.schema.syntax import document
from seatrial.env.schema.types import TypeReader

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_REGEX = re.compile(r"\^.+\$")
_EMPTY = Template()
_FEW_REGEXES = 2


@dataclass(frozen=True, slots=True)
class Loaded:
    """The schema as far as it could be read, and the problems; an error among them means: do not rely on it."""

    schema: Schema
    problems: tuple[Problem, ...]


def load(data: bytes, file: str = ".env.schema") -> Loaded:
    """Read a schema in the @env-spec language; `file` is its name in the problems. Never raises for its content."""
    found = decoded(data, file)
    if found.problem:
        return Loaded(Schema(file), (found.problem,))
    report = Report(file)
    parsed = document(found.text.replace("\r\n", "\n"), report)
    settings = defaults(parsed, report)
    detached(parsed, report)
    if not parsed.entries and not report.problems():
        report.warning(None, "EmptySchema", "the schema declares no variable", "add lines KEY=value to it")
    computed: list[tuple[Entry, str]] = []
    items = [_item(entry, settings, report, computed) for entry in _unique(parsed, report)]
    _say_once(computed, report)
    _other_dialect(parsed, report)
    schema = Schema(file, _description(parsed), tuple(items), settings.is_sensitive(""))
    report.extend(contradictions(schema))
    return Loaded(_with_inherited_secrecy(schema), report.problems())


def _description(parsed: Document) -> str:
    return "\n".join(line for block in parsed.header for line in block.text).strip()


def _unique(parsed: Document, report: Report) -> list[Entry]:
    first: dict[str, Entry] = {}
    for entry in parsed.entries:
        if entry.key in first:
            message = f"{entry.key} is declared on line {first[entry.key].line} already; that one counts"
            report.error(entry.line, "DuplicatedKey", message, "keep one of them", entry.key)
            continue
        first[entry.key] = entry
        if not _NAME.fullmatch(entry.key):
            message = f"{entry.key} has a dot or a dash: Compose cannot read it as ${{...}}, so it cannot be checked"
            report.error(entry.line, "InvalidKey", message, "use letters, digits and _ only", entry.key)
    return [entry for entry in first.values() if _NAME.fullmatch(entry.key)]


def _item(entry: Entry, settings: Defaults, report: Report, computed: list[tuple[Entry, str]]) -> Item:
    said = DecoratorReader(report, entry.key, plugins=settings.plugins).read(entry.comments)
    types = TypeReader(report, entry.key, said.type_line, plugins=settings.plugins)
    kind = types.read(said.type) if said.type is not None else inferred_type(entry.value)
    start = initial(entry.value, kind)
    if start.mistake:
        fix = "correct it: randomHex(64), randomString(32), randomUuid(), randomNum(1000, 2000)"
        report.error(entry.line, "InvalidGenerator", start.mistake, fix, entry.key)
    functions = (*said.computed, *types.computed, *filter(None, [start.computed_by]))
    computed += ((entry, function) for function in functions)
    has_value = not (start.value is None and start.computed_by is None) and start.value != _EMPTY
    return Item(
        key=entry.key,
        line=entry.line,
        description="\n".join(entry.comments.text).strip(),
        type=kind,
        required=_first(said.required, settings.required, has_value),
        sensitive=_first(said.sensitive, settings.is_sensitive(entry.key)),
        initial=start.value,
        computed_by=start.computed_by,
        example=said.example,
        links=said.links,
        deprecated=said.deprecated,
        tags=said.tags,
    )


def _first(*answers: bool | None) -> bool:
    return next((answer for answer in answers if answer is not None), True)


def _say_once(computed: list[tuple[Entry, str]], report: Report) -> None:
    """One warning for all functions that only other tools can run: a schema made for them has many."""
    if not computed:
        return
    keys = list(dict.fromkeys(entry.key for entry, _ in computed))
    functions = ", ".join(dict.fromkeys(f"{name}()" if name.isidentifier() else name for _, name in computed))
    shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    message = f"seatrial does not run {functions}: used by {shown}. Values have to be in .env, limits are not checked"
    fix = "nothing, if other tools need it; else write a plain value"
    report.warning(computed[0][0].line, "Computed", message, fix, keys[0] if len(keys) == 1 else None)


def _other_dialect(parsed: Document, report: Report) -> None:
    regexes = [
        entry.line
        for entry in parsed.entries
        if isinstance(entry.value, Text) and _LOOKS_LIKE_REGEX.fullmatch(entry.value.text)
    ]
    if len(regexes) >= _FEW_REGEXES:
        message = "several values look like regular expressions: is this a schema for dotenv-extended?"
        fix = "write the pattern as # @type=string(matches=/.../) above the key and leave the value empty"
        report.warning(regexes[0], "OtherDialect", message, fix)


def _with_inherited_secrecy(schema: Schema) -> Schema:
    """A value that is made of a secret is one, whatever its decorators say."""
    secret = {item.key for item in schema.items if item.sensitive}
    items: list[Item] = []
    for item in schema.items:
        references = getattr(item.initial, "references", ())
        if not item.sensitive and any(reference.name in secret for reference in references):
            secret.add(item.key)
            items.append(replace(item, sensitive=True))
        else:
            items.append(item)
    return replace(schema, items=tuple(items))
