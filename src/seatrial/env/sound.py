"""An environment that is in order, as much of it as a start needs. Little is loaded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seatrial.env.secret import Secret
from seatrial.stack import contained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.stack import Stack


class Sound(NamedTuple):
    """The model, and by service the environment that its containers are to get."""

    stack: Stack
    contained: Mapping[str, Mapping[str, Secret]]


def sound(stack: Stack) -> Sound:
    """What a model that was found in order gives its containers. Pure."""
    return Sound(stack, wrapped(contained(stack)))


def wrapped(environments: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Secret]]:
    """Environments whose values cannot be printed by accident."""
    return {name: {key: Secret(text) for key, text in env.items()} for name, env in environments.items()}
