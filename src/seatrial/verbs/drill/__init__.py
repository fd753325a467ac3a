"""`drill` and `drill.*`."""

from invoke import Collection

from seatrial.verbs.drill.list import list_
from seatrial.verbs.drill.run import run

DRILL_VERBS = (run, list_)

drill = Collection("drill", *DRILL_VERBS)

__all__ = ["DRILL_VERBS", "drill"]
