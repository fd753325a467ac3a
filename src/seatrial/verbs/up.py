"""`up`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.verbs._brought_up import Wish, brought_up, found, plan_of
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(
    help={
        "build": "build images first, also when nothing they are made of has changed",
        "no_build": "take images that are present as they are, also when their sources have changed",
        "recreate": "make new containers, also when nothing has changed",
        "shift_ports": "take free ports for those that are taken, and remember them for this checkout",
        "plain_ports": "take the ports as they are written again, and remember that",
        "remove_orphans": "remove containers of services that the compose files no longer have",
        "renew_anon_volumes": "delete anonymous volumes, and start with what the image has there",
        "html": "write a page with the chart of the start to this file too",
        "wait": "with --no-wait: do not wait until services are ready",
        "watch": "then keep the containers equal to the sources, as `watch` does",
    }
)
def up(
    run: Run,
    *,
    service: Sequence[str] = (),
    build: bool = False,
    no_build: bool = False,
    recreate: bool = False,
    shift_ports: bool = False,
    plain_ports: bool = False,
    remove_orphans: bool = False,
    renew_anon_volumes: bool = False,
    wait: bool = True,
    watch: bool = False,
    timeout: str = "",
    html: str = "",
    json: bool = False,
) -> int:
    """Start the stack and verify that it is up.

    A service is up when its health check passes; without one, when it has run for a moment without a restart;
    a one-shot when it has ended with 0. What is not up is explained: its reason, last probe, last log lines, and
    what waits for it.
    """
    if build and no_build:
        raise UsageError("--build and --no-build contradict each other", fix="leave one of them out")
    wish = Wish(service, build, no_build, recreate, shift_ports, plain_ports, remove_orphans, renew_anon_volumes, wait)
    if watch:
        from seatrial.verbs.watch import _watched

        return _watched.watched(run, _watched.Wish(service, as_json=json), wish)
    meant = found(run, wish)
    from seatrial.report import show

    if run.dry:
        return show.plan(plan_of(run, wish, meant), as_json=json)
    if not html:
        return show.up(*brought_up(run, wish, meant), as_json=json)
    from seatrial.verbs._up_page import ready, write

    file = ready(html)
    stack, result = brought_up(run, wish, meant)
    write(run, file, stack, result)
    return show.up(stack, result, as_json=json)
