"""Services that hang: a check that asks notices it in time, one that does not look is found out, and all go on."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.inside import opened

if TYPE_CHECKING:
    from conftest import ComposeProject
    from seatrial.engine.inside import Inside

pytestmark = pytest.mark.engine

STOPPED = "T"
SERVER = "require('http').createServer((q, r) => r.end('ok')).listen(80); process.on('SIGTERM', () => process.exit(0));"
ASKS = "[CMD, node, -e, \"fetch('http://127.0.0.1/').then(r => process.exit(r.ok ? 0 : 1))\"]"
KNOCK = "const knock = () => fetch('http://127.0.0.1/').catch(() => setTimeout(knock, 50)); knock()"
LOOKS = "[CMD, test, -d, /tmp]"


def front(behind: str, *, limited: bool) -> str:
    """A server that asks another one for every answer."""
    limit = ", {signal: AbortSignal.timeout(500)}" if limited else ""
    return (
        "require('http').createServer((q, r) => fetch('http://" + behind + "/'" + limit + ")"
        ".then(() => r.end('ok'), () => { r.statusCode = 503; r.end() })).listen(80);"
        " process.on('SIGTERM', () => process.exit(0))"
    )


def service(image: str, name: str, program: str, check: str = "", *, interval: str = "1s", rest: str = "") -> str:
    health = (
        f"{{test: {check}, interval: {interval}, timeout: 3s, retries: 2, start_period: 60s}}"
        if check
        else "{disable: true}"
    )
    return (
        f"  {name}:\n    image: {image}\n    command: {json.dumps(['node', '-e', program])}\n"
        f"    healthcheck: {health}\n    restart: always\n{rest}"
    )


def pid(project: ComposeProject, name: str) -> int:
    return int(project.docker("inspect", "--format", "{{.State.Pid}}", project.container(name)))


def states(inside: Inside, number: int) -> set[str]:
    return {process.state for process in inside.processes(number)}


def test_a_hang_is_noticed_by_a_check_that_asks_and_by_no_other(project: ComposeProject, base_image: str) -> None:
    project.write(
        service(base_image, "asked", SERVER, ASKS)
        + service(base_image, "patient", front("asked", limited=True), rest="    depends_on: [asked]\n")
        + service(base_image, "joined", SERVER, ASKS)
        + service(base_image, "endless", front("joined", limited=False), rest="    depends_on: [joined]\n")
        + service(base_image, "looked", SERVER, LOOKS)
        + service(base_image, "seldom", SERVER, LOOKS, interval="40s")
    )
    project.run("up", "--no-wait")
    project.docker("compose", "-f", str(project.file), "up", "--detach", "--wait", "asked", "joined", "looked")
    for name in ("patient", "endless"):  # they have no check that could be waited for
        project.docker("exec", project.container(name), "node", "-e", KNOCK)
    before = {name: pid(project, name) for name in ("asked", "joined", "looked", "patient", "endless")}
    done = project.run("drill", "--only", "hang", "--json")
    told = json.loads(done.stdout)
    found: dict[str, Any] = {verdict["service"]: verdict for verdict in told["verdicts"]}
    assert {name: (v["verdict"], v["cause"]) for name, v in found.items()} == {
        "asked": ("PASS", None),
        "joined": ("WARN", "no-timeout"),
        "looked": ("FAIL", "probe-broken"),
        "patient": ("SKIP", None),
        "endless": ("SKIP", None),
        "seldom": ("SKIP", None),
    }
    assert done.returncode == 1
    assert found["looked"]["confidence"] == "certain"
    assert "only --deep waits so long" in found["seldom"]["summary"]
    assert "endless" in found["joined"]["summary"]
    assert any("patient (503" in note for note in found["asked"]["notes"])
    noticed = found["asked"]["figures"]
    # Two probes must have hit their limit of three seconds, whatever else the machine does.
    assert 6 <= noticed["noticed_s"] <= noticed["computed_s"] + 4 + 3
    # Nobody was restarted, nobody is left frozen.
    assert {name: pid(project, name) for name in before} == before
    assert told["unrestored"] == []
    with opened(project.name) as inside:
        assert all(STOPPED not in states(inside, number) for number in before.values())


def test_who_is_frozen_goes_on_when_the_drill_is_killed(project: ComposeProject, base_image: str) -> None:
    project.write(service(base_image, "looked", SERVER, LOOKS, interval="7s"))
    project.docker("compose", "-f", str(project.file), "up", "--detach", "--wait")
    number = pid(project, "looked")
    with opened(f"{project.name}-test") as inside, project.start("drill", "--only", "hang") as drill:
        until(lambda: STOPPED in states(inside, number))
        drill.kill()
        killed = time.monotonic()
        until(lambda: STOPPED not in states(inside, number))
        assert time.monotonic() - killed < 5
        assert pid(project, "looked") == number
        until(lambda: not project.docker("ps", "-aq", "--filter", f"label=seatrial.helper={project.name}"))


def test_who_is_frozen_goes_on_when_the_helper_is_taken_away(project: ComposeProject, base_image: str) -> None:
    project.write(service(base_image, "looked", SERVER, LOOKS, interval="500ms").replace("retries: 2", "retries: 1"))
    project.docker("compose", "-f", str(project.file), "up", "--detach", "--wait")
    number = pid(project, "looked")
    with opened(f"{project.name}-test") as inside, project.start("drill", "--only", "hang", "--json") as drill:
        until(lambda: STOPPED in states(inside, number))
        project.docker("rm", "--force", project.docker("ps", "-q", "--filter", f"label=seatrial.helper={project.name}"))
        assert drill.stdout is not None
        (verdict,) = json.loads(drill.stdout.read())["verdicts"]
        assert verdict["verdict"] == "ERROR"
        assert STOPPED not in states(inside, number)


def until(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
