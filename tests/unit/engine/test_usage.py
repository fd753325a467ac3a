"""What containers use, as the engine's figures tell it."""

from __future__ import annotations

import json

from seatrial.engine.api.many import usage

READ = "2026-11-25T03:08:07.64408341Z"
TOLD = {
    "read": READ,
    "pids_stats": {"current": 12},
    "cpu_stats": {"cpu_usage": {"total_usage": 2_500_000_000}},
    "memory_stats": {"usage": 5000, "limit": 9000, "stats": {"total_inactive_file": 1000}},
}


def test_what_the_kernel_would_give_back_is_no_use() -> None:
    found = usage(lambda _: [json.dumps(TOLD).encode()], ["a"])["a"]
    assert (found.cpu_s, found.memory_bytes, found.memory_limit_bytes) == (2.5, 4000, 9000)


def test_figures_of_the_whole_machine_are_no_container_s() -> None:
    rootless = json.dumps(TOLD | {"pids_stats": {}}).encode()  # as a rootless engine on cgroup v1 tells it
    assert usage(lambda _: [rootless], ["a"]) == {}
