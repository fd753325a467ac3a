"""`drill.stop`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb
from seatrial.verbs.drill._drilled import Wish, drilled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(help={"no-try": "do not try fixes on throw-away copies of containers"})
def stop(run: Run, *, service: Sequence[str] = (), repeat: int = 1, no_try: bool = False, json: bool = False) -> int:
    """Prove that services stop gracefully under traffic; say why when not."""
    return drilled(run, Wish(("graceful-stop",), service, repeat=repeat, tries=not no_try), as_json=json)
