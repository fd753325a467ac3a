"""The rules to follow, from what Compose resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.building import Building
from seatrial.watch.rule import Hook, Rule
from seatrial.watch.written import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from seatrial.stack import Stack

__all__ = ["Hook", "Rule", "notes", "rules"]


def rules(stack: Stack, services: Sequence[str] = (), *, everything: bool = False) -> tuple[Rule, ...]:
    """The rules of the services (all when none is named), in the order of the model.

    Args:
        stack: what Compose resolved.
        services: names; an unknown one raises `UnknownService`.
        everything: a service with a build context and no rules gets one: `rebuild`, on what it is built from.

    Raises:
        ConfigurationInvalid: for the first rule that cannot be followed, with its service, its number and the fix.
    """
    return _read(stack, services, everything)[0]


def notes(stack: Stack, services: Sequence[str] = (), *, everything: bool = False) -> tuple[str, ...]:
    """What is worth a warning in the same rules: those left out or without effect, in a sentence each."""
    return _read(stack, services, everything)[1]


def _read(stack: Stack, services: Sequence[str], everything: bool) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    models = stack.service_models()
    found: list[Rule] = []
    told: list[str] = []
    for name in stack.chosen(services):
        texts = (models[name].get("develop") or {}).get("watch") or ()
        made, said = written(name, models[name], texts) if texts else _assumed(name, models[name], everything)
        found += made
        told += said
        told += [_nothing(rule) for rule in made if rule.prunes(rule.path)]
        if not texts and not made and name in services:
            told.append(
                f"{name} has no rules (`develop.watch`)" + ("" if everything else "; --all makes one to rebuild")
            )
    return tuple(found), tuple(told)


def _assumed(name: str, model: Mapping[str, Any], everything: bool) -> tuple[list[Rule], list[str]]:
    if not everything or not model.get("build"):
        return [], []
    building = Building.of(model)
    if not building.context:
        return [], [f"{name} is built from no folder of this machine, so there is nothing to watch"]
    return [Rule(name, "rebuild", path, sieve=building.sieve(path)) for path in building.sources], []


def _nothing(rule: Rule) -> str:
    which = f"rule {rule.number} of {rule.service}" if rule.number else f"the rule for {rule.service}"
    by = f"the .dockerignore of {rule.sieve.context}" if rule.sieve.out_of_context else "its own patterns"
    return f"{which} watches nothing: {rule.path} is left out by {by}"
