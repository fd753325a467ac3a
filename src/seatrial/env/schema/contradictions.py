"""What in a schema cannot all be true: defaults against their types, references against the order of the items."""

from collections.abc import Iterator
from difflib import get_close_matches
from random import Random

from seatrial.env.problem import Problem, Severity
from seatrial.env.schema.generate import generated
from seatrial.env.schema.model import Generator, Item, Reference, Schema, Template
from seatrial.env.schema.present import presented
from seatrial.env.types import violations


def contradictions(schema: Schema) -> Iterator[Problem]:
    """Problems that show only when items and their parts are held against each other."""
    places = {item.key: place for place, item in enumerate(schema.items)}
    names = _Names(schema, places)
    for item in schema.items:
        yield from _value_against_type(schema, item)
        if isinstance(item.initial, Template):
            for reference in item.initial.references:
                yield from names.problems(item, reference)


def _value_against_type(schema: Schema, item: Item) -> Iterator[Problem]:
    if isinstance(item.initial, Template):
        for violation in violations(item.initial.text, item.type) if item.initial.text else ():
            message = f"the default {presented(item.initial.text or '', item, violation)}"
            fix = "correct the default or the type"
            yield _problem(schema, item, "DefaultViolatesType", message, fix, violation.severity)
    elif item.initial is not None:
        for violation in violations(_sample(item.initial), item.type):
            message = f"what the function generates {violation.text}"
            yield _problem(schema, item, "DefaultViolatesType", message, "correct the function or the type")


def _sample(generator: Generator) -> str:
    return generated(generator, Random(0))  # noqa: S311  only its shape is looked at


class _Names:
    def __init__(self, schema: Schema, places: dict[str, int]) -> None:
        self._schema = schema
        self._places = places
        self._secret = {item.key for item in schema.items if item.sensitive}

    def problems(self, item: Item, reference: Reference) -> Iterator[Problem]:
        target = self._places.get(reference.name)
        if target is None:
            yield self._unknown(item, reference)
        elif target == self._places[item.key]:
            message = f"{item.key} refers to itself"
            yield _problem(self._schema, item, "CircularReference", message, "write the value without the reference")
        elif target > self._places[item.key]:
            yield self._forward(item, reference.name)
        if not item.sensitive and reference.name in self._secret:
            message = f"{item.key} is public and holds the secret {reference.name}; it counts as secret"
            fix = f"remove @public, or make {reference.name} public"
            yield _problem(self._schema, item, "PublicHoldsSecret", message, fix, Severity.WARNING)

    def _forward(self, item: Item, name: str) -> Problem:
        if self._reaches(name, item.key):
            message = f"{item.key} refers to {name}, which refers back to it"
            return _problem(self._schema, item, "CircularReference", message, "write one of them without the other")
        message = f"{item.key} refers to {name}, which comes later: Compose reads downwards and puts nothing in"
        return _problem(self._schema, item, "ForwardReference", message, f"move {name} above {item.key}")

    def _reaches(self, start: str, goal: str) -> bool:
        by_key = self._schema.by_key()
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key == goal:
                return True
            template = by_key[key].initial if key in by_key and key not in seen else None
            seen.add(key)
            if isinstance(template, Template):
                waiting += (reference.name for reference in template.references)
        return False

    def _unknown(self, item: Item, reference: Reference) -> Problem:
        """A name that is not declared may be the tail of a password with `$` in it: it is not repeated."""
        close = get_close_matches(reference.name, self._places, n=1, cutoff=0.85)
        message = "the default refers to a variable that this schema does not declare"
        fix = "declare it above, or put the value in single quotes to keep $"
        if close:
            fix = f"did you mean ${{{close[0]}}}?"
        return _problem(self._schema, item, "UnknownReference", message, fix, Severity.WARNING)


def _problem(  # noqa: PLR0913, PLR0917  the fields of a problem
    schema: Schema, item: Item, rule: str, message: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(schema.file, item.line, item.key, rule, message, fix, severity)
