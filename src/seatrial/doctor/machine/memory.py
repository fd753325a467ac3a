"""Is there memory for the stack?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, skipped, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GB = 1e9
_LITTLE = 0.5 * _GB


def looked() -> int:
    """Bytes of this machine that can be had without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def limits(services: Mapping[str, Mapping[str, Any]]) -> int:
    """Bytes that the services of a resolved model may take together; those without a limit count for nothing."""
    return sum(_limit(model) for model in services.values())


def judge(available: int | None, engine: int, wanted: int) -> Iterator[Finding]:
    """Bytes: `available` on this machine (None where the engine is on another one), of the `engine`, `wanted`."""
    if wanted and engine and wanted > engine:
        yield warning(
            f"the limits of the services come to {wanted / _GB:.1f} GB, and the engine has {engine / _GB:.1f} GB",
            why="the kernel ends a process somewhere when they use what they may",
            fix="lower `mem_limit`s, or give the engine's machine more memory",
        )
        return
    if available is not None and available < _LITTLE:
        yield warning(
            f"{available / _GB:.2f} GB of memory are left on this machine",
            why="the kernel ends processes when there is none, and everything is slow before",
            fix="end what is not needed (`docker stats --no-stream` shows what containers take)",
        )
        return
    if available is None and not engine:
        yield skipped("it is not known where the engine runs")
        return
    left = "" if available is None else f", {available / _GB:.1f} GB available here"
    yield ok(f"the engine has {engine / _GB:.1f} GB{left}" if engine else f"{(available or 0) / _GB:.1f} GB available")


def _limit(model: Mapping[str, Any]) -> int:
    deployed = ((model.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    return int(model.get("mem_limit") or deployed.get("memory") or 0)
