"""The overview of a run of drills: a row for each service. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.verdict import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.drill.verdict import Verdict

OVERVIEW = ("service", "stop", "used/grace", "exit", "in flight ok/lost", "restart", "ready", "image", "user", "cause")
_NOTHING = "-"


def overview(found: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """A row for each service that has a verdict."""
    return [_row(name, found) for name in dict.fromkeys(v.service for v in found if v.service)]


def _row(service: str, found: Sequence[Verdict]) -> tuple[str, ...]:
    every = [verdict for verdict in found if verdict.service == service]
    own = {verdict.drill: verdict for verdict in every if not verdict.dependency}
    stop = _figures(own, "graceful-stop")
    with_cause = sorted((v for v in every if v.cause), key=lambda v: list(Grade).index(v.grade))
    return (
        service,
        _grade(own, "graceful-stop", "stop-config"),
        f"{stop['used_s']:.2f}/{stop['grace_s']:g} s" if {"used_s", "grace_s"} <= set(stop) else _NOTHING,
        f"{stop['exit_code']:.0f}" if "exit_code" in stop else _NOTHING,
        _flight(stop),
        _grade(own, "crash-restart", "restart-config"),
        _first(own, "{:.1f} s", ("warm-start", "ready_s"), ("crash-restart", "ready_again_s"), _AFTER_STOP),
        _first(own, "{:.0f} MB", ("image", "image_bytes"), scale=1e-6),
        _first(own, "{:.0f}", ("anatomy", "uid"), ("image", "uid")),
        _cause(with_cause),
    )


_AFTER_STOP = ("graceful-stop", "ready_again_s")


def _figures(own: Mapping[str, Verdict], drill: str) -> Mapping[str, float]:
    return own[drill].figures if drill in own else {}


def _first(own: Mapping[str, Verdict], form: str, *places: tuple[str, str], scale: float = 1.0) -> str:
    """The figure of the first drill that has it."""
    values = (_figures(own, drill).get(name) for drill, name in places)
    return next((form.format(value * scale) for value in values if value is not None), _NOTHING)


def _grade(own: Mapping[str, Verdict], acting: str, looking: str) -> str:
    """By what was tried out, else by what was read."""
    if acting in own:
        return own[acting].grade
    return f"{own[looking].grade} (config)" if looking in own else _NOTHING


def _flight(figures: Mapping[str, float]) -> str:
    if "in_flight" not in figures:
        return _NOTHING
    lost = figures.get("in_flight_lost", 0.0)
    return f"{figures['in_flight'] - lost:.0f}/{lost:.0f}"


def _cause(ranked: Sequence[Verdict]) -> str:
    """The worst one, and how many more there are."""
    words = list(dict.fromkeys(verdict.cause.id for verdict in ranked if verdict.cause))
    if not words:
        return _NOTHING
    return words[0] if len(words) == 1 else f"{words[0]} +{len(words) - 1}"
