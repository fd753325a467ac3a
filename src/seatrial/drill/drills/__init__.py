"""The drills, one file each. This is the list, in the order in which they are run and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drills import crash_restart, graceful_stop, health_config, restart_config, stop_config

if TYPE_CHECKING:
    from seatrial.drill.drill import Drill

DRILLS: tuple[Drill, ...] = (
    health_config.DRILL,
    stop_config.DRILL,
    restart_config.DRILL,
    graceful_stop.DRILL,
    crash_restart.DRILL,
)
