"""The verbs: one file each, all of them listed here."""

from invoke import Collection

from seatrial.settings import DEFAULTS
from seatrial.verbs.build import build
from seatrial.verbs.doctor import doctor
from seatrial.verbs.down import down
from seatrial.verbs.drill import DRILL_VERBS, drill
from seatrial.verbs.env import ENV_VERBS, env
from seatrial.verbs.exec import exec_
from seatrial.verbs.logs import logs
from seatrial.verbs.ps import ps
from seatrial.verbs.report import report
from seatrial.verbs.restart import restart
from seatrial.verbs.status import status
from seatrial.verbs.stop import stop
from seatrial.verbs.up import up
from seatrial.verbs.watch import WATCH_VERBS, watch

_PLAIN = (up, down, stop, restart, ps, status, logs, build, exec_, doctor, report)
VERBS = (*_PLAIN, *DRILL_VERBS, *ENV_VERBS, *WATCH_VERBS)

ns = Collection(*_PLAIN, drill, env, watch)
ns.configure({"seatrial": dict(DEFAULTS)})

__all__ = ["VERBS", "ns"]
