"""What an observer tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Hint:
    """Something may have happened to a path; a look tells what.

    `kind` is `written` (closed after writing, moved in, folder made), `writing` (created or modified and not closed
    yet; a link that is made, too), `gone` (deleted, moved out) or `touched` (permissions, times).
    """

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Events were lost, or may have been: everything is to be looked at again."""

    reason: str


Tell: TypeAlias = Callable[[Hint | Lost], None]
