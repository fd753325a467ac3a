"""Pairs of a service and what it depends on: each on a network of its own, so that they are drilled at one time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e.drills.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conftest import ComposeProject

PROGRAMS = Path(__file__).parent / "programs"
# It looks its dependency up for every connection, gives up after a second, and answers with an error then.
SOUND = "sound"
REMEMBERS, ONCE, ENDS, WAITS = "remembers", "connects once", "ends", "waits"
# Its health says nothing of its dependency; the route that does is declared.
HEALTHY = "healthy"


def service(image: str, program: str, **more: Any) -> dict[str, Any]:
    """A node service on port 8080 that an init ends at once."""
    return {
        "image": image,
        "init": True,
        "entrypoint": ["node", f"/programs/{program}.js"],
        "volumes": [f"{PROGRAMS}:/programs:ro"],
        "expose": [8080],
        "stop_grace_period": "2s",
        **more,
    }


def pairs(image: str, habits: Iterable[str]) -> dict[str, Any]:
    """The model of a project: by habit a service of that name (a `-` for a space), and its dependency `NAME-back`."""
    services: dict[str, Any] = {}
    for habit in habits:
        name = habit.replace(" ", "-")
        back = f"{name}-back"
        environment = {"HABIT": habit, "BACK": back}
        services[name] = service(image, "front", environment=environment, depends_on=[back], networks=[name])
        services[back] = service(image, "back", networks=[name])
    networks = [name for name in services if not name.endswith("-back")]
    return {"services": services, "networks": {name: {} for name in networks}}


def _stopped(image: str) -> dict[str, Any]:
    model = pairs(image, (SOUND, REMEMBERS, ONCE, ENDS, HEALTHY))
    model["services"][HEALTHY]["environment"]["HABIT"] = REMEMBERS
    model["services"][HEALTHY]["x-seatrial"] = {"probe": "http://:8080/health", "needs": {f"{HEALTHY}-back": "/"}}
    return model


DEPENDENCY_STOP = Suite(
    "dependency-stop",
    ("dependency-stop",),
    _stopped,
    {
        (SOUND, "dependency-stop"): ("PASS", None),
        (REMEMBERS, "dependency-stop"): ("FAIL", "stale-address"),
        ("connects-once", "dependency-stop"): ("FAIL", "no-reconnect"),
        (ENDS, "dependency-stop"): ("FAIL", "policy-missing"),
        (HEALTHY, "dependency-stop"): ("FAIL", "stale-address"),
    },
    waits=True,
)
DEPENDENCY_HANG = Suite(
    "dependency-hang",
    ("dependency-hang",),
    lambda image: pairs(image, (SOUND, WAITS)),
    {(SOUND, "dependency-hang"): ("PASS", None), (WAITS, "dependency-hang"): ("FAIL", "no-timeout")},
    waits=True,
)


def brought_up(project: ComposeProject, model: Mapping[str, Any]) -> None:
    project.file.write_text(json.dumps({"name": project.name, **model}), encoding="utf-8")
    done = project.run("up")
    assert done.returncode == 0, done.stderr


def drilled(project: ComposeProject, *drills: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The verdicts by service and drill; the stack must be as before."""
    chosen = [word for name in drills for word in ("--only", name)]
    done = project.run("drill", *chosen, "--json")
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told.get("unrestored") == [], told
    return {(verdict["service"], verdict["drill"]): verdict for verdict in told["verdicts"]}


def short(verdict: Mapping[str, Any]) -> tuple[str, str | None]:
    return verdict["verdict"], verdict["cause"]


def helpers(project: ComposeProject) -> str:
    """What seatrial has started beside the project and not removed."""
    return project.docker("ps", "-aq", "--filter", f"label=seatrial.helper={project.name}")
