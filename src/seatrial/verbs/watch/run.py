"""`watch` and `watch.run`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(
    default=True,
    help={
        "all": "rebuild services with a build section and no rules too, for any file of their context",
        "up": "with --no-up: watch what runs, and start nothing first",
        "verify": "compare the files in the containers with those on disk, and end",
        "detach": "go on in the background; watch.status and watch.stop know it",
        "logs": "show what the services log, too",
        "json": "one JSON object for each thing that happens, one a line",
    },
)
def run(
    run: Run,
    *,
    service: Sequence[str] = (),
    all: bool = False,
    up: bool = True,
    verify: bool = False,
    detach: bool = False,
    logs: bool = False,
    timeout: str = "",
    json: bool = False,
) -> int:
    """Keep containers equal to the sources: sync, restart, rebuild.

    It follows the `develop.watch` rules of the compose file. The stack is brought up first. A save is sent in
    milliseconds; what was missed, or failed, is made good.
    """
    from seatrial.verbs.watch._watched import Wish, verified, watched

    if verify and detach:
        raise UsageError("--verify compares once, and --detach goes on", fix="leave one of them out")
    wish = Wish(service, everything=all, up=up, logs=logs, as_json=json)
    if verify:
        return verified(run, wish)
    if detach and not run.dry:
        from seatrial.verbs.watch._detached import detached

        return detached(run, as_json=json)
    return watched(run, wish)
