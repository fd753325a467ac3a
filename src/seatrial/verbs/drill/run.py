"""`drill` and `drill.run`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb
from seatrial.verbs.drill._drilled import Files, Wish, drilled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(
    default=True,
    iterable=["only"],
    help={
        "only": "only this drill, repeatable; drill.list names them",
        "deep": "all drills, also those that take long",
        "no-try": "do not try fixes on throw-away copies of containers",
        "journal": "the file for what was recorded; default: below ~/.cache/seatrial",
        "junit": "write a JUnit XML report to this file too",
        "html": "write a page with timelines to this file too, for whoever was not there",
    },
)
def run(
    run: Run,
    *,
    service: Sequence[str] = (),
    only: Sequence[str] = (),
    deep: bool = False,
    repeat: int = 1,
    journal: str = "",
    junit: str = "",
    html: str = "",
    no_try: bool = False,
    json: bool = False,
) -> int:
    """Prove that services stop gracefully, restart and come back; say why not.

    Services are stopped and killed for it, one after the other along dependencies, and brought back.
    """
    return drilled(run, Wish(only, service, deep, repeat, journal, tries=not no_try), Files(junit, html), as_json=json)
