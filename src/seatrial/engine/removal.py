"""Removes networks and volumes, and reports those that are still there with the containers that use them."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from seatrial.engine.observed import NotRemoved
from seatrial.engine.together import together

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seatrial.engine.requests import Requests


def remove_networks(asked: Requests, label: str, keys: Collection[str] | None) -> tuple[NotRemoved, ...]:
    """Remove the networks with the label `KEY=VALUE`: those with one of `keys`, or all of them for None."""
    meant = [(network_id, name) for network_id, name, key in asked.networks(label) if keys is None or key in keys]
    with together() as asking:
        refusals = [(one, asking.ask(partial(asked.remove_network, one[0]))) for one in meant]
        left = [(one, words) for one, answer in refusals if (words := answer.answer())]
    found = asked.many([f"/networks/{network_id}" for (network_id, _), _ in left])
    users = [_on_network(_parsed(text)) for text in found]
    return tuple(NotRemoved(name, names, words) for ((_, name), words), names in zip(left, users, strict=True))


def remove_volumes(asked: Requests, names: Collection[str]) -> tuple[NotRemoved, ...]:
    """Remove volumes. One that does not exist is no error."""
    with together() as asking:
        refusals = [(name, asking.ask(partial(asked.remove_volume, name))) for name in names]
        left = [(name, words) for name, answer in refusals if (words := answer.answer())]
    users = volume_users(asked, [name for name, _ in left])
    return tuple(NotRemoved(name, users[name], words) for name, words in left)


def volume_users(asked: Requests, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By name of a volume, the names of the containers that use it, of any project, whether they run or not."""
    queries = [urlencode({"all": "1", "filters": json.dumps({"volume": [name]})}) for name in names]
    found = asked.many([f"/containers/json?{query}" for query in queries])
    users = [tuple(sorted(item["Names"][0].lstrip("/") for item in _parsed(text) or ())) for text in found]
    return dict(zip(names, users, strict=True))


def existing_volumes(asked: Requests, names: Collection[str]) -> tuple[str, ...]:
    """Those of the named volumes that exist."""
    found = asked.many([f"/volumes/{quote(name)}" for name in names])
    return tuple(name for name, text in zip(names, found, strict=True) if text is not None)


def _on_network(network: Mapping[str, Any] | None) -> tuple[str, ...]:
    ends = ((network or {}).get("Containers") or {}).values()
    return tuple(sorted(end["Name"] for end in ends))


def _parsed(text: bytes | None) -> Any:
    return None if text is None else json.loads(text)
