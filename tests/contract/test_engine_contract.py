"""One suite for the engine without Docker and for the real one: what a plan relies on must hold for both."""

from __future__ import annotations

import io
import tarfile
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.engine import PathStat, UpRequest
from seatrial.engine.by_client import ByClient
from seatrial.engine.memory import MemoryEngine, Script
from seatrial.engine.observed import Health
from seatrial.engine.whales import WhalesEngine
from seatrial.errors import ContainerGone, RunFailed
from seatrial.project import Project
from seatrial.stack import Dependency, HealthCheck, Service, Stack

if TYPE_CHECKING:
    from conftest import ComposeProject
    from seatrial.engine import Engine, EventStream
    from seatrial.engine.observed import Event

LIMIT_S = 60
SERVICES = """
  db:
    image: {image}
    command: [sh, -c, "echo one; echo two; exec sleep 1000"]
    init: true
    volumes: ["data:/data"]
    healthcheck: {{test: ["CMD", "true"], interval: 500ms}}
  web:
    image: {image}
    command: [sleep, "1000"]
    init: true
    depends_on: {{db: {{condition: service_healthy}}}}
  once:
    image: {image}
    command: ["false"]
"""


class Subject:
    """An engine under test with the project that it has."""

    def __init__(self, engine: Engine, project: Project, name: str) -> None:
        self.engine, self.project, self.name = engine, project, name
        self.stack = engine.stack(project)

    def up(self, *services: str) -> None:
        list(self.engine.up(self.project, UpRequest(services=services)))

    def states(self) -> dict[str, str]:
        return {c.service: c.state for c in self.engine.snapshot(self.name).containers}


def until(events: EventStream, *wanted: str) -> list[Event]:
    """What happens up to the last of `wanted`, each `SERVICE ACTION`."""
    seen: list[Event] = []
    end = time.monotonic() + LIMIT_S
    while not set(wanted) <= {f"{event.service} {event.action}" for event in seen}:
        assert time.monotonic() < end, seen
        seen += events.wait(10)
    return seen


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.engine)])
def subject(request: pytest.FixtureRequest, project: ComposeProject, base_image: str) -> Subject:
    project.write(SERVICES.format(image=base_image), "volumes: {data: {}}")
    where = Project(project.folder, (project.file,))
    if request.param == "real":
        return Subject(WhalesEngine(), where, project.name)
    model = Stack(
        project.name,
        (
            Service("db", base_image, healthcheck=HealthCheck(("CMD", "true"), 0.5)),
            Service("once", base_image),
            Service("web", base_image, depends_on=(Dependency("db", "service_healthy"),)),
        ),
        (f"{project.name}_data",),
    )
    scripts = {"db": Script(health=Health("healthy"), log=("one", "two")), "once": Script("exited", exit_code=1)}
    return Subject(MemoryEngine(model, scripts), where, project.name)


def test_the_model_names_services_edges_and_volumes(subject: Subject) -> None:
    assert sorted(subject.stack.names) == ["db", "once", "web"]
    assert subject.stack.service("web").depends_on == (Dependency("db", "service_healthy"),)
    assert subject.stack.volumes == (f"{subject.name}_data",)


def test_up_makes_containers_that_carry_the_hash_that_is_wanted(subject: Subject) -> None:
    subject.up()
    wanted = subject.engine.config_hashes(subject.stack)
    assert {c.service: c.config_hash for c in subject.engine.snapshot(subject.name).containers} == dict(wanted)


def test_up_of_one_service_brings_its_dependencies_and_nothing_else(subject: Subject) -> None:
    subject.up("web")
    assert subject.states() == {"db": "running", "web": "running"}


def test_a_healthy_container_says_so_and_a_failed_one_keeps_its_exit_code(subject: Subject) -> None:
    with subject.engine.events(subject.name) as events:
        subject.up()
        until(events, "once die")  # `up` waits for the health that somebody needs, and for no end
    (db,) = subject.engine.snapshot(subject.name).of("db")
    (once,) = subject.engine.snapshot(subject.name).of("once")
    assert db.health is not None
    assert db.health.status == "healthy"
    assert (once.state, once.exit_code) == ("exited", 1)


def test_a_second_up_keeps_the_containers(subject: Subject) -> None:
    subject.up()
    before = {c.service: c.id for c in subject.engine.snapshot(subject.name).containers}
    subject.up()
    assert {c.service: c.id for c in subject.engine.snapshot(subject.name).containers} == before


