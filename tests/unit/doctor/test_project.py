"""Env file, ports, users, checkouts and what was left behind, judged by what was seen."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.doctor.finding import Status
from seatrial.doctor.project import checkouts, env_file, environment, left_over, listeners, ports, user_ids, watch_rules
from seatrial.doctor.project.env_file import State
from seatrial.doctor.project.left_over import Left
from seatrial.doctor.project.user_ids import Mounted
from seatrial.engine.inside.listeners import UnreachablePort
from seatrial.engine.observed import Container, Snapshot
from seatrial.env.examination import Examination
from seatrial.env.git import Tracking
from seatrial.env.problem import Problem, Severity
from seatrial.errors import ConfigurationInvalid
from seatrial.lifecycle.ports.culprit import Culprit
from seatrial.lifecycle.ports.preflight import Taken
from seatrial.lifecycle.ports.wanted import Wish
from seatrial.lifecycle.unreachable import Unreachable
from seatrial.project import Project
from seatrial.stack import Service, Stack
from unit.doctor.found import only

ENV = State(Path("/shop/.env"), ".env", 0o600, Tracking.IGNORED, Path("/shop/.gitignore"), 2, "/.env")


def state(**more: object) -> State:

    return replace(ENV, **more)  # type: ignore[arg-type]


def test_an_env_file_that_others_can_read_is_closed() -> None:
    found = only(env_file.permissions(state(mode=0o644)))
    assert found.status is Status.WARNING
    assert found.remedy
    assert found.remedy.commands == (("chmod", "600", "/shop/.env"),)
    assert only(env_file.permissions(ENV)).status is Status.OK


def test_without_git_nothing_is_said_of_repositories() -> None:
    lost = replace(ENV, tracking=Tracking.UNKNOWN, repository=True)
    assert only(env_file.ignored(lost)).found == "git cannot be asked"
    assert only(env_file.ignored(replace(lost, repository=False))).found == "it lies in no git repository"


def test_an_env_file_that_git_would_take_is_ignored_behind_what_is_there() -> None:
    found = only(env_file.ignored(state(tracking=Tracking.NOT_IGNORED)))
    assert found.remedy
    (change,) = found.remedy.changes
    assert (change.file, change.at, change.added) == (Path("/shop/.gitignore"), 2, ("/.env",))


def test_a_committed_env_file_is_a_failure_that_no_program_can_mend() -> None:
    found = only(env_file.ignored(state(tracking=Tracking.TRACKED)))
    assert found.status is Status.FAILURE
    assert found.remedy is None
    assert "change the passwords" in found.fix


def test_an_env_file_that_a_schema_describes_is_missed() -> None:
    assert only(env_file.presence(State(None, wanted="env/.env"))).fix == "env.init"
    assert only(env_file.presence(State(None))).status is Status.OK
    assert only(env_file.permissions(State(None))).status is Status.SKIPPED
    assert only(env_file.ignored(state(tracking=Tracking.UNKNOWN))).status is Status.SKIPPED


def problem(rule: str, severity: Severity) -> Problem:
    return Problem(".env", 1, "A", rule, "it is wrong", "mend it", severity)


def test_problems_of_the_environment_are_told_by_how_much_they_matter() -> None:
    problems = (problem("X", Severity.ERROR), problem("Y", Severity.WARNING), problem("Z", Severity.WARNING))
    wrong, odd = environment.judge(Examination(problems=problems))
    assert (wrong.status, wrong.fix) == (Status.FAILURE, "mend it")
    assert odd.status is Status.WARNING
    assert odd.found.startswith("2 problems, the first: .env:1 Y")
    assert only(environment.judge(Examination())).status is Status.OK


def test_a_taken_port_is_told_with_who_has_it() -> None:
    taken = Taken(Wish("web", 80, 80, 80), 80)
    found = only(ports.judge([(taken, Culprit("process 7 (nginx)", "kill 7"))], [], 1))
    assert found.found == "web: port 80 is taken by process 7 (nginx)"
    assert found.fix.startswith("kill 7\n")
    assert only(ports.judge([], [], 1)).status is Status.OK


def mounted(user: str | None, owner: int | None, mode: int = 0o755) -> Mounted:
    return Mounted("a", "/shop/data", "/data", user, owner, 1000, stat.S_IFDIR | mode)


@pytest.mark.parametrize(
    ("mount", "words"),
    [
        (mounted("1000", 0), "a runs as 1000, and data belongs to uid 0"),
        (mounted("node", 0), "a runs as node"),
        (mounted("", 1000), "a runs as root, and data belongs to uid 1000"),
        (mounted("", None), "data is not there"),
        (mounted("1000", 1000), ""),
        (mounted("1000", 0, 0o777), ""),
        (mounted("5:1000", 0, 0o775), ""),
        (mounted("somebody", 0), ""),
        (mounted(None, 1000), ""),
        (mounted("", 0), ""),
    ],
)
def test_who_writes_is_held_against_who_owns(mount: Mounted, words: str) -> None:
    found = only(user_ids.judge((mount,), (), Path("/shop"), mapped=False))
    assert (found.status is Status.WARNING) is bool(words)
    assert words in found.found


def test_services_that_share_a_mount_are_reported_together() -> None:
    missing = [Mounted(name, "/shop/dags", "/dags", user, None) for name, user in (("web", "7:0"), ("init", "0:0"))]
    others = [Mounted(name, "/shop/logs", "/logs", "7", 1000) for name in ("web", "init")]
    first, second = user_ids.judge((*missing, *others), (), Path("/shop"), mapped=False)
    assert (first.found, first.services) == ("web, init: dags is not there, and is mounted at /dags", ("web", "init"))
    assert second.found == "web, init run as 7, and logs belongs to uid 1000"


def test_where_users_are_mapped_numbers_say_nothing() -> None:
    assert only(user_ids.judge((mounted("1000", 0),), (), Path("/shop"), mapped=True)).status is Status.SKIPPED


def test_mounts_that_are_no_folders_to_write_into_are_left_out(tmp_path: Path) -> None:
    volumes = [
        {"type": "bind", "source": str(tmp_path), "target": "/data"},
        {"type": "bind", "source": str(tmp_path), "target": "/conf", "read_only": True},
        {"type": "volume", "source": "data", "target": "/var"},
        {"type": "bind", "source": "/dev/null", "target": "/null"},
    ]
    (found,) = user_ids.looked({"a": {"volumes": volumes}}, {"a": "7"})
    assert (found.target, found.user, found.owner) == ("/data", "7", tmp_path.stat().st_uid)


def test_watch_rules_that_cannot_be_followed_are_told_with_their_fix() -> None:
    wrong = ConfigurationInvalid("rule 1 of web has no path", fix="give it one", detail=["compose.yaml:7"])
    found, _ = watch_rules.judge(watch_rules.Rules(refused=(wrong, wrong)), 2)
    assert found.places == ("compose.yaml:7",)
    assert (found.status, found.fix) == (Status.FAILURE, "give it one")
    assert only(watch_rules.judge(watch_rules.Rules(notes=("it watches nothing",)), 1)).status is Status.WARNING
    assert only(watch_rules.judge(watch_rules.Rules(), 2)).status is Status.OK


def test_what_a_killed_run_left_is_removed_by_name() -> None:
    found = only(left_over.judge(Left(("seatrial-helper-1",), ("seatrial-doctor-2",))))
    assert found.remedy
    assert found.remedy.commands == (
        ("docker", "rm", "--force", "--volumes", "seatrial-helper-1"),
        ("docker", "network", "rm", "seatrial-doctor-2"),
    )
    assert only(left_over.judge(Left())).status is Status.OK


def test_containers_of_another_folder_are_a_failure(tmp_path: Path) -> None:
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    stack = Stack("shop", (Service("web"),), resolved=json.dumps({}))
    other = Container("1", "shop-web-1", "web", "running", folder="/elsewhere", files=("/elsewhere/compose.yaml",))
    found = only(checkouts.judge(project, stack, Snapshot((other,))))
    assert found.status is Status.FAILURE
    assert "/elsewhere" in found.found
    assert only(checkouts.judge(project, stack, Snapshot())).status is Status.OK


def test_a_service_that_nobody_reaches_is_a_warning_with_its_fix() -> None:
    found = only(listeners.judge((Unreachable("api", UnreachablePort(5000, ("127.0.0.1:5000",))),)))
    assert (found.status, found.services) == (Status.WARNING, ("api",))
    assert found.fix.startswith("bind to 0.0.0.0")
    assert only(listeners.judge(())).status is Status.OK
