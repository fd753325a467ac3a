"""How a command is run inside of a container, where it is not as the container's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class How(TypedDict, total=False):
    """What is left out or empty is the container's.

    Attributes:
        user: a name or a number, with or without `:GROUP`.
        working_dir: an absolute path inside.
        environment: `KEY=VALUE`, in addition.
        privileged: with all capabilities.
        given: what it reads from its standard input.
    """

    user: str
    working_dir: str
    environment: Sequence[str]
    privileged: bool
    given: Iterable[bytes] | None
