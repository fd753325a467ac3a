"""What goes wrong in an `up`: it is told at once, with its cause and the way out, and what can run does."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from e2e.engine_events import listening
from e2e.engine_socket import proxied

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

NEVER = "    healthcheck: {test: [CMD, 'false'], interval: 1h}\n"


def sleeper(name: str, image: str, more: str = "") -> str:
    return f"  {name}:\n    image: {image}\n    command: [sleep, '1000']\n    init: true\n{more}"


def waiting(running: subprocess.Popen[str], text: str) -> None:
    """Until it has said `text`."""
    assert running.stderr is not None
    for line in running.stderr:
        if text in line:
            return
    pytest.fail(f"it never said `{text}`")


def test_a_cycle_is_refused_before_anything_is_made(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image, "    depends_on: [b]\n") + sleeper("b", base_image, "    depends_on: [a]\n"))
    done = project.run("up")
    assert done.returncode == 2
    assert "cycle" in done.stderr
    assert project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}") == ""


def test_an_unknown_service_is_told_with_those_that_exist(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("web", base_image))
    done = project.run("up", "--service", "wbe")
    assert done.returncode == 2
    assert "no service `wbe`" in done.stderr
    assert "web" in done.stderr


def test_a_failed_one_shot_is_told_and_what_does_not_need_it_runs(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  migrate:\n    image: {base_image}\n    command: [sh, -c, 'echo no table; exit 3']\n"
        + sleeper("api", base_image, "    depends_on: {migrate: {condition: service_completed_successfully}}\n")
        + sleeper("db", base_image, "    healthcheck: {test: [CMD, 'true'], interval: 1h}\n")
        + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
    )
    done = project.run("up", "--json")
    assert done.returncode == 1
    (failure,) = json.loads(done.stdout)["failures"]
    assert (failure["service"], failure["exit_code"], failure["waits"]) == ("migrate", 3, ["api"])
    assert "no table" in failure["log"]
    states = project.docker("inspect", "-f", "{{.State.Status}}", project.container("web"), project.container("api"))
    assert states.split() == ["running", "created"]


def test_a_dependency_that_is_not_required_may_fail(project: ComposeProject, base_image: str) -> None:
    project.write(
        f"  seed:\n    image: {base_image}\n    command: ['false']\n"
        + sleeper(
            "api", base_image,
            "    depends_on: {seed: {condition: service_completed_successfully, required: false}}\n",
        )
    )  # fmt: skip
    done = project.run("up")
    assert done.returncode == 1  # the one that failed is told
    assert project.docker("inspect", "-f", "{{.State.Status}}", project.container("api")) == "running"


def test_unhealthy_for_a_while_is_no_failure(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper(
            "a", base_image,
            "    volumes: ['./gate:/gate']\n"
            "    healthcheck: {test: [CMD, test, -f, /gate/open], interval: 1500ms, retries: 1}\n",
        )
    )  # fmt: skip
    (project.folder / "gate").mkdir()
    unhealthy = (f"container={project.container('a')}", "event=health_status: unhealthy")
    with listening(*unhealthy) as heard, project.start("up") as up:
        assert next(heard)
        (project.folder / "gate" / "open").touch()
        _, err = up.communicate(timeout=60)
    assert up.returncode == 0, err


def test_a_health_command_that_is_not_in_the_image_is_named_when_its_retries_are_over(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        sleeper("a", base_image, "    healthcheck: {test: [CMD, nonesuch, '--ping'], interval: 2s, retries: 2}\n")
        + sleeper("b", base_image, "    healthcheck: {test: 'nonesuch --ping', interval: 2s, retries: 2}\n")
    )
    done = project.run("up", "--json")
    assert done.returncode == 1
    reasons = {failure["service"]: failure["reason"] for failure in json.loads(done.stdout)["failures"]}
    assert set(reasons.values()) == {"its health check cannot run: `nonesuch` is not in the image"}


def test_a_dependency_without_a_check_can_never_be_healthy(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("db", base_image) + sleeper("web", base_image, "    depends_on: {db: {condition: service_healthy}}\n")
    )
    done = project.run("up")
    assert done.returncode == 1
    assert "web: waits for db to be healthy, and db has no health check" in done.stderr
    assert "condition: service_started" in done.stderr


@pytest.mark.parametrize("act", [["rm", "-f"], ["kill"]])
def test_a_container_that_somebody_takes_away_meanwhile_is_missed(
    act: list[str], project: ComposeProject, base_image: str
) -> None:
    project.write(sleeper("a", base_image, NEVER))
    with project.start("up", "--timeout", "6") as running:
        waiting(running, "a: health: starting")
        project.docker(*act, project.container("a"))
        _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert ("no container" if act == ["rm", "-f"] else "exited with code 137") in err


def test_with_the_engine_gone_meanwhile_it_ends_with_4(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    way = tmp_path / "engine.sock"
    project.environ["DOCKER_HOST"] = f"unix://{way}"
    project.write(sleeper("a", base_image, NEVER))
    with proxied(way) as door, project.start("up") as running:
        waiting(running, "a: health: starting")
        door.shut()
        _, err = running.communicate(timeout=60)
    assert running.returncode == 4
    assert "Traceback" not in err
    assert "restarted" not in err


def test_with_the_engine_restarted_meanwhile_it_ends_with_4_and_the_next_up_goes_on(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    way = tmp_path / "engine.sock"
    project.environ["DOCKER_HOST"] = f"unix://{way}"
    project.write(sleeper("a", base_image, "    healthcheck: {test: [CMD, test, -f, /ok], interval: 1h}\n"))
    with proxied(way) as door, project.start("up") as running:
        waiting(running, "a: health: starting")
        door.shut()
        with proxied(way):
            _, err = running.communicate(timeout=60)
            assert running.returncode == 4
            assert "the engine was restarted meanwhile" in err
            assert "run `up` again" in err
            project.docker("exec", project.container("a"), "touch", "/ok")
            assert project.run("up").returncode == 0


@pytest.mark.parametrize("ahead_s", [-7200, 7200])
def test_an_engine_whose_clock_is_far_off_is_no_trouble(
    ahead_s: int, project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    way = tmp_path / "engine.sock"
    project.environ["DOCKER_HOST"] = f"unix://{way}"
    project.write(
        sleeper("a", base_image, "    healthcheck: {test: [CMD, 'true'], interval: 1s}\n")
        + sleeper("b", base_image, "    depends_on: {a: {condition: service_healthy}}\n")
    )
    with proxied(way, ahead_s):
        began = time.monotonic()
        done = project.run("up", "--json")
        took_s = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    ready = [one["ready_s"] for one in json.loads(done.stdout)["services"]]
    assert all(at_s is not None and 0 < at_s <= took_s for at_s in ready), ready


def test_a_second_up_waits_and_says_for_whom(project: ComposeProject, base_image: str) -> None:
    project.write(sleeper("a", base_image, NEVER))
    with project.start("up", "--timeout", "100") as first:
        waiting(first, "a: health: starting")
        second = project.run("up", "--timeout", "1")
        assert second.returncode == 2
        assert f"`up` (process {first.pid}) is busy with project {project.name}" in second.stderr


def test_an_interrupt_says_what_runs(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("a", base_image, NEVER)
        + sleeper("b", base_image, "    depends_on: {a: {condition: service_healthy}}\n")
    )
    with project.start("up") as running:
        waiting(running, "a: health: starting")
        running.terminate()
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "1 of 2 services run: a" in err


def test_a_full_disk_is_called_so(project: ComposeProject, base_image: str) -> None:
    project.write(
        sleeper("a", base_image, "    volumes: ['small:/usr/local/bin']\n"),
        "volumes: {small: {driver_opts: {type: tmpfs, device: tmpfs, o: size=8k}}}",
    )
    done = project.run("up")
    assert done.returncode == 1
    assert "a disk or volume of the engine is full" in done.stderr
    assert "no space left on device" in done.stderr


# By service: what the engine refuses about it, and the class that it belongs to.
REFUSED = {
    "absent": ("volumes: ['./gone.conf:/etc/passwd']", "mount-kind"),
    "nested": ("volumes: ['./d:/d:ro', './d:/d/none']", "mount-point"),
    "camera": ("devices: [/dev/nope]", "device"),
    "gpu": ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", "gpu"),
    "owner": ("user: nope", "user"),
    "kernel": ("sysctls: {net.nope: '1'}", "sysctl"),
    "names": ("dns: [1.2.3]", "dns"),
    "program": ("entrypoint: [nope]", "command-missing"),
    "mode": ("entrypoint: [/etc/passwd]", "command-forbidden"),
    "scratch": ("tmpfs: '/x:nope=1'", "tmpfs-option"),
    "logs": ("logging: {driver: syslog, options: {syslog-address: 'tcp://127.0.0.1:1'}}", "log-driver"),
    "second": ("networks: {fix: {ipv4_address: 10.213.77.9}}\n    depends_on: [first]", "address-in-use"),
    "greedy": ("cpus: 999", "cpus"),
}


def test_each_refusal_of_the_engine_has_its_own_reason_and_fix_the_same_at_every_call(
    project: ComposeProject, base_image: str
) -> None:
    services = sleeper("first", base_image, "    networks: {fix: {ipv4_address: 10.213.77.9}}\n")
    services += "".join(sleeper(name, base_image, f"    {more}\n") for name, (more, _) in REFUSED.items())
    services += sleeper("inner", base_image, "    entrypoint: [nope]\n")
    services = re.sub(r"    init: true\n(    entrypoint: )", r"\1", services, count=2)
    networks = "networks: {fix: {ipam: {config: [{subnet: 10.213.77.0/24}]}}}"
    (project.folder / "d").mkdir()
    project.write(services, networks)
    # The engine refuses to create one of them, and Compose then makes no others of the same moment.
    early = json.loads(project.run("up", "--json", "--service", "greedy").stdout)["failures"]
    assert [(one["service"], one["refusal"]) for one in early] == [("greedy", "cpus")]
    project.write(services.replace("cpus: 999", "cpus: 0.5"), networks)
    told = []
    for _ in range(2):
        done = project.run("up", "--json")
        assert done.returncode == 1
        told.append({one.pop("service"): one for one in json.loads(done.stdout)["failures"]})
    first, again = told
    for inner in (
        first.pop("inner"),
        again.pop("inner"),
    ):  # its init process was started, and says what the engine would
        assert inner["reason"] == "exited with code 127: there is no program nope in the image"
    assert {name: one["refusal"] for name, one in first.items()} == {
        name: kind for name, (_, kind) in REFUSED.items() if name != "greedy"
    }
    assert all(one["exit_code"] is None and not one["log"] for one in first.values())
    assert first == again
    gone = project.folder / "gone.conf"
    assert first["absent"]["fix"].startswith(f"rmdir {gone}, put the file there")
    gone.rmdir()
    gone.write_text("root:x:0:0::/:/bin/sh\n", encoding="utf-8")
    done = project.run("up", "--service", "absent")
    assert done.returncode == 0, done.stderr


def test_hooks_around_a_start_run_at_every_start_and_a_failed_one_is_told_and_holds_up_its_dependants(
    project: ComposeProject, base_image: str
) -> None:
    version = project.docker("compose", "version", "--short").lstrip("v")
    if tuple(int(n) for n in version.split(".")[:2]) < (5, 6):
        pytest.skip("this Compose knows no pre_start")
    write = "[{command: [sh, -c, 'echo hooked >> /data/log']}]"
    project.write(
        sleeper("web", base_image, f"    volumes: ['data:/data']\n    pre_start: {write}\n")
        + sleeper("bad", base_image, "    post_start: [{command: [sh, -c, 'echo no; exit 3']}]\n")
        + sleeper("after", base_image, "    depends_on: [bad]\n"),
        "volumes: {data: {}}",
    )
    for verb in ("up", "restart"):
        done = project.run(verb, "--json")
        assert done.returncode == 1
        (failure,) = json.loads(done.stdout)["failures"]
        assert (failure["service"], failure["reason"]) == ("bad", "its post_start hook ended with exit code 3: no")
        assert "`post_start` of bad" in failure["fix"]
        assert project.docker("inspect", "-f", "{{.State.Status}}", project.container("after")) != "running"
    hooked = project.docker("exec", project.container("web"), "cat", "/data/log")
    assert hooked.split() == ["hooked", "hooked"]
