"""How a stack and the end of an `up` are shown, as rows and as JSON. Values in, rows and plain data out."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seatrial.engine.api.endpoint import far
from seatrial.lifecycle.critical_path import critical_path
from seatrial.lifecycle.interval_cost import lost
from seatrial.lifecycle.marks import Marks
from seatrial.lifecycle.readiness import Standing
from seatrial.lifecycle.timing import Times
from seatrial.report.container import container_json, has_ended, unreachable_json
from seatrial.stack import Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.engine.observed import Address, Container, Snapshot
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.failure import Failure
    from seatrial.lifecycle.plan import Plan
    from seatrial.lifecycle.readiness import Verdict
    from seatrial.lifecycle.wait import Outcome
    from seatrial.stack import Stack

JSON_VERSION = 1
STACK_COLUMNS = ("service", "state", "health", "address", "container")
UP_COLUMNS = ("service", "standing", "ready after", "address")
_WORST = 3
# To end what ran before takes about so long for most.
_SLOW_STOP_S = 1.0
_WIDEST = 60
_UNMARKED = Marks()
_ANY_4, _ANY_6 = "0.0.0.0", "::"  # noqa: S104  told by the engine
_ANY = {_ANY_4, _ANY_6, ""}
_HERE = "localhost"
_CHECKED_PORT = r"https?://[^/:\s\"']+:(\d{1,5})\b"
_WEB_PORTS = {80, 3000, 5000, 8000, 8080, 8888, 9000}


def url(address: Address, service: Service) -> str:
    """Where a person reaches it: a URL when the service seems to speak HTTP (by its probe, health check or port)."""
    host = _machine() if address.host_ip in _ANY else address.host_ip
    place = f"[{host}]:{address.host_port}" if ":" in host else f"{host}:{address.host_port}"
    if address.protocol != "tcp":
        return f"{place}/{address.protocol}"
    if address.target == 443:
        return f"https://{place}"
    scheme = _probed_as(service, address.target)
    if scheme in ("http", "https"):
        return f"{scheme}://{place}"
    return f"http://{place}" if address.target in _WEB_PORTS or _checked_by_http(service, address.target) else place


def _checked_by_http(service: Service, port: int) -> bool:
    """Whether the health check speaks HTTP to that port; a check of another known port says nothing of this one."""
    words = " ".join(service.healthcheck.test if service.healthcheck else ()).lower()
    known = {int(number) for number in re.findall(_CHECKED_PORT, words)}
    return "http" in words and (not known or port in known)


def _probed_as(service: Service, port: int) -> str:
    """The scheme of the declared probe of that port: `http://:8080/health`, `tcp://:6379`; "" when it is of another.

    A port that is a variable is taken for the only one that there is.
    """
    route = urlsplit(service.probe)
    try:
        known = route.port
    except ValueError:
        known = port if [each.protocol for each in service.ports].count("tcp") == 1 else None
    return route.scheme if known == port else ""


@cache
def _machine() -> str:
    """The one that publishes ports."""
    return far(os.environ) or _HERE


def urls(containers: Sequence[Container], service: Service) -> tuple[str, ...]:
    """Each once: the engine lists a port for IPv4 and for IPv6."""
    return tuple(dict.fromkeys(url(a, service) for c in containers for a in _reachable(c.addresses)))


def _reachable(addresses: Sequence[Address]) -> Iterator[Address]:
    """Leave out IPv6 where IPv4 serves the same; the engine may pick another port for each."""
    for one in addresses:
        same = [a for a in addresses if (a.target, a.protocol) == (one.target, one.protocol)]
        ports = {kind: {a.host_port for a in same if a.host_ip == kind} for kind in (_ANY_4, _ANY_6)}
        if one.host_ip == _ANY_6 and ports[_ANY_4]:
            continue
        split = one.host_ip == _ANY_4 and ports[_ANY_6] and one.host_port not in ports[_ANY_6]
        yield replace(one, host_ip="127.0.0.1") if split and _machine() == _HERE else one


def _service(stack: Stack, name: str) -> Service:
    return next((s for s in stack.services if s.name == name), Service(name))


def _state(container: Container, marks: Marks) -> str:
    state = f"{container.state} {container.exit_code}" if has_ended(container) else container.state
    mark = marks.of(container)
    return f"{state}, {mark}" if mark else state


def stack_rows(
    stack: Stack, snapshot: Snapshot, services: Sequence[str], marks: Marks = _UNMARKED
) -> list[tuple[str, ...]]:
    """A row for each container, and one for each service that has none."""
    rows: list[tuple[str, ...]] = []
    for name in services:
        containers = snapshot.of(name)
        rows += [
            (
                name,
                _state(c, marks),
                c.health.status if c.health and c.state == "running" else "-",
                " ".join(urls([c], _service(stack, name))) or "-",
                c.name,
            )
            for c in containers
        ] or [(name, _without_container(_service(stack, name)), "-", "-", "-")]
    return rows


def _without_container(service: Service) -> str:
    return f"provider {service.provider}" if service.provider else "no container"


def stack_json(stack: Stack, snapshot: Snapshot, services: Sequence[str], marks: Marks = _UNMARKED) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "project": stack.name,
        "services": [
            {
                "service": name,
                "containers": [_container_json(c, _service(stack, name), marks) for c in snapshot.of(name)],
            }
            for name in services
        ],
    }


def _container_json(c: Container, service: Service, marks: Marks) -> dict[str, Any]:
    return {**container_json(c), **marks.as_json(c), "oom_killed": c.oom_killed, "urls": list(urls([c], service))}


def up_rows(stack: Stack, outcome: Outcome) -> list[tuple[str, ...]]:
    return [
        (
            v.service,
            _short(v.reason),
            _after(outcome, v),
            " ".join(urls(outcome.snapshot.of(v.service), stack.service(v.service))) or "-",
        )
        for v in outcome.verdicts
    ]


def _short(reason: str) -> str:
    """What fits into a table; what is wrong is told in full below it."""
    return reason if len(reason) <= _WIDEST else f"{reason[: _WIDEST - 1].rstrip()}…"


def _after(outcome: Outcome, verdict: Verdict) -> str:
    if verdict.standing in (Standing.WAITING, Standing.FAILED):
        return "-"
    ready_s = outcome.times.get(verdict.service, Times()).time_to_ready
    return "before" if ready_s is None else f"{ready_s:.1f} s"


def up_remarks(stack: Stack, result: Result) -> list[str]:
    """What is worth knowing of a start that went well."""
    path = critical_path(stack, result.outcome.times)
    remarks = [f"{v.service} is optional and not up: {v.reason}" for v in result.outcome.missing]
    remarks += [f"critical path: {' -> '.join(map(str, path))}"] if len(path) > 1 else []
    remarks += [
        f"{found.stopping:.1f} s to stop the old container: {name}"
        for name, found in result.outcome.times.items()
        if found.stopping is not None and found.stopping >= _SLOW_STOP_S
    ]
    remarks += [f"note: {one}" for one in result.unreachable]
    remarks += [str(one) for one in result.edited]
    remarks += [f"{seconds:.0f} s slower than usual: {name}" for name, seconds in result.slower]
    late = lost(stack, result.outcome.verdicts, result.outcome.times)
    remarks += [str(one) for one in late[:_WORST]]
    return [*remarks, f"and {len(late) - _WORST} more like it"] if len(late) > _WORST else remarks


def up_json(stack: Stack, result: Result) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "version": JSON_VERSION,
        "project": stack.name,
        "up": outcome.up and not result.mismatches,
        "seconds": round(outcome.seconds, 3),
        "timed_out": outcome.timed_out,
        "services": [
            {
                "service": v.service,
                "standing": v.standing.value,
                "reason": v.reason,
                "optional": v.optional,
                "ready_s": _rounded(outcome.times.get(v.service, Times()).ready),
                "started_s": _rounded(outcome.times.get(v.service, Times()).started),
                "healthy_s": _rounded(outcome.times.get(v.service, Times()).healthy),
                "stopping_s": _rounded(outcome.times.get(v.service, Times()).stopping),
                "urls": list(urls(outcome.snapshot.of(v.service), stack.service(v.service))),
            }
            for v in outcome.verdicts
        ],
        "critical_path": [
            {"service": link.service, "start_s": _rounded(link.start_s), "took_s": _rounded(link.took_s)}
            for link in critical_path(stack, outcome.times)
        ],
        "edited": [{"service": one.service, "file": one.file} for one in result.edited],
        "slower": [{"service": name, "by_s": _rounded(seconds)} for name, seconds in result.slower],
        "lost": [
            {"service": one.service, "lost_s": _rounded(one.lost_s), "healthcheck": one.fix}
            for one in lost(stack, outcome.verdicts, outcome.times)
        ],
        "unreachable": unreachable_json(result.unreachable),
        "failures": [failure_json(f) for f in result.failures],
        "other_environment": [
            {"service": m.service, "container": m.container, "changed": list(m.changed), "missing": list(m.missing)}
            for m in result.mismatches
        ],
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def failure_json(f: Failure) -> dict[str, Any]:
    return {
        "service": f.service,
        "container": f.container,
        "reason": f.reason,
        "exit_code": f.exit_code,
        "oom_killed": f.oom_killed,
        "health": list(f.health),
        "log": list(f.log),
        "waits": list(f.waits),
        "fix": f.fix,
        "refusal": f.refusal,
        "engine": f.engine,
    }


def failure_lines(f: Failure) -> list[str]:
    """The block for one service that is not up."""
    lines = [f"{f.service}: {f.reason}"]
    if f.engine and f.engine not in f.reason:
        lines.append(f"  the engine says: {f.engine}")
    if f.health:
        lines += ["  last health probe:", *(f"    {line}" for line in f.health)]
    if f.log:
        lines += [
            f"  last {len(f.log)} log lines:" if len(f.log) > 1 else "  its only log line:",
            *(f"    {line}" for line in f.log),
        ]
    elif f.exit_code is not None:
        lines.append(f"  {f.unlogged or 'it logged nothing'}")
    if f.waits:
        lines.append(f"  waiting for it: {', '.join(f.waits)}")
    return [*lines, f"  fix: {f.fix}"]


def plan_json(plan: Plan) -> dict[str, Any]:
    steps = [{"action": s.action, "subject": s.subject, "cause": s.cause} for s in plan.steps]
    return {"version": JSON_VERSION, "plan": steps}
