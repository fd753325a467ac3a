"""What an item starts with: text with references, a generator, or something only other tools can compute."""

import json
import re
import string
from dataclasses import dataclass

from seatrial.env.schema.model import (
    Generator,
    RandomHex,
    RandomNumber,
    RandomString,
    RandomUuid,
    Reference,
    Template,
)
from seatrial.env.schema.nodes import Call, Listing, Node, Pairs, Text
from seatrial.env.schema.static import as_switch, as_text, is_number, unescaped
from seatrial.env.types import ValueType
from seatrial.env.types.numbers import as_number

_EXPANSION = re.compile(
    r"(?<!\\)\$(?:(?P<exec>\()|\{(?P<braced>[A-Za-z_][A-Za-z0-9_.]*)(?:(?P<operator>:?-)(?P<default>[^}]{1,1000}))?\}"
    r"|(?P<bare>[A-Za-z_][A-Za-z0-9_]*))"
)
_LONGEST = 1_000_000
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Initial:
    """One of: a `value`, the name of the function that would compute it, or why a generator cannot run."""

    value: Template | Generator | None = None
    computed_by: str | None = None
    mistake: str | None = None


def initial(node: Node | None, kind: ValueType) -> Initial:
    """What the node of an item means; `kind` tells how a list is written as text."""
    match node:
        case None | Text("undefined", ""):
            return Initial()
        case Text():
            return _template((node,))
        case Call("cache", arguments) if arguments:
            return initial(arguments[0].value, kind)
        case Call(name) if name.startswith("random"):
            return _generator(node)
        case Call():
            return _call(node)
        case Listing(elements):
            return _listing(elements, kind)
    return _record(node)


def inferred_type(node: Node | None) -> ValueType:
    """The type of an item without `@type`."""
    if isinstance(node, Call) and node.name == "cache" and node.arguments:
        return inferred_type(node.arguments[0].value)
    if is_number(node) or (isinstance(node, Call) and node.name == "randomNum"):
        return ValueType("number")
    if as_switch(node) is not None:
        return ValueType("boolean")
    if isinstance(node, Listing):
        return ValueType("array")
    return ValueType("record") if isinstance(node, Pairs) else ValueType()


def _template(texts: tuple[Text, ...]) -> Initial:
    parts: list[str | Reference] = []
    for node in texts:
        expanded = _expanded(node)
        if expanded is None:
            return Initial(computed_by="exec")
        parts += expanded
    return Initial(Template(tuple(part for part in parts if part != "")))


def _expanded(node: Text) -> list[str | Reference] | None:
    """A text cut at its references; None if it runs a command. Single quotes keep everything as it is."""
    if node.quote == "'":
        return [node.text]
    parts: list[str | Reference] = []
    start = 0
    for match in _EXPANSION.finditer(node.text):
        if match["exec"]:
            return None
        parts += (unescaped(node, node.text[start : match.start()]), _reference(match))
        start = match.end()
    return [*parts, unescaped(node, node.text[start:])]


def _reference(match: re.Match[str]) -> Reference:
    return Reference(match["braced"] or match["bare"], match["operator"] or "", match["default"] or "")


def _call(call: Call) -> Initial:
    """`ref(A)` is `${A}` and `concat(…)` puts texts together; every other function belongs to other tools."""
    texts = tuple(node for node in call.positional() if isinstance(node, Text))
    if len(texts) < len(call.arguments):
        return Initial(computed_by=call.name)
    if call.name == "concat":
        return _template(texts)
    if call.name == "ref" and len(texts) == 1:
        return Initial(Template((Reference(texts[0].text.removeprefix("$")),)))
    return Initial(computed_by=call.name)


def _listing(elements: tuple[Node, ...], kind: ValueType) -> Initial:
    texts = tuple(node for node in elements if isinstance(node, Text))
    if len(texts) < len(elements) or kind.text("format") == "json":
        return _json(elements)
    separator = Text(kind.text("separator") or ",", "'")
    return _template(tuple(part for node in texts for part in (separator, node))[1:])


def _record(node: Node) -> Initial:
    return _json(node)


def _json(node: Node | tuple[Node, ...]) -> Initial:
    try:
        return Initial(Template((json.dumps(_plain(node)),)))
    except _ComputedError as computed:
        return Initial(computed_by=computed.function)


class _ComputedError(Exception):
    def __init__(self, function: str) -> None:
        super().__init__(function)
        self.function = function


def _plain(node: Node | tuple[Node, ...]) -> object:
    match node:
        case Call(name):
            raise _ComputedError(name)
        case Listing(elements):
            return _plain(elements)
        case Pairs(pairs):
            return {name: _plain(value) for name, value in pairs}
        case Text():
            return _plain_text(node)
    return [_plain(element) for element in node]


def _plain_text(node: Text) -> object:
    expanded = _expanded(node)
    if expanded is None or any(isinstance(part, Reference) for part in expanded):
        raise _ComputedError("a reference")
    if as_switch(node) is not None:
        return as_switch(node)
    if is_number(node):
        return float(node.text) if "." in node.text else int(node.text)
    return unescaped(node)


def _generator(call: Call) -> Initial:
    sizes = [_whole(node) for node in call.positional()]
    named = dict(call.named())
    match call.name:
        case "randomUuid" if not call.arguments:
            return Initial(RandomUuid())
        case "randomHex" if set(named) <= {"bytes"}:
            return _hex(sizes or [32], named.get("bytes"))
        case "randomString" if set(named) <= {"charset"}:
            return _string(sizes or [16], named.get("charset"))
        case "randomNum" if set(named) <= {"precision"}:
            return _number(sizes, named.get("precision"))
        case "randomUuid" | "randomHex" | "randomString" | "randomNum":
            return Initial(mistake=f"{call.name} has an argument that it does not take")
    return Initial(computed_by=call.name)


def _whole(node: Node) -> int | None:
    number = as_number(as_text(node) or "")
    return int(number) if number is not None and number == number.to_integral_value() else None


def _hex(sizes: list[int | None], in_bytes: Node | None) -> Initial:
    twice = False if in_bytes is None else as_switch(in_bytes)
    match sizes:
        case [int(size)] if 0 < size <= _LONGEST and twice is not None:
            return Initial(RandomHex(2 * size if twice else size))
    return Initial(mistake=f"randomHex takes a length from 1 to {_LONGEST} and bytes=true or false")


def _string(sizes: list[int | None], charset: Node | None) -> Initial:
    alphabet = string.ascii_letters + string.digits if charset is None else as_text(charset)
    match sizes:
        case [int(size)] if 0 < size <= _LONGEST and alphabet and len(set(alphabet)) > 1:
            return Initial(RandomString(size, alphabet))
    return Initial(mistake=f"randomString takes a length from 1 to {_LONGEST} and a charset of at least 2 characters")


def _number(sizes: list[int | None], precision: Node | None) -> Initial:
    places = 0 if precision is None else _whole(precision)
    match sizes:
        case [int(most)]:
            least = 0
        case [int(least), int(most)]:
            pass
        case _:
            return Initial(mistake="randomNum takes one or two whole numbers")
    if least > most or places is None or not 0 <= places <= _MOST_PLACES:
        return Initial(mistake=f"randomNum needs first <= second, and precision from 0 to {_MOST_PLACES}")
    return Initial(RandomNumber(least, most, places))
