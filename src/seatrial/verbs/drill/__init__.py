"""`drill` and `drill.*`."""

from invoke import Collection

from seatrial.verbs.drill.judge import judge
from seatrial.verbs.drill.list import list_
from seatrial.verbs.drill.restart import restart
from seatrial.verbs.drill.run import run
from seatrial.verbs.drill.stop import stop

DRILL_VERBS = (run, stop, restart, list_, judge)

drill = Collection("drill", *DRILL_VERBS)

__all__ = ["DRILL_VERBS", "drill"]
