"""Reading the engine's own records."""

from __future__ import annotations

import json

from seatrial.engine import inspect
from seatrial.engine.observed import Address

RECORD = {
    "Id": "abc",
    "Name": "/shop-web-2",
    "Image": "sha256:1",
    "RestartCount": 4,
    "Config": {
        "Labels": {
            "com.docker.compose.service": "web",
            "com.docker.compose.container-number": "2",
            "com.docker.compose.config-hash": "ff",
            "com.docker.compose.oneoff": "False",
        }
    },
    "HostConfig": {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
    "State": {
        "Status": "restarting",
        "ExitCode": 137,
        "OOMKilled": True,
        "Error": "",
        "StartedAt": "2026-11-22T10:00:00.5Z",
        "FinishedAt": "2026-11-22T10:00:01Z",
        "Health": {"Status": "starting", "FailingStreak": 2, "Log": [{"ExitCode": 1, "Output": "no"}]},
    },
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "81/tcp": None}},
}


def test_a_container_record() -> None:
    (container,) = inspect.containers(json.dumps([RECORD]))
    assert (container.name, container.service, container.number) == ("shop-web-2", "web", 2)
    assert (container.state, container.exit_code, container.oom_killed) == ("restarting", 137, True)
    assert (container.restart_policy, container.restart_count, container.config_hash) == ("on-failure:3", 4, "ff")
    assert container.addresses == (Address("127.0.0.1", 8080, 80),)
    assert container.health is not None
    assert (container.health.status, container.health.failing_streak) == ("starting", 2)
    assert container.health.probes[0].output == "no"


def test_a_record_with_nothing_but_the_necessary() -> None:
    (container,) = inspect.containers(
        json.dumps([{"Id": "a", "Name": "/x", "Config": {}, "State": {"Status": "created"}}])
    )
    assert (container.state, container.health, container.addresses, container.restart_policy) == (
        "created",
        None,
        (),
        "no",
    )


def test_no_answer_is_no_container() -> None:
    assert inspect.containers("") == ()


def test_an_event_that_is_no_containers_is_left_out() -> None:
    network = {"Type": "network", "Action": "connect", "Actor": {"ID": "n"}, "timeNano": 1}
    die = {"Type": "container", "Action": "die", "timeNano": 5,
           "Actor": {"ID": "c", "Attributes": {"com.docker.compose.service": "web", "exitCode": "1"}}}  # fmt: skip
    assert inspect.event(json.dumps(network)) is None
    event = inspect.event(json.dumps(die))
    assert event is not None
    assert (event.action, event.service, event.time_ns, event.attributes["exitCode"]) == ("die", "web", 5, "1")


def test_the_runner_of_a_hook_is_no_replica() -> None:
    labels = {"com.docker.compose.service": "web", "com.docker.compose.hook": "pre_start"}
    item = {"Id": "a", "Name": "/shop-web-pre_start-0", "State": {"Status": "exited"}, "Config": {"Labels": labels}}
    (found,) = inspect.containers(json.dumps([item]))
    assert found.one_off
