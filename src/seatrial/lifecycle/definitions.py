"""How networks and volumes that exist differ from their definitions in the compose file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.composed import undoubled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine.resources import Resource
    from seatrial.stack import Stack

_COMPOSES = "com.docker.compose."
_DEFAULT_DRIVERS = ("bridge", "nat", "local")
_POOLS = ("subnet", "gateway", "ip_range")


def definitions(stack: Stack, kind: str) -> dict[str, Mapping[str, Any]]:
    """By key, the `networks` or `volumes` of the compose file."""
    return {key: one or {} for key, one in (stack.parsed().get(kind) or {}).items()}


def name_of(definition: Mapping[str, Any]) -> str:
    return undoubled(str(definition.get("name") or ""))


def changes(stack: Stack, kind: str, existing: tuple[Resource, ...]) -> dict[str, str]:
    """By name of a network or volume that this project made, the fields of its definition that have changed."""
    own = {one.name: one for one in existing if one.project == stack.name}
    found = {}
    for key, definition in definitions(stack, kind).items():
        there = own.get(name_of(definition))
        if there and there.key == key and not definition.get("external"):
            found[there.name] = ", ".join(_changes(definition, there))
    return {name: fields for name, fields in found.items() if fields}


def _changes(definition: Mapping[str, Any], there: Resource) -> Iterator[str]:
    """The engine adds options of its own: of those only the ones that the file gives are compared."""
    driver = definition.get("driver") or "default"
    if driver != there.driver and not (driver == "default" and there.driver in _DEFAULT_DRIVERS):
        yield f"driver {there.driver} -> {driver}"
    for name, is_on in there.switches.items():
        wanted = definition.get(name)
        if (wanted is not None or name != "enable_ipv6") and bool(wanted) != is_on:
            yield f"{name} {'removed' if is_on else 'added'}"
    options = {str(name): undoubled(str(value)) for name, value in (definition.get("driver_opts") or {}).items()}
    yield from (f"driver_opts.{name} changed" for name, value in options.items() if there.options.get(name) != value)
    if not there.id:  # a volume has no options but those that it was given
        yield from (f"driver_opts.{name} removed" for name in there.options if name not in options)
    yield from _pools((definition.get("ipam") or {}).get("config") or (), there)
    labels = {str(name): undoubled(str(value)) for name, value in (definition.get("labels") or {}).items()}
    given = {name: value for name, value in there.labels.items() if not name.startswith(_COMPOSES)}
    yield from (f"labels.{name} changed" for name in sorted({*labels, *given}) if labels.get(name) != given.get(name))


def _pools(pools: Any, there: Resource) -> Iterator[str]:
    for field in _POOLS:
        wanted = [str(pool[field]) for pool in pools if pool.get(field)]
        known = [value for value in there.pools.get(field, ()) if value]
        if wanted and any(value not in known for value in wanted):
            yield f"{field} {', '.join(known) or 'none'} -> {', '.join(wanted)}"
