"""Problems as lines of text, one block for each variable: what it is, then each problem with its place and its fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.problem import Severity, errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.env.problem import Problem
    from seatrial.env.schema import Item

_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def blocks(problems: Iterable[Problem], items: Mapping[str, Item]) -> Iterator[str]:
    """The lines of all blocks: variables in the order of the schema, others by name, then whole files."""
    groups: dict[tuple[int, str], list[Problem]] = {}
    order = {key: place for place, key in enumerate(items)}
    for problem in problems:
        place = len(order) if problem.key else len(order) + 1
        name = problem.key or problem.file
        groups.setdefault((order.get(name, place), name), []).append(problem)
    for (_, name), group in sorted(groups.items()):
        yield from _block(name, group, items.get(name))


def _block(name: str, group: list[Problem], item: Item | None) -> Iterator[str]:
    yield f"{name}{_nature(item)}"
    if item and errors(group):
        said = "\n".join(problem.fix for problem in group)
        yield from (f"  {line}" for line in item.description.splitlines())
        yield from (f"  {link.title}: {link.url}" for link in item.links if link.title or link.url not in said)
        if item.example and item.example not in said:
            yield f"  example: {item.example}"
    for index, problem in enumerate(group):
        yield f"  {_MARKS[problem.severity]}: {_place(problem, name)}{problem.message} [{problem.rule}]"
        if index + 1 == len(group) or group[index + 1].fix != problem.fix:
            yield from (f"    fix: {line}" for line in problem.fix.splitlines())


def _nature(item: Item | None) -> str:
    if item is None:
        return ""
    return f" ({'required' if item.required else 'optional'}, {'secret' if item.sensitive else 'public'})"


def _place(problem: Problem, name: str) -> str:
    if problem.file == name:
        return "" if problem.line is None else f"line {problem.line}: "
    return f"{problem.file}{'' if problem.line is None else f':{problem.line}'}: "


def counted(problems: Iterable[Problem]) -> str:
    """`2 errors, 1 warning`; empty when there is none."""
    found = [problem.severity for problem in problems]
    parts = [(found.count(severity), mark) for severity, mark in _MARKS.items()]
    return ", ".join(f"{number} {mark}{'' if number == 1 else 's'}" for number, mark in parts if number)
