"""Which services only Compose itself can start: it does more for them than to start a container. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.stack import Stack

# Compose copies these into the container when it starts it; those with a file are mounts.
_COPIED = ("environment", "content")
_HOOKS = ("post_start", "pre_start")
# No container at all: Compose runs a program, or a model.
_ELSEWHERE = ("provider", "models")


def started_by_compose(stack: Stack) -> frozenset[str]:
    """Services with hooks, or with secrets or configs that come from no file."""
    model = stack.parsed()
    copied = {kind: _copied(model.get(kind) or {}) for kind in ("secrets", "configs")}
    return frozenset(
        name
        for name, service in (model.get("services") or {}).items()
        if any((service or {}).get(key) for key in _HOOKS)
        or any(_sources((service or {}).get(kind)) & names for kind, names in copied.items())
    )


def needs_compose(stack: Stack) -> bool:
    """Whether the stack has parts that are no containers, which only Compose's own `up` brings up."""
    model = stack.parsed()
    services = (model.get("services") or {}).values()
    return bool(model.get("models")) or any((service or {}).get(key) for service in services for key in _ELSEWHERE)


def _copied(definitions: Mapping[str, Any]) -> set[str]:
    return {name for name, text in definitions.items() if any((text or {}).get(key) is not None for key in _COPIED)}


def _sources(used: Any) -> set[str]:
    return {item["source"] if isinstance(item, dict) else item for item in used or ()}
