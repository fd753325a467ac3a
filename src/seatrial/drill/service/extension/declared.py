"""Reads every `x-seatrial` of a project: which variables are in it, what Compose says they are, what it all means."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.drill.service.extension import KEY, Extension
from seatrial.drill.service.extension.keys import Headers, read, read_top
from seatrial.drill.service.extension.values import Unfit
from seatrial.env.known import is_secret, once
from seatrial.env.secret import Secret
from seatrial.env_syntax.dollars import Dollar, Form, dollars, expanded
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.project import Project


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of the services, by name ("" is the stack as a whole); who says nothing is not in it.

    Attributes:
        headers: to be sent, never to be shown or written anywhere.
        secrets: what has to be kept out of sight from now on, because it stands in headers.
    """

    extensions: Mapping[str, Extension] = field(default_factory=dict)
    headers: Mapping[str, tuple[tuple[str, Secret], ...]] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()

    def of(self, service: str) -> Extension:
        return self.extensions.get(service, Extension())

    def headers_of(self, service: str) -> Headers:
        """In clear."""
        return tuple((name, text.reveal()) for name, text in self.headers.get(service, ()))


def declared(engine: Engine, project: Project, services: Sequence[str], drills: Collection[str]) -> Declared:
    """The extensions of `services` and of the stack; `drills` are the names that can be skipped or known.

    Raises:
        ConfigurationInvalid: with every problem, by service and key.
    """
    whole: dict[str, Any] = json.loads(engine.uninterpolated(project))
    model = whole.get("services") or {}
    written = {"": whole.get(KEY)} | {name: (model.get(name) or {}).get(KEY) for name in services}
    written = {name: tree for name, tree in written.items() if tree is not None}
    names = sorted({name for tree in written.values() for text in _texts(tree) for name in _names(text)})
    values = engine.values(project, names) if names else {}
    return _declared(written, values, drills)


def _declared(written: Mapping[str, Any], values: Mapping[str, str | None], drills: Collection[str]) -> Declared:
    problems: list[tuple[str, Unfit]] = []
    extensions: dict[str, Extension] = {}
    headers: dict[str, tuple[tuple[str, Secret], ...]] = {}
    secrets: list[Secret] = []
    for service, tree in written.items():
        # What lacks a variable would only be complained of once more.
        found = list(_missing(tree, "", values))
        meant = None if found else _put_in(tree, values)
        extension, pairs = read(meant, drills, found.append) if service else (read_top(meant, drills, found.append), ())
        problems += [(service, unfit) for unfit in found]
        extensions[service] = extension
        headers[service] = tuple((name, Secret(text)) for name, text in pairs)
        secrets += _secrets(tree, pairs, values)
    if problems:
        raise refusal(problems)
    return Declared(extensions, headers, once(secrets))


def refusal(problems: Sequence[tuple[str, Unfit]]) -> ConfigurationInvalid:
    """All problems as one error."""
    (service, first), *others = problems
    if not others:
        whose = f"{KEY} of service {service}" if service else f"{KEY} at the top of the compose file"
        return ConfigurationInvalid(f"{whose}: {first.what}", fix=first.fix)
    lines = [f"{service or 'the stack'}: {unfit.what} (fix: {unfit.fix})" for service, unfit in problems]
    fix = "correct them; docs/drills.md has all keys"
    return ConfigurationInvalid(f"{KEY} is wrong in {len(problems)} places", fix=fix, detail=lines)


def _secrets(tree: Any, headers: Headers, values: Mapping[str, str | None]) -> Iterator[Secret]:
    """Headers that are made of a variable or called like a secret, and the variables in them, whatever their names."""
    raw = tree.get("headers") or {} if isinstance(tree, dict) else {}
    for name, text in headers:
        asked = tuple(_names(str(raw[name])))
        if asked or is_secret(name.replace("-", "_"), None):
            yield Secret(text)
            yield Secret(text.rpartition(" ")[2])  # the token behind `Bearer`
        yield from (Secret(value) for variable in asked if (value := values.get(variable)))
    for variable in (name for text in _texts(tree) for name in _names(text)):
        if is_secret(variable, None) and (value := values.get(variable)):
            yield Secret(value)


def _missing(tree: Any, place: str, values: Mapping[str, str | None]) -> Iterator[Unfit]:
    """Variables that are not set, where nothing is said for that case: a header without its token proves nothing."""
    if isinstance(tree, dict):
        for key, inner in tree.items():
            yield from _missing(inner, f"{place}.{key}" if place else str(key), values)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _missing(inner, place, values)
    elif isinstance(tree, str):
        for dollar in dollars(tree):
            if dollar.form is Form.INVALID:
                yield Unfit(f"{place} has a `$` that starts no variable", "write $$ for a literal dollar")
            elif dollar.name and not _is_set(dollar, values):
                fix = f"set {dollar.name} in the env file or the shell"
                yield Unfit(f"{place} needs {dollar.name}, which is not set", fix)


def _is_set(dollar: Dollar, values: Mapping[str, str | None]) -> bool:
    if dollar.operator.endswith(("-", "+")):
        return True
    value = values.get(dollar.name)
    return bool(value) if dollar.operator.startswith(":") else value is not None


def _put_in(tree: Any, values: Mapping[str, str | None]) -> Any:
    if isinstance(tree, str):
        return expanded(tree, values.get)
    if isinstance(tree, dict):
        return {key: _put_in(inner, values) for key, inner in tree.items()}
    if isinstance(tree, list):
        return [_put_in(inner, values) for inner in tree]
    return tree


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for inner in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts(inner)


def _names(text: str) -> Iterator[str]:
    for dollar in dollars(text):
        if dollar.name:
            yield dollar.name
            yield from _names(dollar.argument)
