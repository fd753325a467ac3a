"""`watch` and `watch.*`."""

from invoke import Collection

from seatrial.verbs.watch.run import run
from seatrial.verbs.watch.status import status
from seatrial.verbs.watch.stop import stop

WATCH_VERBS = (run, status, stop)

watch = Collection("watch", *WATCH_VERBS)

__all__ = ["WATCH_VERBS", "watch"]
