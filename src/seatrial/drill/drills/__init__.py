"""The drills, one file each. This is the list, in the order in which they are run and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.drills import (
    anatomy,
    clean_exit,
    cold_start,
    crash_loop,
    crash_restart,
    data_placement,
    dependency_crash,
    dependency_cut,
    dependency_hang,
    dependency_stop,
    durability,
    first_requests,
    graceful_stop,
    hang,
    health_config,
    idle_clients,
    image,
    logs_flushed,
    restart_config,
    signal_path,
    stop_config,
    stop_order,
    stop_while_starting,
    warm_start,
    zombies,
)

if TYPE_CHECKING:
    from seatrial.drill.drill import Drill

DRILLS: tuple[Drill, ...] = (
    anatomy.DRILL,
    health_config.DRILL,
    stop_config.DRILL,
    restart_config.DRILL,
    image.DRILL,
    data_placement.DRILL,
    zombies.DRILL,
    graceful_stop.DRILL,
    signal_path.DRILL,
    logs_flushed.DRILL,
    idle_clients.DRILL,
    stop_while_starting.DRILL,
    warm_start.DRILL,
    first_requests.DRILL,
    cold_start.DRILL,
    stop_order.DRILL,
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