def test_events_tell_what_happened_since_the_stream_was_opened(subject: Subject) -> None:
    with subject.engine.events(subject.name) as events:
        subject.up("db")
        seen = [event.action for event in until(events, "db health_status: healthy") if event.service == "db"]
    assert [action for action in seen if action in ("create", "start", "health_status: healthy")] == [
        "create", "start", "health_status: healthy",
    ]  # fmt: skip


def test_stop_leaves_the_containers_and_restart_starts_them_anew(subject: Subject) -> None:
    subject.up("web")
    started = subject.engine.snapshot(subject.name).of("db")[0].started_at
    subject.engine.stop(subject.project, ("web",))
    assert subject.states() == {"db": "running", "web": "exited"}
    subject.engine.restart(subject.project, ("db",))
    assert subject.states()["db"] == "running"
    assert subject.engine.snapshot(subject.name).of("db")[0].started_at > started


def test_down_removes_containers_and_keeps_volumes_unless_told(subject: Subject) -> None:
    subject.up("db")
    subject.engine.down(subject.project, volumes=False)
    assert subject.states() == {}
    assert subject.engine.volumes(subject.name) == (f"{subject.name}_data",)
    subject.engine.down(subject.project, volumes=True)
    assert subject.engine.volumes(subject.name) == ()


def test_a_volume_that_is_used_stays_and_is_reported_with_its_users(subject: Subject) -> None:
    subject.up("db")
    name = f"{subject.name}_data"
    gone = f"{subject.name}_gone"
    assert subject.engine.volume_users([name]) == {name: (f"{subject.name}-db-1",)}
    (kept,) = subject.engine.remove_volumes([gone, name])
    assert (kept.name, kept.users) == (name, (f"{subject.name}-db-1",))
    assert subject.engine.existing_volumes([gone, name]) == (name,)
    subject.engine.down(subject.project, volumes=False)
    assert subject.engine.remove_volumes([name]) == ()
    assert subject.engine.existing_volumes([name]) == ()


def test_one_container_is_stopped_and_removed_and_the_others_run_on(subject: Subject) -> None:
    subject.up("web")
    (web,) = subject.engine.snapshot(subject.name).of("web")
    with pytest.raises(RunFailed):
        subject.engine.remove_container(web.id, volumes=False)
    subject.engine.stop_container(web.id, 60, grace_s=1)
    subject.engine.stop_container(web.id, 60)  # what has ended is no error
    (ended,) = subject.engine.look([web.id])
    assert (ended.state, subject.states()["db"]) == ("exited", "running")
    subject.engine.remove_container(web.id, volumes=False)
    assert (subject.engine.look([web.id]), subject.states()) == ((), {"db": "running"})
    with pytest.raises(RunFailed):
        subject.engine.stop_container(web.id, 60)
    with pytest.raises(RunFailed):
        subject.engine.remove_container(web.id, volumes=False)


def test_a_network_that_is_used_stays_and_others_of_the_same_name_are_not_meant(subject: Subject) -> None:
    subject.up("db")
    used = [(f"{subject.name}_default", (f"{subject.name}-db-1",))]
    assert [(one.name, one.users) for one in subject.engine.remove_networks(subject.name, ("default",))] == used
    assert subject.engine.remove_networks(subject.name, ("front",)) == ()
    (db,) = subject.engine.snapshot(subject.name).of("db")
    subject.engine.stop_container(db.id, 60, grace_s=1)
    subject.engine.remove_container(db.id, volumes=False)
    assert subject.engine.remove_networks(f"{subject.name}x", ("default",)) == ()
    assert subject.engine.remove_networks(subject.name, ("default",)) == ()
    assert subject.engine.remove_networks(subject.name, ("default",)) == ()  # gone already


def test_events_of_a_stop_tell_of_the_signal_before_the_end(subject: Subject) -> None:
    subject.up("db")
    (db,) = subject.engine.snapshot(subject.name).of("db")
    with subject.engine.events(subject.name) as events:
        subject.engine.stop_container(db.id, 60)
        seen = [event for event in until(events, "db die", "db stop") if not event.action.startswith("health_status")]
    assert seen[0].action == "kill"
    assert seen[0].attributes["signal"] == "15"


def test_a_wait_for_events_can_be_ended_from_another_thread(subject: Subject) -> None:
    with subject.engine.events(subject.name) as events:
        threading.Timer(0.1, events.wake).start()
        began = time.monotonic()
        assert events.wait(20) == []
        assert time.monotonic() - began < 10


def test_compose_stops_and_restarts_single_services(subject: Subject) -> None:
    subject.up("web")
    subject.engine.stop(subject.project, ("web",), grace_s=1)
    assert subject.states() == {"db": "running", "web": "exited"}
    subject.engine.restart(subject.project, ("web",))
    assert subject.states() == {"db": "running", "web": "running"}


