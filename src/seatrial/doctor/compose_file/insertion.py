"""Lines that are put into compose files. Nothing is written back from a parsed tree, so every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from seatrial.doctor.fixing.remedy import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.compose_text import Source


def added(source: Source, node: yaml.MappingNode, entries: Mapping[str, str], *, after: str = "") -> Change | None:
    """The change that puts entries (`key: text`) into a mapping, after one of its keys; None when that is not certain.

    In block style `text` may be of several lines, which are indented as they have to be.
    """
    if not node.value:
        return None
    if node.flow_style:
        return _into_flow(source, node, entries)
    first = node.value[0][0].start_mark
    if _lines(source)[first.line][: first.column].strip():
        return None  # a mapping that begins behind something else in its line
    indent = " " * first.column
    new = [f"{indent}{name}: {line}" if not index else f"{indent}{line}"
           for name, text in entries.items() for index, line in enumerate(text.splitlines())]  # fmt: skip
    at = _end(node, after)
    return Change(source.file, at, added=tuple(new))


def _into_flow(source: Source, node: yaml.MappingNode, entries: Mapping[str, str]) -> Change | None:
    """In front of the brace that closes it."""
    at, column = node.end_mark.line, node.end_mark.column - 1
    line = _lines(source)[at]
    before = line[:column].rstrip()
    if line[column : column + 1] != "}" or any("\n" in text for text in entries.values()) or not before:
        return None
    comma = "" if before.endswith((",", "{")) else ","
    text = ", ".join(f"{name}: {text}" for name, text in entries.items())
    space = " " if before.endswith("{") is False else ""
    return Change(source.file, at, 1, (f"{before}{comma}{space}{text}{line[column:]}",))


def _end(node: yaml.MappingNode, after: str) -> int:
    """The line behind the entry `after`, else behind the last one; in front of it when that ends in a block of text."""
    pairs = node.value
    chosen, inner = next((pair for pair in pairs if pair[0].value == after), pairs[-1])
    last = _last(inner)
    if last is None:
        return int(chosen.start_mark.line)
    # An alias has its line where its anchor stands.
    return max(int(chosen.start_mark.line), last if inner.start_mark.line >= chosen.start_mark.line else 0) + 1


def _last(node: yaml.Node) -> int | None:
    """The line of the last character; None behind a block of text, whose end the parser does not tell."""
    if isinstance(node, yaml.ScalarNode):
        return None if node.style in ("|", ">") else int(node.end_mark.line)
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.line)
    inner = node.value[-1]
    pair = inner if isinstance(inner, tuple) else (inner, inner)
    if pair[1].start_mark.line < pair[0].start_mark.line:
        return int(pair[0].end_mark.line)
    return _last(pair[1])


def _lines(source: Source) -> list[str]:
    return source.text.splitlines()
