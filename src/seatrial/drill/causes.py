"""The stable words for causes; docs/drills.md tells each."""

from __future__ import annotations

SHELL_SWALLOWS = "shell-swallows-signal"
WRAPPER_SWALLOWS = "wrapper-swallows-signal"
NO_HANDLER = "no-handler"
DRAIN_EXCEEDS_GRACE = "drain-exceeds-grace"
CONNECTIONS_HOLD_STOP = "connections-hold-stop"
EXITS_WITHOUT_DRAINING = "exits-without-draining"
WRONG_STOP_SIGNAL = "wrong-stop-signal"
GRACE_TRUNCATED = "grace-truncated"
OOM_DURING_STOP = "oom-during-stop"
FOREIGN_KILL = "foreign-kill"
WORKERS_ABANDONED = "workers-abandoned"
POLICY_DISABLED = "policy-disabled"
POLICY_MISSING = "policy-missing"
STALE_STATE = "stale-state-blocks-restart"
PROBE_BROKEN = "probe-broken"
INTERVAL_DOMINATES = "interval-dominates"
START_TOO_SLOW = "start-too-slow"
STALE_ADDRESS = "stale-address"
NO_RECONNECT = "no-reconnect"
NO_TIMEOUT = "no-timeout"
ORDER_VIOLATED = "order-violated"
MISSING_EDGE = "missing-dependency-edge"
LOGS_LOST = "logs-lost"
DATA_OUTSIDE_VOLUME = "data-outside-volume"
WRITES_LOST = "writes-lost"
WRITES_DOUBLED = "writes-doubled"
ZOMBIES = "zombies"
RUNS_AS_ROOT = "runs-as-root"
IMAGE_TOO_BIG = "image-too-big"
SECRET_IN_IMAGE = "secret-in-image"  # noqa: S105  no password
PATCH_UNFIT = "patch-unfit"
KNOWN_GAP_FIXED = "known-gap-fixed"


def words() -> tuple[str, ...]:
    """All of them."""
    return tuple(text for name, text in globals().items() if name.isupper())