def test_down_leaves_what_the_model_does_not_know(subject: Subject) -> None:
    subject.up("web")
    if isinstance(subject.engine, MemoryEngine):
        subject.engine.model = replace(subject.engine.model, services=(subject.stack.service("db"),))
    else:
        text = subject.project.files[0].read_text()
        subject.project.files[0].write_text(text.replace("  web:", "  renamed:"))
    subject.engine.down(subject.project, volumes=False, grace_s=1)
    assert subject.states() == {"web": "running"}


def test_logs_are_told_in_order_and_their_tail_alone_on_request(subject: Subject) -> None:
    subject.up("db")
    (db,) = subject.engine.snapshot(subject.name).of("db")
    with subject.engine.log_lines(db.id, follow=True, since="", tail="all") as lines:
        assert [next(lines).text, next(lines).text] == ["one", "two"]  # it has said all that it will
    with subject.engine.log_lines(db.id, follow=False, since="", tail="all") as lines:
        told = list(lines)
    assert [line.text for line in told] == ["one", "two"]
    assert sorted(told, key=lambda line: line.time) == told
    assert subject.engine.log_tail(db.id, 1) == ("two",)


def test_a_project_of_another_name_has_nothing(subject: Subject) -> None:
    subject.up("db")
    assert subject.engine.snapshot("no-such-project").containers == ()
    assert subject.engine.volumes("no-such-project") == ()


def test_execute_gives_the_exit_code_of_the_command(subject: Subject) -> None:
    subject.up("db")
    assert subject.engine.execute(subject.project, "db", ("true",), tty=False) == 0
    assert subject.engine.execute(subject.project, "db", ("false",), tty=False) == 1


def test_values_are_what_compose_sees_and_unset_is_not_empty(subject: Subject) -> None:
    if isinstance(subject.engine, MemoryEngine):
        subject.engine.variables = {"EMPTY": "", "DOLLAR": "a$b"}
    else:
        env_file = subject.project.directory / ".env"
        env_file.write_text("EMPTY=\nDOLLAR='a$b'\n")
    told = subject.engine.values(subject.project, ("EMPTY", "DOLLAR", "NOWHERE"))
    assert told == {"EMPTY": "", "DOLLAR": "a$b", "NOWHERE": None}


def test_the_environment_of_a_container_can_be_told(subject: Subject) -> None:
    subject.up("db")
    (db,) = subject.engine.snapshot(subject.name).of("db")
    told = subject.engine.environments([db.id])
    assert set(told) == {db.id}
    assert subject.engine.environments([]) == {}


def test_a_stack_that_has_containers_is_known_by_its_labels(subject: Subject) -> None:
    assert subject.engine.stacks_by_label(subject.project) == ()
    subject.up("web")
    (told,) = subject.engine.stacks_by_label(subject.project)
    assert (told.name, told.names) == (subject.name, ("db", "web"))
    assert told.service("web").depends_on == subject.stack.service("web").depends_on
    assert subject.engine.stacks_by_label(replace(subject.project, name=subject.name)) == (told,)
    assert subject.engine.stacks_by_label(replace(subject.project, name="no-such-project")) == ()


def test_by_labels_a_stack_is_ended_without_its_files(subject: Subject) -> None:
    subject.up("web")
    standing = replace(subject.project, name=subject.name, by_labels=True)
    subject.project.files[0].write_text("no compose file any more")
    assert subject.engine.execute(standing, "web", ("true",), tty=False) == 0
    subject.engine.stop(standing, ("web",))
    assert subject.states() == {"db": "running", "web": "exited"}
    subject.engine.down(standing, volumes=True)
    assert (subject.states(), subject.engine.volumes(subject.name)) == ({}, ())


