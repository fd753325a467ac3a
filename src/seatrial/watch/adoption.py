"""What a watch makes of files that have changed under it: other rules, or a reason to keep the old ones. Pure.

Nothing is made anew for it: that is what `up` does, and somebody types that when it suits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.watch.happenings import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.env.secret import Secret
    from seatrial.errors import SeatrialError
    from seatrial.stack import Stack
    from seatrial.watch.rules import Rule
    from seatrial.watch.scene import Scene
    from seatrial.watch.tree import Stamp

# What may change without a container being another one for it.
_NOT_OF_CONTAINERS = ("develop", "depends_on", "profiles", "pull_policy")


@dataclass(frozen=True, slots=True)
class Meant:
    """What the files say now. `environment` is what containers must have got, by service."""

    stack: Stack
    rules: tuple[Rule, ...]
    notes: tuple[str, ...] = ()
    environment: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be done about it.

    Attributes:
        scene: what counts from here on; None where nothing changes.
        notes: what is told.
        refused: why the files cannot be followed; "" where they can.
    """

    scene: Scene | None
    notes: tuple[Note, ...]
    refused: str = ""


def adoption(scene: Scene, said: Meant | SeatrialError, files: str, refused: str = "") -> Adoption:
    """What becomes of a scene whose files have changed.

    Args:
        scene: what has counted up to now.
        said: what the files say now, or why they say nothing.
        files: the names of those that have changed.
        refused: why they could not be followed before.
    """
    trouble = _trouble(scene, said)
    if not isinstance(said, Meant) or trouble:
        going_on = f"{files} changed and cannot be followed; what it said before goes on:"
        told = "\n".join([going_on, *(f"  {line}" for line in trouble.splitlines())])
        return Adoption(None, () if trouble == refused else (Note(told, grave=True),), trouble)
    notes = [*_of_rules(scene.rules, said.rules, files, mended=bool(refused))]
    notes += [Note(f"warning: {note}", grave=True) for note in said.notes if said.rules != scene.rules]
    notes += _of_services(scene.stack, said.stack)
    return Adoption(replace(scene, stack=said.stack, rules=said.rules, environment=said.environment), tuple(notes))


def carried(
    before: Mapping[str, Stamp], now: Mapping[str, Stamp], old: Iterable[Rule], new: Iterable[Rule]
) -> set[str]:
    """Paths that came, went or changed on disk while the rules changed; not those that only a change of rules is about.

    `before` and `now` are what counts by the old and the new rules.
    """
    both = (tuple(old), tuple(new))
    changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
    return {path for path in changed if all(_wanted(rules, path, now.get(path) or before[path]) for rules in both)}


def _wanted(rules: Iterable[Rule], path: str, stamp: Stamp) -> bool:
    return any(rule.wants(path, folder=stamp.kind == "folder") for rule in rules)


def _trouble(scene: Scene, said: Meant | SeatrialError) -> str:
    if not isinstance(said, Meant):
        return str(said)
    if said.stack.name != scene.stack.name:
        return (
            f"error: the project is called {said.stack.name} now, and {scene.stack.name} is watched\n"
            "  fix: end this watch and start it anew"
        )
    return ""


def _of_rules(old: tuple[Rule, ...], new: tuple[Rule, ...], files: str, *, mended: bool) -> Iterator[Note]:
    before, now = _told_apart(old), _told_apart(new)
    counts = {
        "new": sum(key not in before for key in now),
        "gone": sum(key not in now for key in before),
        "changed": sum(now[key] != rule for key, rule in before.items() if key in now),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    if told:
        yield Note(f"{files} changed, and counts from here on; rules: {told}")
        if not new:
            yield Note("no rule is left: nothing is watched until there is one", grave=True)
    elif mended:
        yield Note(f"{files} can be followed again; the rules are what they were")


def _told_apart(rules: Iterable[Rule]) -> dict[tuple[str, ...], Rule]:
    """Each by what people tell it by, and not by its number: it is the same with another one in front of it."""
    return {(one.service, one.action, one.path, one.target): replace(one, number=0) for one in rules}


def _of_services(old: Stack, new: Stack) -> Iterator[Note]:
    before, now = ({name: _container(model) for name, model in s.service_models().items()} for s in (old, new))
    anew = [name for name in now if name in before and now[name] != before[name]]
    if anew:
        yield Note(
            f"the configuration of {', '.join(anew)} changed; containers are made anew for it by `up`", grave=True
        )
    if missing := [name for name in now if name not in before]:
        yield Note(f"{', '.join(missing)} came in; started by `up`", grave=True)


def _container(model: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in model.items() if key not in _NOT_OF_CONTAINERS}
