"""What a container is made to be: the part of `docker inspect` that does not change while it lives. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.engine.inspect import SERVICE

if TYPE_CHECKING:
    from collections.abc import Mapping

_NS = 1e9


@dataclass(frozen=True, slots=True)
class Check:
    """The health check in force, of the compose file or of the image; 0 where nothing is set (the engine's default)."""

    test: tuple[str, ...]
    interval_s: float = 0.0
    timeout_s: float = 0.0
    start_period_s: float = 0.0
    start_interval_s: float = 0.0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """One container.

    Attributes:
        command: entrypoint and arguments of PID 1, as the engine starts it.
        stop_signal: in force; the engine's default is SIGTERM.
        stop_timeout_s: in force; None is the engine's default of 10.
        check: None when there is none or it is disabled.
    """

    id: str
    service: str
    image: str
    command: tuple[str, ...]
    stop_signal: str = "SIGTERM"
    stop_timeout_s: int | None = None
    init: bool = False
    tty: bool = False
    pid_mode: str = ""
    restart_policy: str = "no"
    restart_limit: int = 0
    check: Check | None = None


def facts(text: str) -> tuple[Facts, ...]:
    """The answer of `docker inspect ID...`, a JSON list."""
    return tuple(_facts(item) for item in json.loads(text or "[]"))


def _facts(item: Mapping[str, Any]) -> Facts:
    config, host = item["Config"], item.get("HostConfig") or {}
    policy = host.get("RestartPolicy") or {}
    return Facts(
        id=item["Id"],
        service=(config.get("Labels") or {}).get(SERVICE, ""),
        image=config.get("Image", ""),
        command=(item.get("Path", ""), *(item.get("Args") or ())),
        stop_signal=config.get("StopSignal") or "SIGTERM",
        stop_timeout_s=config.get("StopTimeout"),
        init=bool(host.get("Init")),
        tty=bool(config.get("Tty")),
        pid_mode=host.get("PidMode") or "",
        restart_policy=policy.get("Name") or "no",
        restart_limit=policy.get("MaximumRetryCount") or 0,
        check=_check(config.get("Healthcheck")),
    )


def _check(check: Mapping[str, Any] | None) -> Check | None:
    if not check or (check.get("Test") or ["NONE"])[0] == "NONE":
        return None
    return Check(
        test=tuple(check["Test"]),
        interval_s=(check.get("Interval") or 0) / _NS,
        timeout_s=(check.get("Timeout") or 0) / _NS,
        start_period_s=(check.get("StartPeriod") or 0) / _NS,
        start_interval_s=(check.get("StartInterval") or 0) / _NS,
        retries=check.get("Retries") or 0,
    )
