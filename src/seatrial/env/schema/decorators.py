"""What the decorators of one item mean."""

import re
from collections import Counter
from dataclasses import dataclass

from seatrial.env.problem import Report
from seatrial.env.schema import words
from seatrial.env.schema.model import Link
from seatrial.env.schema.nodes import Comments, Decorator, Node, Pairs
from seatrial.env.schema.static import as_switch, as_text, function_name

_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_EXCLUSIVE = (("required", "optional"), ("sensitive", "public"))


@dataclass(frozen=True, slots=True)
class Said:
    """What an item's decorators say; None where they say nothing."""

    required: bool | None = None
    sensitive: bool | None = None
    type: Node | None = None
    type_line: int = 0
    example: str | None = None
    links: tuple[Link, ...] = ()
    deprecated: str | None = None
    tags: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()


class DecoratorReader:
    """Reads the decorators of one item; what is wrong with them goes into the report."""

    def __init__(self, report: Report, key: str, *, plugins: bool) -> None:
        self._report = report
        self._key = key
        self._plugins = plugins
        self._computed: list[str] = []

    def read(self, comments: Comments) -> Said:
        known = [decorator for decorator in comments.decorators if self._is_known(decorator)]
        single = self._single_use(known)
        for one, other in _EXCLUSIVE:
            if one in single and other in single:
                message = f"@{one} and @{other} contradict each other"
                self._error(single[other], "ContradictingDecorators", message, "keep one of them")
        kind = single.get("type")
        return Said(
            required=self._either(single.get("required"), single.get("optional")),
            sensitive=self._either(single.get("sensitive"), single.get("public")),
            type=kind.value if kind else None,
            type_line=kind.line if kind else 0,
            example=self._text(single.get("example")),
            links=self._links(known),
            deprecated=self._deprecated(single.get("deprecated")),
            tags=self._tags(known),
            computed=tuple(self._computed),
        )

    def _is_known(self, decorator: Decorator) -> bool:
        """Whether the decorator is one of an item, of the right form. What is left to other tools is silently not."""
        name = decorator.name
        if words.is_comment_word(name):
            self._warn(decorator, "CommentWord", f"@{name} reads as a decorator", "write the line without @")
            return False
        if name in words.ITEM_IGNORED:
            return False
        if name in words.ROOT or words.is_ignored_root(name):
            fix = "move it above the first item, with a blank line or # --- behind it"
            self._error(decorator, "MisplacedDecorator", f"@{name} must be in the file header", fix)
            return False
        if name not in words.ITEM:
            self._unknown(decorator)
            return False
        if decorator.stray:
            fix = "use another # for trailing comments, or quotes if it belongs to the value"
            self._warn(decorator, "StrayText", f"text follows @{name}", fix)
        return self._has_right_form(decorator)

    def _unknown(self, decorator: Decorator) -> None:
        message = f"@{decorator.name} is not a decorator"
        if self._plugins:
            self._warn(decorator, "NotSupported", f"{message} here; it may come from a plugin", "nothing if it does")
        else:
            self._error(decorator, "UnknownDecorator", message, words.instead_of(decorator.name))

    def _has_right_form(self, decorator: Decorator) -> bool:
        name, called = decorator.name, decorator.arguments is not None
        if called and name not in words.ITEM_CALLS:
            fix = f"write @{name}=value" if name in words.ITEM_VALUES else f"write @{name} alone"
            self._error(decorator, "InvalidDecorator", f"@{name} takes no brackets", fix)
        elif not called and name in words.ITEM_CALLS:
            fix = f"write @{name}(value)"
            self._error(decorator, "InvalidDecorator", f"@{name} takes its value in brackets", fix)
        elif name in words.ITEM_VALUES - {"deprecated"} and decorator.value is None:
            self._error(decorator, "InvalidDecorator", f"@{name} has no value", f"write @{name}=value")
        else:
            return True
        return False

    def _single_use(self, known: list[Decorator]) -> dict[str, Decorator]:
        single = [decorator for decorator in known if decorator.name not in words.ITEM_CALLS]
        amounts = Counter(decorator.name for decorator in single)
        found = {decorator.name: decorator for decorator in reversed(single)}
        for name, amount in amounts.items():
            if amount > 1:
                last = [decorator for decorator in single if decorator.name == name][-1]
                self._error(last, "DuplicatedDecorator", f"@{name} is there {amount} times", "keep one of them")
        return found

    def _either(self, yes: Decorator | None, no: Decorator | None) -> bool | None:
        """What a pair of opposite switches says; a switch that only other tools can compute counts as the stricter."""
        decorator = yes or no
        if decorator is None:
            return None
        node = decorator.value
        if isinstance(node, Pairs) and decorator.name == "sensitive":
            node = dict(node.pairs).get("enabled")
        said = True if node is None else as_switch(node)
        if said is None and (function := function_name(node) or _reference(node)):
            self._computed.append(function)
            return True
        if said is None:
            message = f"@{decorator.name} is neither true nor false"
            self._error(decorator, "InvalidDecorator", message, f"write @{decorator.name} or @{decorator.name}=false")
            return None
        return said if decorator is yes else not said

    def _text(self, decorator: Decorator | None) -> str | None:
        return as_text(decorator.value) if decorator else None

    def _deprecated(self, decorator: Decorator | None) -> str | None:
        if decorator is None or as_switch(decorator.value) is False:
            return None
        return "" if as_switch(decorator.value) else as_text(decorator.value) or ""

    def _links(self, known: list[Decorator]) -> tuple[Link, ...]:
        links: list[Link] = []
        for decorator in known:
            given = [as_text(argument.value) for argument in decorator.arguments or ()]
            if decorator.name == "docsUrl":
                self._warn(decorator, "DeprecatedDecorator", "@docsUrl is old", "write @docs(https://...)")
                given = [as_text(decorator.value)]
            elif decorator.name != "docs":
                continue
            match given:
                case [str(url)] if _URL.fullmatch(url):
                    links.append(Link(url))
                case [str(title), str(url)] if _URL.fullmatch(url):
                    links.append(Link(url, title))
                case _:
                    fix = 'write @docs(https://...) or @docs("title", https://...)'
                    self._error(decorator, "InvalidDecorator", f"@{decorator.name} holds no address", fix)
        return tuple(links)

    def _tags(self, known: list[Decorator]) -> tuple[str, ...]:
        tags: list[str] = []
        for decorator in known:
            for argument in decorator.arguments or () if decorator.name == "tag" else ():
                tag = as_text(argument.value)
                if tag is None or not _TAG.fullmatch(tag):
                    fix = "use letters, digits, _ and -, and commas between tags"
                    self._error(decorator, "InvalidDecorator", "a tag is not a plain word", fix)
                else:
                    tags.append(tag)
        return tuple(dict.fromkeys(tags))

    def _error(self, decorator: Decorator, rule: str, message: str, fix: str) -> None:
        self._report.error(decorator.line, rule, message, fix, self._key)

    def _warn(self, decorator: Decorator, rule: str, message: str, fix: str) -> None:
        self._report.warning(decorator.line, rule, message, fix, self._key)


def _reference(node: Node | None) -> str | None:
    text = as_text(node)
    return "a reference" if text and text.startswith("$") else None
