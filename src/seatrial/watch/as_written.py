"""What is wrong with rules as somebody wrote them. Pure.

Compose tells one wrong rule at a time, of all it refuses; so where it refuses one, the others are looked for here. What
a variable stands for is not known here, and whatever holds one is taken to be in order.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from seatrial.engine.translate_watch import KEYS, SINCE
from seatrial.watch.building import Building
from seatrial.watch.trouble import Trouble
from seatrial.watch.written import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Those whose first Compose is sure; distributions have brought the others to older ones.
_NEWER = ("include", "initial_sync")


def troubles(
    name: str, texts: Sequence[object], folder: str, *, builds: bool, compose: tuple[int, ...] = ()
) -> tuple[Trouble, ...]:
    """All that is wrong with the rules of a service.

    Args:
        name: of the service.
        texts: its rules, in order, as the YAML has them.
        folder: what their paths count from.
        builds: whether the service may have a build section.
        compose: the version that is to read them; () where that is not known.
    """
    found: list[Trouble] = []
    for number, text in enumerate(texts, 1):
        if isinstance(text, dict):
            found += _keys(name, number, text, compose)
            if "$" not in str(text.get("action")):
                found += read(name, number, _plain(text, folder), Building(), builds=builds)[1]
    return tuple(found)


def _keys(name: str, number: int, text: Mapping[str, Any], compose: tuple[int, ...]) -> Iterator[Trouble]:
    for key in text:
        since = SINCE[key] if compose and key in _NEWER else ""
        if key not in KEYS and not key.startswith("x-"):
            yield Trouble(name, number, f"has `{key}`, which does not exist", f"use {', '.join(KEYS)}")
        elif since and compose < tuple(int(part) for part in since.split(".")):
            known = f"has `{key}`, which the Compose here does not know"
            yield Trouble(name, number, known, f"use Compose {since} or newer, or remove it")


def _plain(text: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """The rule with its path as Compose would make it, and without patterns that hold a variable."""
    path = str(text.get("path") or "")
    lists = {key: text.get(key) for key in ("ignore", "include")}
    return {
        **text,
        **{
            key: [one for one in ([given] if isinstance(given, str) else given or ()) if "$" not in str(one)]
            for key, given in lists.items()
        },
        "path": posixpath.normpath(posixpath.join(folder, path)) if path else "",
        "exec": text["exec"] if isinstance(text.get("exec"), dict) else {},
    }
