"""`env.*`: the verbs about the environment that containers get."""

from invoke import Collection

from seatrial.verbs.env.check import check
from seatrial.verbs.env.diff import diff
from seatrial.verbs.env.docs import docs
from seatrial.verbs.env.explain import explain
from seatrial.verbs.env.init import init

ENV_VERBS = (check, init, docs, explain, diff)

env = Collection("env", *ENV_VERBS)

__all__ = ["ENV_VERBS", "env"]
