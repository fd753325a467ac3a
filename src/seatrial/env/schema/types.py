"""Reads `@type=…` into a `ValueType`; says what is no type, no option, or an option that would change the value."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from seatrial.env.problem import Report
from seatrial.env.schema.nodes import Call, Node, Pairs, Text
from seatrial.env.schema.options import OPTIONS, REWRITING, contradiction, option_value
from seatrial.env.schema.static import as_switch, as_text, function_name
from seatrial.env.types import ValueType
from seatrial.env.types.model import OptionValue

_INSTEAD = {
    "int": "number(isInt=true)",
    "integer": "number(isInt=true)",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "num": "number",
    "str": "string",
    "text": "string",
    "char": "string",
    "bool": "boolean",
    "flag": "boolean",
    "host": "string(matches=/^[a-z0-9.-]+$/i)",
    "hostname": "string(matches=/^[a-z0-9.-]+$/i)",
    "domain": "string(matches=/^[a-z0-9.-]+$/i)",
    "uri": "url",
    "ipv4": "ip",
    "ipv6": "ip(version=6)",
    "date": "isoDate",
    "datetime": "isoDate",
    "time": "isoDate",
    "json": "simple-object",
    "object": "simple-object",
    "dict": "record",
    "map": "record",
    "list": "array",
    "choice": "enum(a, b)",
    "secret": "string, and leave out @public",
    "password": "string, and leave out @public",
}
_FUNCTIONS = frozenset({"if", "ifs", "eq", "not", "forEnv", "ref", "remap", "fallback", "concat", "isEmpty"})
_HAS_REFERENCE = re.compile(r"\$[{A-Za-z_]")
_PYTHON_OPTIONAL = re.compile(r"^(?:Optional|Union)\[")
_STRING = ValueType()


class TypeReader:
    """Reads the type of one item. A type with a mistake counts as `string`, so that one mistake is one problem.

    `computed` collects what only other tools can work out: their functions in place of types, options and members.
    """

    def __init__(self, report: Report, key: str, line: int, *, plugins: bool) -> None:
        self._report = report
        self._key = key
        self._line = line
        self._plugins = plugins
        self.computed: list[str] = []

    def read(self, node: Node | None) -> ValueType:
        name, call = (node.name, node) if isinstance(node, Call) else (as_text(node), None)
        if name in _FUNCTIONS or (name is not None and _HAS_REFERENCE.match(name)):
            self.computed.append(name if call else "a reference")
            return _STRING
        if name is None or name not in OPTIONS:
            self._unknown_type(name)
            return _STRING
        if name == "enum":
            return self._enum(call)
        element = self._element(name, call)
        options = self._options(name, call.named() if call else ())
        if message := contradiction(options):
            self._invalid(f"the type {name} contradicts itself: {message}", "correct one of them")
        return ValueType(name, options, (), element)

    def _unknown_type(self, name: str | None) -> None:
        known = sorted(OPTIONS)
        if name is None:
            self._error("UnknownType", "@type has no name of a type", f"write @type= and one of: {', '.join(known)}")
            return
        if self._plugins:
            message = f"the type {name} is not known here; it may come from a plugin and counts as string"
            self._report.warning(self._line, "NotSupported", message, "use a type of the base language", self._key)
            return
        plain = _PYTHON_OPTIONAL.sub("", name).split("[")[0].split("|")[0].strip("]").lower()
        close = _INSTEAD.get(plain) or next(iter(get_close_matches(plain, known, n=1)), None)
        fix = f"write @type={close}" if close else f"use one of: {', '.join(known)}"
        self._error("UnknownType", f"{name} is not a type", fix)

    def _enum(self, call: Call | None) -> ValueType:
        members: list[str] = []
        for argument in call.arguments if call else ():
            text = as_text(argument.value)
            if argument.name is not None or text is None or self._is_reference(argument.value):
                self.computed.append(function_name(argument.value) or "a reference")
                return _STRING
            members.append(text)
        if not members:
            self._invalid("enum lists no words", "write @type=enum(first, second)")
            return _STRING
        if len(set(members)) < len(members):
            self._invalid("enum lists a word twice", "remove one of them")
        return ValueType("enum", (), tuple(dict.fromkeys(members)))

    @staticmethod
    def _is_reference(node: Node) -> bool:
        return isinstance(node, Text) and node.quote != "'" and _HAS_REFERENCE.match(node.text) is not None

    def _element(self, name: str, call: Call | None) -> ValueType | None:
        positional = call.positional() if call else ()
        if name in ("array", "record"):
            if len(positional) > 1:
                self._invalid(f"{name} takes one type", f"write {name}(type, option=value)")
            return self.read(positional[0]) if positional else None
        if any(isinstance(node, Pairs) for node in positional):
            self._invalid(f"the options of {name} stand in braces", f"write {name}(option=value) without them")
        elif positional:
            self._invalid(f"{name} takes no argument without a name", f"write {name}(option=value)")
        return None

    def _options(self, name: str, given: Iterable[tuple[str, Node]]) -> tuple[tuple[str, OptionValue], ...]:
        found: dict[str, OptionValue] = {}
        for option, node in given:
            if option in found:
                self._invalid(f"{option} is given twice", "remove one of them")
            elif option in REWRITING:
                self._rewriting(option, node)
            elif option not in OPTIONS[name]:
                self._unknown_option(name, option)
            elif (value := self._value(name, option, node)) is not None:
                found[option] = value
        return tuple(found.items())

    def _value(self, name: str, option: str, node: Node) -> OptionValue | None:
        if option == "keyType":
            return self.read(node)
        if (function := function_name(node)) or self._is_reference(node):
            self.computed.append(function or "a reference")
            return None
        value = option_value(OPTIONS[name][option], node)
        if value is not None:
            return value
        self._invalid(f"{option} of {name} is not {OPTIONS[name][option].value}", _fix(option))
        return None

    def _rewriting(self, option: str, node: Node) -> None:
        if as_switch(node) is False:
            return
        message = f"{option} would change the value; seatrial checks values and never changes them"
        fix = f"remove {option} and write the value in .env as the container needs it: it gets exactly that text"
        self._error("RewritingOption", message, fix)

    def _unknown_option(self, name: str, option: str) -> None:
        known = sorted(OPTIONS[name])
        close = get_close_matches(option, known, n=1)
        fix = f"did you mean {close[0]}?" if close else f"use one of: {', '.join(known)}" if known else "remove it"
        self._error("UnknownOption", f"the type {name} has no option {option}", fix)

    def _invalid(self, message: str, fix: str) -> None:
        self._error("InvalidOption", message, fix)

    def _error(self, rule: str, message: str, fix: str) -> None:
        self._report.error(self._line, rule, message, fix, self._key)


def _fix(option: str) -> str:
    if option == "matches":
        return "write matches=/pattern/i, in quotes without slashes if the pattern holds a comma, a blank or a bracket"
    return f"write {option}=value"