def archive(*members: tuple[str, bytes, str]) -> list[bytes]:
    """A tar in pieces; each member is a kind of tarfile's, a name, and the content or the text of a link."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        for name, type_, content in members:
            header = tarfile.TarInfo(name)
            header.type, header.mode, header.uid, header.gid = type_, 0o750, 7, 8
            header.linkname = content if type_ == tarfile.SYMTYPE else ""
            header.size = len(content) if type_ == tarfile.REGTYPE else 0
            tar.addfile(header, io.BytesIO(content.encode()))
    whole = text.getvalue()
    return [whole[:700], whole[700:]]


def names_in(subject: Subject, container_id: str, path: str) -> dict[str, tuple[int, int, int]]:
    with subject.engine.fetch(container_id, path) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        return {one.name: (one.mode & 0o7777, one.uid, one.gid) for one in tar}


def test_an_archive_is_extracted_with_its_owners_whether_the_container_runs_or_not(subject: Subject) -> None:
    subject.up("db")
    (db,) = subject.engine.snapshot(subject.name).of("db")
    subject.engine.put(db.id, "/", archive(("srv", tarfile.DIRTYPE, "")), 30)
    members = (
        ("a", tarfile.DIRTYPE, ""), ("a/b", tarfile.REGTYPE, "one"), ("c", tarfile.SYMTYPE, "a"),
    )  # fmt: skip
    subject.engine.put(db.id, "/srv", archive(*members), 30)
    assert subject.engine.path_in(db.id, "/srv/a/b") == PathStat("file", 0o750, 3)
    found = subject.engine.path_in(db.id, "/srv/c")
    assert found is not None
    assert (found.kind, found.leads_to) == ("link", "/srv/a")
    assert subject.engine.path_in(db.id, "/srv/no") is None
    assert names_in(subject, db.id, "/srv/a") == {"a": (0o750, 7, 8), "a/b": (0o750, 7, 8)}
    subject.engine.stop_container(db.id, 60, grace_s=1)
    subject.engine.put(db.id, "/srv/c", archive(("d", tarfile.DIRTYPE, "")), 30)  # through the link
    for name, kind in (("b", tarfile.DIRTYPE), ("d", tarfile.REGTYPE)):  # nothing takes the place of another kind
        with pytest.raises(RunFailed):
            subject.engine.put(db.id, "/srv/a", archive((name, kind, "")), 30)
    kinds = [found.kind for name in "bd" if (found := subject.engine.path_in(db.id, f"/srv/a/{name}"))]
    assert kinds == ["file", "folder"]


def test_archives_of_what_is_not_there_say_so(subject: Subject) -> None:
    subject.up("once")
    (once,) = subject.engine.snapshot(subject.name).of("once")
    with pytest.raises(RunFailed), subject.engine.fetch(once.id, "/no/such"):
        pass
    with pytest.raises(RunFailed):
        subject.engine.put(once.id, "/no/such", archive(("a", tarfile.REGTYPE, "")), 30)
    gone = "0" * 64
    with pytest.raises(ContainerGone):
        subject.engine.put(gone, "/", archive(("a", tarfile.REGTYPE, "")), 30)
    with pytest.raises(ContainerGone):
        subject.engine.path_in(gone, "/")
    with pytest.raises(ContainerGone), subject.engine.fetch(gone, "/"):
        pass


def test_one_container_is_restarted_and_a_command_in_it_is_run_as_somebody_else(subject: Subject) -> None:
    subject.up("web")
    (web,) = subject.engine.snapshot(subject.name).of("web")
    subject.engine.restart_container(web.id, 60)
    (again,) = subject.engine.look([web.id])
    assert again.started_at > web.started_at
    ran = subject.engine.run(
        web.id, ["sh", "-c", "cat; id -u; pwd; echo $MORE"], 30,
        user="1000", working_dir="/tmp", environment=("MORE=more",), given=[b"given\n"],
    )  # fmt: skip
    assert ran is not None
    assert ran.exit_code == 0
    if not isinstance(subject.engine, MemoryEngine):
        assert ran.output == "given\n1000\n/tmp\nmore\n"


def test_what_containers_use_and_said_last_is_told_of_many_at_a_time(subject: Subject) -> None:
    with subject.engine.events(subject.name) as events:
        subject.up()
        until(events, "once die")
    ids = {c.service: c.id for c in subject.engine.snapshot(subject.name).containers}
    with subject.engine.log_lines(ids["db"], follow=True, since="", tail="all") as lines:
        assert [next(lines).text, next(lines).text] == ["one", "two"]  # it has said all that it will
    asked = [ids["db"], "0" * 64, ids["once"], ids["web"]]
    for engine in ways_to(subject.engine):
        used = engine.usage(asked)
        assert set(used) == {ids["db"], ids["web"]}
        assert 0 < used[ids["web"]].memory_bytes < used[ids["web"]].memory_limit_bytes
        again = engine.usage([ids["web"]])[ids["web"]]
        assert (again.cores_since(used[ids["web"]]) or 0.0) < 1
        assert again.read_ns > used[ids["web"]].read_ns
        assert {i: line.text for i, line in engine.last_lines(asked).items()} == {ids["db"]: "two"}
        assert (engine.usage([]), engine.last_lines([])) == ({}, {})


def ways_to(engine: Engine) -> list[Engine]:
    """The engine as it is found, and where it is a real one also as it is reached by the client alone."""
    if isinstance(engine, MemoryEngine):
        return [engine]
    by_client = WhalesEngine()
    by_client.__dict__["asked"] = ByClient()
    return [engine, by_client]
