"""The drills, one file each. This is the list, in the order in which they are run and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drills import (
    clean_exit,
    crash_loop,
    crash_restart,
    dependency_crash,
    dependency_cut,
    dependency_hang,
    dependency_stop,
    durability,
    graceful_stop,
    hang,
    health_config,
    restart_config,
    stop_config,
)

if TYPE_CHECKING:
    from seatrial.drill.drill import Drill

DRILLS: tuple[Drill, ...] = (
    health_config.DRILL,
    stop_config.DRILL,
    restart_config.DRILL,
    graceful_stop.DRILL,
    crash_restart.DRILL,
    crash_loop.DRILL,
    clean_exit.DRILL,
    hang.DRILL,
    durability.DRILL,
    dependency_hang.DRILL,
    dependency_stop.DRILL,
    dependency_crash.DRILL,
    dependency_cut.DRILL,
)
