"""How long does every start wait for a health check that nobody has asked yet?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.doctor.compose_file import insertion
from seatrial.doctor.finding import Finding, ok, warning
from seatrial.doctor.fixing.remedy import Remedy
from seatrial.engine import compose_text
from seatrial.engine.facts import Check
from seatrial.lifecycle.health_timing import START_INTERVAL, START_PERIOD, earlier_probes, first_probe_s, yaml
from seatrial.lifecycle.readiness import has_to_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.doctor.fixing.remedy import Change
    from seatrial.engine.compose_text import Source
    from seatrial.stack import Stack

_WORTH_S = 2.5


def judge(stack: Stack, engine: tuple[int, ...], sources: tuple[Source, ...]) -> Iterator[Finding]:
    """By the timings in the compose file: the engine probes first after one of them, and healthy cannot come sooner.

    One-shots are left out: who waits for their end does not wait for their check.
    """
    slow = dict(_slow(stack, engine))
    if not slow:
        checked = sum(1 for service in stack.services if service.healthcheck)
        yield ok("no health check keeps a start waiting" if checked else "no health check in the compose file")
        return
    models = stack.service_models()
    changes, by_hand = [], []
    for name in slow:
        change = _change(sources, name, models[name])
        if change is None:
            by_hand.append(name)
            continue
        changes += [] if change in changes else [change]  # several may share one check
    touched = [name for name in models if changes and _change(sources, name, models[name]) in changes]
    paths = [f"services.{name}.healthcheck.{word}" for name in touched for word in (START_PERIOD, START_INTERVAL)]
    waits = ", ".join(f"{name} {seconds:g} s" for name, seconds in slow.items())
    chain = _longest(stack, slow)
    yield warning(
        f"healthy no sooner than: {waits}",
        why=f"the engine asks for the first time one interval after the start; who waits until they are healthy waits"
        f" {chain:g} s at each start, however fast they are",
        fix=_fix(stack, slow) + (f"\nby hand for {', '.join(by_hand)}" if by_hand and changes else ""),
        services=tuple(slow),
        places=tuple(place for name in slow for place in compose_text.place(sources, "services", name, "healthcheck")),
        remedy=Remedy(tuple(changes), model=tuple(paths)) if changes else None,
    )


def _fix(stack: Stack, slow: Iterable[str]) -> str:
    """What to add, by what is written already: a start_period that is there is as long as its author wants it."""
    users: dict[str, list[str]] = {}
    for name in slow:
        check = stack.service(name).healthcheck
        users.setdefault(yaml(earlier_probes(check.start_period_s if check else 0.0)), []).append(name)
    if len(users) == 1:
        return f"in the healthcheck: {next(iter(users))}"
    return "\n".join(f"in the healthcheck of {', '.join(names)}: {keys}" for keys, names in users.items())


def _slow(stack: Stack, engine: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    models = stack.service_models()
    for service in stack.services:
        model = models[service.name].get("healthcheck")
        if service.healthcheck is None or model is None or has_to_end(stack, service):
            continue
        check = service.healthcheck
        written = check.start_interval_s if model.get(START_INTERVAL) else 0.0
        asked = Check(check.test, check.interval_s, start_period_s=check.start_period_s, start_interval_s=written)
        first = first_probe_s(asked, engine)
        if first >= _WORTH_S:
            yield service.name, first


def _longest(stack: Stack, slow: Mapping[str, float]) -> float:
    """What the slow ones cost along the longest chain of those who wait for each other."""
    cost: dict[str, float] = {}
    for name in stack.closure(()):
        before = [
            cost.get(edge.service, 0.0)
            for edge in stack.service(name).depends_on
            if edge.condition == "service_healthy"
        ]
        cost[name] = max(before, default=0.0) + slow.get(name, 0.0)
    return max(cost.values(), default=0.0)


def _change(sources: tuple[Source, ...], name: str, model: Mapping[str, Any]) -> Change | None:
    found = compose_text.holder(sources, "services", name, "healthcheck")
    have = model.get("healthcheck")
    if found is None or have is None:
        return None
    there, node = found
    entries = {word: text for word, text in earlier_probes().items() if not have.get(word)}
    if not entries or any(key.value in entries for key, _ in node.value):
        return None
    after = next((word for word in ("retries", "timeout", "interval") if compose_text.key(node, word)), "")
    own = {key.value for key, _ in node.value}
    return insertion.added(there, node, entries, after=after if after in own else "")
