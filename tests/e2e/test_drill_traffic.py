"""Real containers are stopped under load: exit code and seconds are alike for both twins, requests tell them apart."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.traffic.classify import classify
from seatrial.drill.traffic.generator import Traffic
from seatrial.drill.traffic.request import Target
from seatrial.drill.traffic.trial import try_out
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from conftest import ComposeProject
    from seatrial.drill.traffic.classify import Classes
    from seatrial.drill.traffic.request import Trial

pytestmark = pytest.mark.engine

SERVER = """
const server = require('http').createServer((ask, answer) => ask.resume().on('end', () => answer.end('ok')))
server.listen(8080)
process.on('SIGTERM', () => { console.log('asked to stop at', Date.now()); STOP })
"""
GRACEFUL = "server.close(() => process.exit(0))"
ABRUPT = "process.exit(0)"


def service(image: str, stop: str) -> str:
    check = "require('http').get('http://127.0.0.1:8080', (a) => process.exit(a.statusCode === 200 ? 0 : 1))"
    return (
        f"    image: {image}\n    command: {json.dumps(['node', '-e', SERVER.replace('STOP', stop)])}\n"
        f"    healthcheck: {{test: {json.dumps(['CMD', 'node', '-e', check])}, interval: 1s}}\n"
    )


def asked_ns(line: str) -> int:
    """When the server was asked to stop, by its own clock, which is ours: the line may be on its way for long."""
    said, _, milliseconds = line.strip().rpartition(" ")
    assert said == "asked to stop at"
    return int(milliseconds) * 1_000_000


def stopped(project: ComposeProject, name: str) -> tuple[Trial, Classes, int]:
    """What was tried, what became of the requests, and the exit code."""
    container = project.container(name)
    networks = json.loads(project.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", container))
    target = Target(next(iter(networks.values()))["IPAddress"], 8080)
    trial = try_out(target)
    with Traffic(target, trial) as traffic:
        time.sleep(1)  # the load before is measured too
        held = traffic.hold()
        with (
            subprocess.Popen(["docker", "logs", "-f", container], stdout=subprocess.PIPE, text=True) as log,
            subprocess.Popen(["docker", "stop", container], stdout=subprocess.DEVNULL) as stop,
        ):
            assert log.stdout is not None
            signal_ns = asked_ns(log.stdout.readline())
            time.sleep(0.2)  # whoever drains waits for what is held
            traffic.release()
            assert stop.wait(20) == 0
        requests = traffic.finish()
    assert held == 3
    state = json.loads(project.docker("inspect", "-f", "{{json .State}}", container))
    return trial, classify(requests, signal_ns, nanoseconds(state["FinishedAt"])), state["ExitCode"]


def test_two_twins_that_both_exit_with_0_are_told_apart(project: ComposeProject, base_image: str) -> None:
    project.write(f"  graceful:\n{service(base_image, GRACEFUL)}  abrupt:\n{service(base_image, ABRUPT)}")
    up = project.run("up")
    assert up.returncode == 0, up.stdout

    trial, classes, code = stopped(project, "graceful")
    assert (trial.error, trial.kept, trial.capacity, code) == ("", 6, 3, 0)
    assert not classes.before.lost
    assert not classes.in_flight.lost
    # The two that were held; and what a busy machine had not answered yet.
    assert classes.in_flight.ok >= 2
    assert classes.half_head.kinds == {"ok": 1}
    assert len(classes.new.lost) <= 1  # one may stand in the accept queue as the listener closes

    _, classes, code = stopped(project, "abrupt")
    assert code == 0
    assert len([lost for lost in classes.in_flight.lost if lost.lane == "straddle-body"]) == 2
    assert classes.half_head.ok == 0
