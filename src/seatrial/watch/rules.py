"""The rules to follow, from what Compose resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.building import Building
from seatrial.watch.rule import Hook, Rule
from seatrial.watch.trouble import nowhere, refusal
from seatrial.watch.written import Written, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from seatrial.stack import Stack
    from seatrial.watch.trouble import Place, Trouble

__all__ = ["Hook", "Rule", "notes", "rules"]


def rules(
    stack: Stack,
    services: Sequence[str] = (),
    *,
    everything: bool = False,
    singles: bool = False,
    place: Place = nowhere,
) -> tuple[Rule, ...]:
    """The rules of the services (all when none is named), in the order of the model.

    Args:
        stack: what Compose resolved.
        services: names; an unknown one raises `UnknownService`.
        everything: a service with a build context and no rules gets one: `rebuild`, on what it is built from.
        singles: with what is mounted file by file; nobody sends that, and it may be other than on disk all the same.
        place: where a rule stands, for the errors.

    Raises:
        ConfigurationInvalid: a rule cannot be followed, with its service, its number, its place and the fix.
        Several: the same, for each of the rules that cannot.
    """
    found = _read(stack, services, everything, singles=singles)
    if found.troubles:
        raise refusal(found.troubles, place)
    return found.rules


def notes(stack: Stack, services: Sequence[str] = (), *, everything: bool = False) -> tuple[str, ...]:
    """What is worth a warning in the same rules: those left out or without effect, in a sentence each."""
    return _read(stack, services, everything).notes


def some_written(stack: Stack, services: Sequence[str] = ()) -> bool:
    """Whether a rule stands in the compose file at all, be it one that has nothing to do."""
    models = stack.service_models()
    return any((models[name].get("develop") or {}).get("watch") for name in stack.chosen(services))


def _read(stack: Stack, services: Sequence[str], everything: bool, *, singles: bool = False) -> Written:
    models, project = stack.service_models(), stack.parsed()
    found: list[Rule] = []
    told: list[str] = []
    troubles: list[Trouble] = []
    for name in stack.chosen(services):
        texts = (models[name].get("develop") or {}).get("watch") or ()
        if texts:
            one = written(name, models[name], texts, project=project, singles=singles)
        else:
            one = _assumed(name, models[name], everything)
        made = one.rules
        found += made
        told += one.notes
        troubles += one.troubles
        told += [_nothing(rule) for rule in made if rule.prunes(rule.path)]
        if not texts and not made and name in services:
            told.append(
                f"{name} has no rules (`develop.watch`)" + ("" if everything else "; --all makes one to rebuild")
            )
    return Written(tuple(found), tuple(told), tuple(troubles))


def _assumed(name: str, model: Mapping[str, Any], everything: bool) -> Written:
    if not everything or not model.get("build"):
        return Written()
    building = Building.of(model)
    if not building.context:
        return Written(notes=(f"{name} is built from no folder of this machine, so there is nothing to watch",))
    return Written(tuple(Rule(name, "rebuild", path, sieve=building.sieve(path)) for path in building.sources))


def _nothing(rule: Rule) -> str:
    which = f"rule {rule.number} of {rule.service}" if rule.number else f"the rule for {rule.service}"
    by = f"the .dockerignore of {rule.sieve.context}" if rule.sieve.out_of_context else "its own patterns"
    return f"{which} watches nothing: {rule.path} is left out by {by}"
