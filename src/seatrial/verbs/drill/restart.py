"""`drill.restart`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb
from seatrial.verbs.drill._drilled import Wish, drilled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb()
def restart(run: Run, *, service: Sequence[str] = (), repeat: int = 1, json: bool = False) -> int:
    """Prove that services come back after a crash; say why when not."""
    return drilled(run, Wish(("crash-restart",), service, repeat=repeat), as_json=json)
