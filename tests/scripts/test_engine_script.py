"""scripts/engine on a private machine: real dockerds, started, broken and ended where nobody else is disturbed."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.private_machine import PrivateMachine, private_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a private machine"),
    pytest.mark.skipif(not shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/bin"), reason="no dockerd here"),
]
PID_FILE = "/run/seatrial/dockerd.pid"


@pytest.fixture
def machine() -> Iterator[PrivateMachine]:
    with private_machine() as made:
        yield made


@pytest.fixture
def running(machine: PrivateMachine) -> PrivateMachine:
    done = machine.engine("ensure")
    assert done.returncode == 0, done.stderr
    return machine


def status(machine: PrivateMachine) -> dict[str, object]:
    found = json.loads(machine.engine("status", "--json").stdout)
    assert isinstance(found, dict)
    return found


def as_nobody(machine: PrivateMachine, *arguments: str) -> tuple[int, str]:
    done = machine.run(
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "/usr/bin/python3",
        *machine.script(*arguments)[1:],
    )
    return done.returncode, done.stderr


def test_ensure_starts_an_engine_that_outlives_it_and_stop_ends_it(machine: PrivateMachine) -> None:
    done = machine.engine("ensure")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    found = status(machine)
    assert (found["state"], found["started_here"], [found["pid"]]) == ("answers", True, machine.pids("dockerd"))
    assert machine.run("test", "-s", str(found["log"])).returncode == 0

    stopped = machine.engine("stop")
    assert (stopped.returncode, stopped.stderr.splitlines()[-1]) == (0, f"dockerd (pid {found['pid']}) stopped")
    assert machine.pids("dockerd") == machine.pids("containerd") == []
    assert status(machine)["state"] in ("absent", "refused")


def test_a_second_ensure_says_nothing_and_touches_nothing(running: PrivateMachine) -> None:
    before = machine_state(running)
    again = running.engine("ensure")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine_state(running) == before


def machine_state(machine: PrivateMachine) -> tuple[list[int], str]:
    return machine.pids("dockerd"), machine.run("stat", "-c", "%Y %s", "/var/log/seatrial/dockerd.log").stdout


def test_it_can_be_started_again_after_a_stop(running: PrivateMachine) -> None:
    running.engine("stop")
    again = running.engine("ensure")
    assert again.returncode == 0, again.stderr
    assert len(running.pids("dockerd")) == 1


def test_after_a_sigkill_the_next_ensure_starts_it_again(running: PrivateMachine) -> None:
    (pid,) = running.pids("dockerd")
    running.run("kill", "-9", str(pid))
    assert not status(running)["started_here"]
    again = running.engine("ensure")
    assert again.returncode == 0, again.stderr
    assert running.pids("dockerd") not in ([], [pid])


def test_a_stale_pid_file_whose_number_another_process_has_now_is_no_hindrance(machine: PrivateMachine) -> None:
    machine.run("sh", "-c", f"mkdir -p /run/seatrial && echo 1 >{PID_FILE}")
    done = machine.engine("ensure")
    assert done.returncode == 0, done.stderr
    assert status(machine)["pid"] != 1


def test_stop_does_not_end_the_process_that_a_stale_pid_file_names(machine: PrivateMachine) -> None:
    bystander = machine.start("sh", "-c", "echo $$; read go")
    assert bystander.stdout is not None
    pid = bystander.stdout.readline().strip()
    machine.run("sh", "-c", f"mkdir -p /run/seatrial && echo {pid} >{PID_FILE}")
    done = machine.engine("stop")
    assert (done.returncode, done.stderr) == (0, "no engine started here is running\n")
    assert machine.run("kill", "-0", pid).returncode == 0
    bystander.communicate()


def test_two_at_once_start_one_engine(machine: PrivateMachine) -> None:
    both = [machine.start(*machine.script("ensure")) for _ in range(2)]
    outputs = [one.communicate(timeout=120)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], outputs
    assert len(machine.pids("dockerd")) == 1
    assert sum("dockerd runs" in text for text in outputs) == 1


def test_while_another_one_is_at_work_it_waits_and_says_so(machine: PrivateMachine) -> None:
    machine.run("mkdir", "/run/seatrial")
    other = machine.start("flock", "/run/seatrial/engine.lock", "sh", "-c", "echo locked; read go")
    assert other.stdout is not None
    assert other.stdout.readline() == "locked\n"
    waiting = machine.start(*machine.script("ensure"))
    assert waiting.stderr is not None
    assert waiting.stderr.readline() == "another scripts/engine is at work: waiting for it\n"
    assert machine.pids("dockerd") == []
    other.communicate()
    waiting.communicate(timeout=120)
    assert (waiting.returncode, len(machine.pids("dockerd"))) == (0, 1)


def test_the_engine_survives_the_end_of_the_shell_that_started_it(machine: PrivateMachine) -> None:
    ensure = shlex.join(machine.script("ensure"))
    machine.run("setsid", "--wait", "sh", "-c", f"{ensure}; kill -KILL 0")
    assert len(machine.pids("dockerd")) == 1
    assert status(machine)["state"] == "answers"


def test_an_ensure_that_was_killed_half_way_is_simply_run_again(machine: PrivateMachine) -> None:
    cut = machine.run("timeout", "--signal=KILL", "0.4", *machine.script("ensure"))
    assert cut.returncode != 0
    again = machine.engine("ensure")
    assert again.returncode == 0, again.stderr
    assert len(machine.pids("dockerd")) == 1
    assert status(machine)["started_here"]


def test_an_engine_that_someone_else_started_is_used_and_never_stopped(machine: PrivateMachine) -> None:
    machine.run("sh", "-c", "dockerd >/var/log/other.log 2>&1 &")
    done = machine.engine("ensure")
    assert done.returncode == 0, done.stderr
    pids = machine.pids("dockerd")
    assert not status(machine)["started_here"]
    stopped = machine.engine("stop")
    assert (stopped.returncode, "was not started here: left alone" in stopped.stderr) == (0, True)
    assert machine.pids("dockerd") == pids
    assert len(pids) == 1


def test_a_dockerd_that_cannot_start_shows_its_last_words_and_the_fix(machine: PrivateMachine) -> None:
    machine.run("sh", "-c", "echo '{\"no-such-setting\": 1}' >/etc/docker/daemon.json")
    done = machine.engine("ensure")
    assert done.returncode == 4
    assert done.stderr.count("error: dockerd ended with exit code 1") == 1
    assert "no-such-setting" in done.stderr
    assert "  fix: mend /etc/docker/daemon.json" in done.stderr
    assert machine.pids("dockerd") == []


def test_a_dockerd_that_runs_out_of_rights_says_so(machine: PrivateMachine) -> None:
    done = machine.run(
        "setpriv", "--bounding-set=-sys_admin,-net_admin", "--inh-caps=-sys_admin,-net_admin", *machine.script("ensure")
    )
    assert done.returncode == 4
    assert "--privileged" in done.stderr


def test_an_endpoint_elsewhere_that_does_not_answer_is_never_started_or_replaced(machine: PrivateMachine) -> None:
    done = machine.engine("ensure", DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 4
    assert "no engine answers at tcp://127.0.0.1:1 (from DOCKER_HOST)" in done.stderr
    assert "unset DOCKER_HOST" in done.stderr
    assert machine.pids("dockerd") == []


def test_a_context_is_followed_to_its_engine(running: PrivateMachine) -> None:
    running.run("docker", "context", "create", "here", "--docker", "host=unix:///run/docker.sock")
    found = json.loads(running.engine("status", "--json", DOCKER_CONTEXT="here").stdout)
    assert (found["source"], found["state"]) == ("context here", "answers")


def test_a_user_who_may_not_open_the_socket_is_told_the_group(running: PrivateMachine) -> None:
    code, said = as_nobody(running, "ensure")
    assert code == 4
    assert "this user may not open it" in said
    assert "usermod -aG docker" in said
    code, said = as_nobody(running, "stop")
    assert (code, "sudo scripts/engine stop" in said) == (1, True)


def test_a_user_without_root_is_told_how_to_start_it(machine: PrivateMachine) -> None:
    code, said = as_nobody(machine, "ensure")
    assert (code, "sudo scripts/engine ensure" in said) == (4, True)


def test_bad_arguments_show_the_usage(machine: PrivateMachine) -> None:
    done = machine.engine("start", "now")
    assert done.returncode == 2
    assert "does not know `start now`" in done.stderr
    assert "scripts/engine ensure" in done.stderr
