"""Files that keep Compose from an answer: pipes without a writer, devices, huge files, YAML that expands without end.

They are searched for only when Compose does not answer in time.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from seatrial import compose_variables as variables
from seatrial.engine.compose_text import data, expanded_size, included, near, related, texts, value
from seatrial.env_syntax.dollars import expanded
from seatrial.errors import ConfigurationInvalid
from seatrial.plain_file import other_kind
from seatrial.project import here

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.engine.compose_text import Source
    from seatrial.project import Project

_TOO_BIG = 64_000_000
# Compose copies a node for each alias: 1,000,000 nodes take it seconds and hundreds of megabytes.
_MOST_NODES = 1_000_000


class NamedFile(NamedTuple):
    """A path as a compose file has it, what it is there, and where."""

    path: Path
    kind: str
    place: str


def blocking(project: Project) -> ConfigurationInvalid | None:
    """Return the error for the first file that keeps Compose from an answer; None when none does."""
    sources = related(project.files, here())
    for named in _named_in(project, sources):
        if kind := _trouble(named.path):
            shown = near(str(named.path), here())
            return ConfigurationInvalid(
                f"{named.place}{shown} ({named.kind}) is {kind}, and Compose does not come to the end of it",
                fix=f"put a plain file in place of {shown}"
                "\nor let the program that writes it set variables of the shell, and name them under `environment:`",
            )
    return next(filter(None, map(_unreadable, sources)), None)


def _unreadable(source: Source) -> ConfigurationInvalid | None:
    if source.too_deep:
        return ConfigurationInvalid(
            f"{source.shown}: its YAML is nested too deep to be read",
            fix=f"remove the nested lists or mappings from {source.shown}",
        )
    if source.tree and (nodes := expanded_size(source.tree, {})) > _MOST_NODES:
        return ConfigurationInvalid(
            f"{source.shown}: its YAML aliases expand to {nodes:,} values; Compose does not come to the end of them",
            fix=f"remove aliases (`*name`) of anchors that contain aliases themselves from {source.shown}",
        )
    return None


def named_files(project: Project) -> Iterator[NamedFile]:
    """Return the files that Compose reads for the project, as far as compose files name them."""
    return _named_in(project, related(project.files, here()))


def _named_in(project: Project, sources: Iterable[Source]) -> Iterator[NamedFile]:
    own = (*project.env_files, project.directory / ".env")
    yield from (NamedFile(file, "the project's env file", "") for file in own)
    for source in sources:
        folder = project.directory if source.file in project.files else source.file.parent
        for kind, node, name in _in_source(source):
            line = "" if node is None else f"{source.shown}:{node.start_mark.line + 1}: "
            text = expanded(name, lambda key: variables.lookup(key, os.environ, project.env_files))
            yield NamedFile(variables.absolute(folder, text), kind, line)


def _in_source(source: Source) -> Iterator[tuple[str, yaml.Node | None, str]]:
    for entry in included(source):
        paths = texts(entry.get("path"))
        folder = next(iter(texts(entry.get("project_directory"))), str(Path(paths[0]).parent) if paths else "")
        node = value(source.tree, "include")
        yield from (("included", node, name) for name in paths)
        env_files = texts(entry.get("env_file")) or (f"{folder}/.env",)
        yield from (("env_file of `include`", node, name) for name in env_files)
    services = value(source.tree, "services")
    for key, service in services.value if isinstance(services, yaml.MappingNode) else ():
        for word in ("env_file", "label_file"):
            node = value(service, word)
            for name in _paths(node):
                yield f"{word} of {key.value}", node, name
        node = value(service, "extends", "file")
        if isinstance(node, yaml.ScalarNode):
            yield f"which {key.value} extends", node, node.value


def _paths(node: yaml.Node | None) -> Iterator[str]:
    told = None if node is None else data(node)
    for one in told if isinstance(told, list) else [told]:
        yield from texts(one.get("path") if isinstance(one, dict) else one)


def _trouble(path: Path) -> str:
    try:
        kind, size = other_kind(path), path.stat().st_size
    except OSError:
        return ""
    if kind in {"", "a folder", "a socket"}:
        return f"{size // 1_000_000} MB big" if not kind and size > _TOO_BIG else ""
    return f"{kind}, to which no process writes" if kind == "a pipe" else kind
