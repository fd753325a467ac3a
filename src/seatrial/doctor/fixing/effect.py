"""Has a change of compose files had the effect that was meant, and no other? Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What stands at the top under such a name is there to be referred to, and does nothing by itself.
_EXTENSION = "x-"


def beyond(before: Mapping[str, Any], after: Mapping[str, Any], meant: Sequence[str]) -> str:
    """What is wrong with the difference of two resolved models; "" when it is as `meant`: paths such as `services.a.b`.

    Without a path nothing may differ. Paths are told, values never: they may be secret.
    """
    differing = tuple(path for path in _differing(before, after, "") if not path.startswith(_EXTENSION))
    wrong = [path for path in differing if not any(path == one or path.startswith(f"{one}.") for one in meant)]
    if wrong:
        return f"it would change {', '.join(wrong[:3])} too"
    without = [one for one in meant if not any(path == one or path.startswith(f"{one}.") for path in differing)]
    if without:
        return f"it has no effect on {without[0]}"
    return ""


def _differing(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _differing(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif before != after:
        yield path
