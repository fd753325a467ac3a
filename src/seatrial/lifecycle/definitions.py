"""How networks and volumes that exist differ from their definitions in the compose file. Pure."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from seatrial.composed import undoubled
from seatrial.kept import load, of_checkout, save

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine.resources import Resource, Resources
    from seatrial.project import Project
    from seatrial.stack import Stack

# By name, the identity of a network or volume and the digest of each field of the definition that it was made from.
Made: TypeAlias = "Mapping[str, tuple[str, Mapping[str, str]]]"
_KIND = "definitions"
_COMPOSES = "com.docker.compose."
_DEFAULT_DRIVERS = ("bridge", "nat", "local")
_POOLS = ("subnet", "gateway", "ip_range")


def definitions(stack: Stack, kind: str) -> dict[str, Mapping[str, Any]]:
    """By key, the `networks` or `volumes` of the compose file."""
    return {key: one or {} for key, one in (stack.parsed().get(kind) or {}).items()}


def name_of(definition: Mapping[str, Any]) -> str:
    return undoubled(str(definition.get("name") or ""))


def changes(stack: Stack, kind: str, existing: tuple[Resource, ...], made: Made) -> dict[str, str]:
    """By name of a network or volume that this project made, the fields of its definition that have changed."""
    found = {}
    for there, definition in _own(stack, kind, existing):
        known = made.get(there.name, ("", {}))
        now = _digests(there, definition) if known[0] == there.id else known[1]
        since = (f"{field} changed" for field in sorted({*known[1], *now}) if known[1].get(field) != now.get(field))
        found[there.name] = ", ".join(_changes(definition, there)) or ", ".join(since)
    return {name: fields for name, fields in found.items() if fields}


def made_from(stack: Stack, there: Resources) -> Made:
    """What networks and volumes of the project are made from, for a later `changes`: the engine does not tell all."""
    pairs = (*_own(stack, "networks", there.networks), *_own(stack, "volumes", there.volumes))
    return {one.name: (one.id, _digests(one, definition)) for one, definition in pairs}


def recalled(project: Project, name: str) -> Made:
    """What is kept of this checkout; nothing where that cannot be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        record = load(of_checkout(_KIND, project, name))
        return {str(key): (str(identity), dict(fields)) for key, (identity, fields) in record["made"].items()}
    return {}


def remember(project: Project, stack: Stack, there: Resources) -> None:
    """Keep what is there. Of one that was there before, the definition that it was made from stays."""
    before, now = recalled(project, stack.name), made_from(stack, there)
    made = {key: before[key] if before.get(key, ("", {}))[0] == one[0] else one for key, one in now.items()}
    if made != before:
        with suppress(OSError):  # a disk that does not let us is no reason to fail
            save(of_checkout(_KIND, project, stack.name), {"made": made})


def _own(stack: Stack, kind: str, existing: tuple[Resource, ...]) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    own = {one.name: one for one in existing if one.project == stack.name}
    for key, definition in definitions(stack, kind).items():
        there = own.get(name_of(definition))
        if there and there.key == key and not definition.get("external"):
            yield there, definition


def _digests(there: Resource, definition: Mapping[str, Any]) -> dict[str, str]:
    """By field, a digest: options of volumes hold passwords. The identity makes it another one for each."""
    texts = {field: json.dumps(value, sort_keys=True) for field, value in definition.items() if value}
    return {
        field: blake2b(f"{there.id}\0{text}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        for field, text in texts.items()
        if field != "name"
    }


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
    if not there.switches:  # a volume has no options but those that it was given
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
