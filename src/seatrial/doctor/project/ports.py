"""Are the ports free that `up` would publish?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.lifecycle.ports.culprit import Culprit
    from seatrial.lifecycle.ports.preflight import Taken
    from seatrial.lifecycle.ports.wanted import Clash

_WHY = "`up` starts nothing while this stands"


def judge(taken: Iterable[tuple[Taken, Culprit]], clashes: Iterable[Clash], published: int) -> Iterator[Finding]:
    """`published`: how many ports the services want in all."""
    found = False
    for each, who in taken:
        found = True
        kind = "" if each.wish.protocol == "tcp" else f"/{each.wish.protocol}"
        yield failure(
            f"{each.wish.service}: port {each.port}{kind} is taken by {who.name}",
            why=_WHY,
            fix=f"{who.fix}\nor take a free one, for this checkout only: up --shift-ports",
            services=(each.wish.service,),
        )
    for clash in clashes:
        found = True
        others = "its own containers" if clash.wish == clash.other else clash.other.service
        yield failure(
            f"{clash.wish.service}: port {clash.wish.written} is wanted by {others} too",
            why=_WHY,
            fix=f"publish another one for {clash.wish.service} in the compose file, or a range for several containers",
            services=(clash.wish.service,),
        )
    if not found:
        yield ok(
            "no port is published under a number of its own"
            if not published
            else "the published ports are free, or ours"
        )
