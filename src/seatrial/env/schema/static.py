"""Reads what a node says when it is a plain value: text, yes or no, a number, a list of words."""

import re

from seatrial.env.schema.nodes import Call, Listing, Node, Pairs, Text

_CLEAN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_LARGEST_EXACT_INTEGER = 2**53 - 1
_EXACT_DIGITS = 15
_SMALLEST_PLAIN = 1e-6


def as_text(node: Node | None) -> str | None:
    """The text of a plain value with its escapes resolved; None for a call, a list or an object."""
    return unescaped(node) if isinstance(node, Text) else None


def unescaped(node: Text, text: str | None = None) -> str:
    r"""A text, or a part of it, as the reader of the value means it: `\$` and, inside `"` and `` ` ``, `\n`."""
    found = node.text if text is None else text
    if node.quote != "'":
        found = found.replace("\\$", "$")
    if node.quote[:1] in ('"', "`"):
        found = found.replace("\\n", "\n")
    return found


def as_switch(node: Node | None) -> bool | None:
    """True or false when the node says so without quotes."""
    if isinstance(node, Text) and not node.quote:
        return {"true": True, "false": False}.get(node.text)
    return None


def is_number(node: Node | None) -> bool:
    """Whether the reference would read the value as a number: unquoted, exact, and printed back as it was written."""
    if not isinstance(node, Text) or node.quote or not _CLEAN_NUMBER.fullmatch(node.text) or node.text == "-0":
        return False
    if "." not in node.text:
        return len(node.text) <= _EXACT_DIGITS + 2 and abs(int(node.text)) <= _LARGEST_EXACT_INTEGER
    digits = node.text.lstrip("-0.").replace(".", "")
    return len(digits) <= _EXACT_DIGITS and abs(float(node.text)) >= _SMALLEST_PLAIN


def as_words(node: Node | None) -> tuple[str, ...] | None:
    """The words of a list, or the one word of a plain text."""
    if isinstance(node, Text):
        return (unescaped(node),)
    if isinstance(node, Listing):
        found = [as_text(element) for element in node.elements]
        return None if None in found else tuple(word for word in found if word is not None)
    return None


def function_name(node: Node | None) -> str | None:
    """The function a node calls, at any depth; None when it is plain."""
    match node:
        case Call(name):
            return name
        case Listing(elements):
            return next(filter(None, map(function_name, elements)), None)
        case Pairs(pairs):
            return next(filter(None, (function_name(value) for _, value in pairs)), None)
    return None
