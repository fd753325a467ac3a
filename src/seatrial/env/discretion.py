"""Other people's error texts without secrets: they quote values whole, and what they made of them in pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from seatrial.env.secret import REDACTED, Redactor, Secret
from seatrial.env.words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.errors import SeatrialError
    from seatrial.project import Project

    E = TypeVar("E", bound=SeatrialError)

_TOKEN = re.compile(r"[^\s\"'`]+")
_ENDS = ".,:;()[]{}"
_SHORTEST_PIECE = 4


def discreet(error: E, secrets: Iterable[Secret], project: Project) -> E:
    """The same error, with what it quotes of a secret taken out: the whole of it, and any word that is a piece of it.

    A port such as `user:password` is refused piece by piece. What stands in the compose files may be shown.
    """
    known = tuple(secrets)
    whole, pieces = Redactor(known), _Pieces(known, text_of(project.files))

    def without(text: str) -> str:
        return pieces(whole(text))

    # A fix is in our own words: a piece of a secret may be one of them.
    return type(error)(
        without(error.what), fix=whole(error.fix), detail=[without(line) for line in error.detail]
    )  # fmt: skip


class _Pieces:
    def __init__(self, secrets: Iterable[Secret], harmless: str) -> None:
        self._secrets = "\0".join(secret.reveal() for secret in secrets).casefold()
        self._harmless = harmless

    def __call__(self, text: str) -> str:
        return _TOKEN.sub(self._judged, text)

    def _judged(self, match: re.Match[str]) -> str:
        token = match[0]
        word = token.strip(_ENDS)
        secret = len(word) >= _SHORTEST_PIECE and word.casefold() in self._secrets
        return token.replace(word, REDACTED) if secret and word not in self._harmless else token
