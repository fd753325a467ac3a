"""One entry to the checks of all types."""

from collections.abc import Callable, Iterable

from seatrial.env.types import composite, formats, numbers, texts
from seatrial.env.types.model import ValueType, Violation

_CHECKS: dict[str, Callable[[str, ValueType], Iterable[Violation]]] = {
    "string": texts.string,
    "enum": texts.enum,
    "email": texts.email,
    "url": texts.url,
    "number": numbers.number,
    "port": numbers.port,
    "boolean": numbers.boolean,
    "duration": numbers.duration,
    "ip": formats.ip,
    "semver": formats.semver,
    "uuid": formats.uuid,
    "md5": formats.md5,
    "isoDate": formats.iso_date,
    "simple-object": composite.simple_object,
    "array": lambda text, kind: composite.array(text, kind, violations),
    "record": lambda text, kind: composite.record(text, kind, violations),
}


def violations(text: str, kind: ValueType) -> tuple[Violation, ...]:
    """How a text misses a type; nothing when it fits. An empty text is for the caller to judge: it means "not set"."""
    return tuple(_CHECKS[kind.name](text, kind))
