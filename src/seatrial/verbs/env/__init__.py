"""`env.*`: the verbs about the environment that containers get."""

from invoke import Collection

from seatrial.verbs.env.init import init

ENV_VERBS = (init,)

env = Collection("env", *ENV_VERBS)

__all__ = ["ENV_VERBS", "env"]
