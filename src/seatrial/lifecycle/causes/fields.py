"""A service of the resolved model as fields that can be named, and which of them differ. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST = 6
# Compose leaves them out of the hash that it labels a container with.
_NOT_HASHED = frozenset({"build", "pull_policy", "scale"})
# In the hash of some versions and not of others: named only where nothing else is to be named.
_SOMETIMES = frozenset({"depends_on", "profiles"})
_BY = {"volumes": "target", "configs": "target", "secrets": "target"}
_WAYS = ("changed", "added", "removed")


def fields(service: Mapping[str, Any]) -> dict[str, str]:
    """By path (`command`, `environment.NAME`, `volumes./data`), the value as JSON. Values are secrets."""
    found: dict[str, str] = {}
    for field, value in service.items():
        if field in _NOT_HASHED or field.startswith("x-") or value is None:
            continue
        for child, inner in _children(field, value):
            path = f"{field}.{child}" if child else field
            found[path] = found.get(path, "") + json.dumps(inner, sort_keys=True)
    return found


def difference(old: Mapping[str, str], new: Mapping[str, str], images: tuple[str, str] = ("", "")) -> str:
    """What differs, by name: `environment: LOG_LEVEL changed, PORT added; image: a -> b`; "" for nothing.

    Values are only compared: digests of both will do. `images` are the old and the new name, where they are known.
    """
    ways: dict[str, dict[str, str]] = {}
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            field, _, child = path.partition(".")
            way = "added" if path not in old else "changed" if path in new else "removed"
            ways.setdefault(field, {})[child] = way
    named = {field: children for field, children in ways.items() if field not in _SOMETIMES}
    return "; ".join(_told(field, children, images) for field, children in (named or ways).items())


def _told(field: str, children: Mapping[str, str], images: tuple[str, str]) -> str:
    if field == "image" and all(images) and images[0] != images[1]:
        return f"image: {images[0]} -> {images[1]}"
    if list(children) == [""]:
        return f"{field} {children['']}"
    by_way = {way: [child for child in children if children[child] == way] for way in _WAYS}
    return f"{field}: " + ", ".join(f"{_names(names)} {way}" for way, names in by_way.items() if names)


def _names(names: list[str]) -> str:
    shown = [name or "some" for name in names[:MOST]]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(shown) + more


def _children(field: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(key), inner) for key, inner in value.items() if (field, key) != ("deploy", "replicas"))
    elif isinstance(value, list) and field == "ports":
        yield from ((f"{port.get('target')}/{port.get('protocol') or 'tcp'}", port) for port in value)
    elif isinstance(value, list) and field in _BY:
        yield from ((str(item.get(_BY[field]) or item.get("source") or ""), item) for item in value)
    else:
        yield "", value
