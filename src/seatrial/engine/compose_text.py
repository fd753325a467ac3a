"""Where things stand in compose files: YAML read for its positions only. What it means, Compose says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A compose file is smaller by far; reading more would keep the caller waiting.
_MOST_BYTES = 16_000_000
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Source:
    """One compose file.

    Attributes:
        shown: its path as it is told, from where the person stands.
        tree: its top mapping; None when it is no YAML that can be read here.
        too_deep: its YAML is nested deeper than a reader goes.
    """

    file: Path
    shown: str
    text: str = field(repr=False)
    tree: yaml.MappingNode | None = field(repr=False)
    too_deep: bool = False


def read(files: Iterable[Path], start: Path) -> tuple[Source, ...]:
    """Those that can be read; Compose complains of the others."""
    return tuple(source for file in files if (source := _read(file, start)))


def related(files: Iterable[Path], start: Path) -> tuple[Source, ...]:
    """Return the files that can be read, and those that they include or extend, as far as no variable names them."""
    found: dict[Path, Source] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop(0)
        if file not in found and (source := _read(file, start)):
            found[file] = source
            waiting += [Path(os.path.normpath(file.parent / name)) for name in _mentioned(source) if "$" not in name]
    return tuple(found.values())


def included(source: Source) -> Iterator[dict[str, object]]:
    """Return the entries of `include:`, each with its `path`."""
    node = value(source.tree, "include")
    for entry in node.value if isinstance(node, yaml.SequenceNode) else ():
        told = data(entry)
        yield told if isinstance(told, dict) else {"path": told}


def texts(named: object) -> tuple[str, ...]:
    """Return what is one text or a list of them."""
    return tuple(str(one) for one in (named if isinstance(named, list) else [named]) if one)


def _mentioned(source: Source) -> Iterator[str]:
    for entry in included(source):
        yield from texts(entry.get("path"))
    for _, service in _entries(value(source.tree, "services")):
        yield from texts(getattr(value(service, "extends", "file"), "value", None))


def parse(file: Path, shown: str, text: str) -> Source:
    """Pure."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        return Source(file, shown, text, None, too_deep=True)
    except (yaml.YAMLError, ValueError):
        tree = None
    return Source(file, shown, text, tree if isinstance(tree, yaml.MappingNode) else None)


def expanded_size(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Return the number of nodes with each alias in full. `sizes` collects those of each node."""
    if id(node) not in sizes:
        sizes[id(node)] = 1  # an alias of a node inside itself; Compose refuses it
        inner = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for entry in inner for part in (entry if isinstance(entry, tuple) else (entry,)))
        sizes[id(node)] = 1 + sum(expanded_size(part, sizes) for part in parts)
    return sizes[id(node)]


def value(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """What stands at the path, `<<` followed; None when nothing does."""
    for name in path:
        node = next((inner for key, inner in _entries(node) if key.value == name), None)
    return node


def key(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """The key itself, for its line."""
    return next((found for found, _ in _entries(node) if found.value == name), None)


def place(sources: Iterable[Source], *path: str) -> tuple[str, ...]:
    """`FILE:LINE` of the last file that has the path; nothing when none has."""
    found = ""
    for source in sources:
        at = key(value(source.tree, *path[:-1]), path[-1])
        if at is not None:
            found = f"{source.shown}:{at.start_mark.line + 1}"
    return (found,) if found else ()


def holder(sources: Iterable[Source], *path: str) -> tuple[Source, yaml.MappingNode] | None:
    """The last file that has a mapping at the path, and the mapping; None when none has."""
    found = None
    for source in sources:
        node = value(source.tree, *path)
        if isinstance(node, yaml.MappingNode):
            found = source, node
    return found


def names(sources: Iterable[Source], *path: str) -> tuple[str, ...]:
    """The keys of the mapping at the path, of all files."""
    found = (key.value for source in sources for key, _ in _entries(value(source.tree, *path)))
    return tuple(dict.fromkeys(found))


def items(sources: Iterable[Source], *path: str) -> tuple[tuple[str, object], ...]:
    """What the list at the path has in all files, as Compose joins them: `FILE:LINE` and the text of each."""
    found: list[tuple[str, object]] = []
    for source in sources:
        node = value(source.tree, *path)
        if node is not None and node.tag in ("!reset", "!override"):
            found.clear()
        if isinstance(node, yaml.SequenceNode) and node.tag != "!reset":
            found += [(f"{source.shown}:{one.start_mark.line + 1}", data(one)) for one in node.value]
    return tuple(found)


def data(node: yaml.Node) -> object:
    """What a node holds, `<<` followed, every scalar as text; None for a null."""
    if isinstance(node, yaml.SequenceNode):
        return [data(one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(name.value): data(inner) for name, inner in reversed([*_entries(node)])}  # own entries win
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _entries(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Own entries first, then those that are merged in."""
    if not isinstance(node, yaml.MappingNode):
        return
    merged: list[yaml.Node] = []
    for name, inner in node.value:
        if name.tag == _MERGE:
            merged += inner.value if isinstance(inner, yaml.SequenceNode) else [inner]
        else:
            yield name, inner
    for other in merged:
        yield from _entries(other)


def _read(file: Path, start: Path) -> Source | None:
    try:
        if not file.is_file():
            return None  # a pipe would be waited for
        with file.open(encoding="utf-8", newline="") as opened:
            text = opened.read(_MOST_BYTES)
    except (OSError, UnicodeDecodeError):
        return None
    return parse(file, near(str(file), start), text)


def near(path: str, start: Path) -> str:
    """As it is told to who stands at `start`."""
    return os.path.relpath(path, start) if path else ""
