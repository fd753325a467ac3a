"""Where compose files use variables, by file and line. What they stand for, Compose says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from seatrial.env_syntax.dollars import Form, dollars, expanded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from seatrial.engine.compose_text import Source

_USUAL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class VariableUse:
    """One `$NAME` or `${NAME}` without a default.

    Attributes:
        shown: the path of the file in messages.
        path: the keys that lead there (`services`, `web`, `ports`, `0`).
        text: the whole value that it is a part of.
        literal: whether it may be a dollar that was meant as one, as in a password: then its name is not shown.
    """

    name: str
    file: Path
    shown: str
    line: int
    path: tuple[str, ...]
    text: str
    literal: bool = False

    @property
    def place(self) -> str:
        return f"{self.shown}:{self.line}"


def uses(sources: Iterable[Source]) -> Iterator[VariableUse]:
    """Return the uses in all files, in order."""
    for source in sources:
        if source.tree is not None and "$" in source.text:
            yield from _in_node(source, source.tree, ())


def blank(use: VariableUse, names: Collection[str]) -> str:
    """Return the value without the variables of these names."""
    return expanded(use.text, lambda name: "" if name in names else None)


def _in_node(source: Source, node: yaml.Node, path: tuple[str, ...]) -> Iterator[VariableUse]:
    if isinstance(node, yaml.MappingNode):
        for key, inner in node.value:
            yield from _in_node(source, inner, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            yield from _in_node(source, inner, (*path, str(index)))
    elif isinstance(node, yaml.ScalarNode):
        first = node.start_mark.line + 1 + (node.style in ("|", ">"))
        for name, offset, bare in _in_text(node.value):
            literal = bare and not _USUAL_NAME.fullmatch(name)
            line = first + node.value.count("\n", 0, offset)
            yield VariableUse(name, source.file, source.shown, line, path, node.value, literal)


def _in_text(text: str, start: int = 0) -> Iterator[tuple[str, int, bool]]:
    for dollar in dollars(text):
        if dollar.form in (Form.BARE, Form.BRACED) and not dollar.operator:
            yield dollar.name, start + dollar.start, dollar.form is Form.BARE
        yield from _in_text(dollar.argument, start + dollar.start)
