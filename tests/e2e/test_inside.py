"""Processes, sockets and signals of real containers, through the helper; and the helper leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from conftest import PREFIX, labels_of_killed_run
from e2e.engine_events import ended_in_time, listening
from seatrial.engine.inside import opened, own_image, owner
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from seatrial.engine.inside import Inside, Process

pytestmark = pytest.mark.engine

LABEL = "seatrial.helper"
HUP, TERM = 1, 15
# PID 1 becomes a program that never asks after the children it got from the shell.
ROOT = "echo ready; exec tail -f /dev/null"
# Ends when that has happened, so that it stays a zombie.
ORPHAN = "(until grep -q tail /proc/1/comm; do :; done)"


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def helpers(value: str) -> list[str]:
    return docker("ps", "-aq", "--filter", f"label={LABEL}={value}").split()


class Target:
    """A container that says `ready` when it is."""

    def __init__(self) -> None:
        self.name = f"{PREFIX}-{uuid.uuid4().hex[:8]}"

    def run(self, *arguments: str) -> None:
        docker("run", "-d", "--name", self.name, "--network", "none", *arguments)

    @property
    def pid(self) -> int:
        return int(self.inspect(".State.Pid"))

    def inspect(self, path: str) -> str:
        return docker("inspect", "--format", f"{{{{{path}}}}}", self.name)

    def until(self, said: str) -> None:
        with subprocess.Popen(["docker", "logs", "-f", self.name], stdout=subprocess.PIPE, text=True) as log:
            assert log.stdout is not None
            with ended_in_time(log):
                assert any(line.strip() == said for line in log.stdout), f"{self.name} never said {said}"


@pytest.fixture
def target() -> Iterator[Callable[..., Target]]:
    made: list[Target] = []

    def make(*arguments: str) -> Target:
        made.append(Target())  # before it runs: one that cannot be started is there all the same
        made[-1].run(*arguments)
        return made[-1]

    yield make
    for one in made:
        docker("rm", "-f", "-v", one.name)


@pytest.fixture
def shell(target: Callable[..., Target], base_image: str) -> Callable[..., Target]:
    """A container whose PID 1 is a shell with a script; it is ready when the script says so."""

    def make(script: str, *options: str) -> Target:
        made = target(*options, "--entrypoint", "sh", base_image, "-c", script)
        made.until("ready")
        return made

    return make


@pytest.fixture
def node(target: Callable[..., Target], base_image: str) -> Callable[..., Target]:
    def make(script: str, *options: str) -> Target:
        made = target(*options, "--entrypoint", "node", base_image, "-e", script)
        made.until("ready")
        return made

    return make


@pytest.fixture(scope="module")
def inside(base_image: str) -> Iterator[Inside]:
    with opened(f"{PREFIX}-inside", image=base_image) as made:
        yield made


PACK = "cd /; tar -chf - bin/busybox $(ls lib/ld-musl-* 2>/dev/null)"


@pytest.fixture(scope="module")
def bare_image(base_image: str) -> Iterator[str]:
    """An image with nothing but the program /sleep (and its linker where it needs one)."""
    packed = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", "--entrypoint", "sh", base_image, "-c", PACK],
        capture_output=True,
        check=True,
    ).stdout
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(packed)) as old, tarfile.open(fileobj=made, mode="w") as new:
        for entry in old:
            content = old.extractfile(entry)
            entry.name = entry.name.replace("bin/busybox", "sleep")
            new.addfile(entry, content)
    name = f"{PREFIX}-bare:{uuid.uuid4().hex[:8]}"
    subprocess.run(["docker", "import", "-", name], input=made.getvalue(), capture_output=True, check=True)
    yield name
    docker("image", "rm", name)


def named(processes: Sequence[Process], name: str) -> Process:
    (found,) = [process for process in processes if process.name == name]
    return found


def seen(inside: Inside, pid: int, *expected: str) -> tuple[Process, ...]:
    """The processes, once they are `NAME STATE`...; a shell says `ready` before it has become another program."""
    found: tuple[Process, ...] = ()
    for _ in range(1000):
        found = inside.processes(pid)
        if sorted(f"{process.name} {process.state}" for process in found) == sorted(expected):
            return found
    return pytest.fail(f"it stays at {found}")


def test_a_tree_is_seen_whole_with_its_zombies(inside: Inside, shell: Callable[..., Target]) -> None:
    made = shell(f"sleep 1000 & {ORPHAN} & {ROOT}", "--user", "1000:1000")
    found = seen(inside, made.pid, "tail S", "sleep S", "sh Z")
    first, zombie = named(found, "tail"), named(found, "sh")
    assert (first.pid, first.inner_pid, first.command) == (made.pid, 1, ("tail", "-f", "/dev/null"))
    assert (zombie.parent, zombie.command) == (first.pid, ())
    assert named(found, "sleep").parent == first.pid
    assert {process.uid for process in found} == {1000}


def test_masks_tell_who_handles_and_who_ignores(
    inside: Inside, node: Callable[..., Target], shell: Callable[..., Target]
) -> None:
    handles = node("process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('ready')")
    (process,) = inside.processes(handles.pid)
    assert process.catches(TERM)
    assert not process.catches(HUP)
    refuses = shell("trap : TERM; trap '' HUP; echo ready; sleep 1000; true")
    first = next(one for one in inside.processes(refuses.pid) if one.inner_pid == 1)
    assert (first.catches(TERM), first.ignores(TERM)) == (True, False)
    assert (first.catches(HUP), first.ignores(HUP)) == (False, True)
    # A handler is not handed down to a program that is started, being ignored is.
    child = named(seen(inside, refuses.pid, "sh S", "sleep S"), "sleep")
    assert (child.catches(TERM), child.ignores(HUP)) == (False, True)


def test_a_command_of_exec_belongs_to_the_container_though_its_parent_does_not(
    inside: Inside, shell: Callable[..., Target]
) -> None:
    made = shell(ROOT)
    with subprocess.Popen(
        ["docker", "exec", made.name, "sh", "-c", "echo ready; exec sleep 1000"], stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout is not None
        with ended_in_time(client):
            assert client.stdout.readline() == "ready\n"
            found = inside.processes(made.pid)
    assert len(found) == 2
    stranger = next(process for process in found if process.inner_pid != 1)
    assert stranger.parent not in {process.pid for process in found}


def test_sockets_are_told_with_both_ends_and_their_owners(inside: Inside, node: Callable[..., Target]) -> None:
    made = node(
        "const net = require('net'); net.createServer(() => {}).listen(8080, '::', () =>"
        " net.connect(8080, '127.0.0.1').on('connect', () => console.log('ready')))",
        *("--user", "1000:1000"),
    )
    found = inside.sockets(made.pid)
    listener = next(socket for socket in found if socket.state == "LISTEN")
    assert (listener.local, listener.local_port, listener.owners) == ("::", 8080, (made.pid,))
    client = next(socket for socket in found if socket.state == "ESTABLISHED" and socket.remote_port == 8080)
    assert (client.local, client.remote, client.owners) == ("127.0.0.1", "127.0.0.1", (made.pid,))


def test_a_kill_is_a_crash_to_the_engine_and_its_restart_policy_acts(
    inside: Inside, node: Callable[..., Target]
) -> None:
    made = node("setInterval(() => {}, 1e6); console.log('ready')", "--restart", "always")
    before = made.pid
    with listening(f"container={made.inspect('.Id')}", "type=container") as stream:
        assert inside.signal(before, "SIGKILL")
        heard = []
        for line in stream:
            event = json.loads(line)
            heard.append((event["Action"], event["Actor"]["Attributes"].get("exitCode", "")))
            if event["Action"] == "start":
                break
    assert heard == [("die", "137"), ("start", "")]
    assert made.inspect(".RestartCount") == "1"
    assert made.pid != before
    assert inside.processes(before) == ()


def test_a_stopped_process_is_seen_stopped_until_it_is_continued(inside: Inside, shell: Callable[..., Target]) -> None:
    made = shell(ROOT)
    seen(inside, made.pid, "tail S")
    assert inside.signal(made.pid, "SIGSTOP")
    seen(inside, made.pid, "tail T")
    assert inside.signal(made.pid, "SIGCONT")
    seen(inside, made.pid, "tail S")


def test_nothing_is_needed_in_a_target(inside: Inside, target: Callable[..., Target], bare_image: str) -> None:
    made = target("--read-only", "--entrypoint", "/sleep", bare_image, "1000")
    (process,) = inside.processes(made.pid)
    assert (process.inner_pid, process.command) == (1, ("/sleep", "1000"))
    assert inside.sockets(made.pid) == ()
    assert inside.signal(made.pid, "SIGKILL")
    assert docker("wait", made.name) == "137"


def test_what_has_ended_has_no_processes_and_takes_no_signal(inside: Inside, shell: Callable[..., Target]) -> None:
    made = shell(ROOT)
    (process,) = inside.processes(made.pid)
    assert inside.signal(process.pid, "SIGCONT", start_ticks=process.start_ticks)
    assert not inside.signal(process.pid, "SIGKILL", start_ticks=process.start_ticks + 1)
    assert made.inspect(".State.Running") == "true"
    docker("rm", "-f", made.name)
    assert inside.processes(process.pid) == ()
    assert inside.sockets(process.pid) == ()
    assert not inside.signal(process.pid, "SIGKILL")


def test_a_zombie_takes_no_signal(inside: Inside, shell: Callable[..., Target]) -> None:
    made = shell(f"{ORPHAN} & {ROOT}")
    zombie = named(seen(inside, made.pid, "tail S", "sh Z"), "sh")
    assert not inside.signal(zombie.pid, "SIGKILL")


def test_a_process_of_the_host_is_not_signalled(inside: Inside) -> None:
    with pytest.raises(HelperUnavailable, match="in no container"):
        inside.signal(2, "SIGCONT")  # kthreadd, on every Linux


def test_of_a_container_in_the_hosts_namespace_only_its_own_are_seen(
    inside: Inside, shell: Callable[..., Target]
) -> None:
    made = shell(f"sleep 1000 & {ROOT}", "--pid", "host")
    found = seen(inside, made.pid, "tail S", "sleep S")
    assert inside.signal(found[1].pid, "SIGKILL", start_ticks=found[1].start_ticks)


def test_threads_share_one_helper(inside: Inside, shell: Callable[..., Target]) -> None:
    made = [shell(ROOT) for _ in range(3)]
    pids = [one.pid for one in made]
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda number: inside.processes(pids[number % 3]), range(60)))
    assert [len(found) for found in seen] == [1] * 60
    assert [found[0].pid for found in seen] == [pids[number % 3] for number in range(60)]


def test_the_helper_is_gone_when_it_is_left_however_that_is(base_image: str) -> None:
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    with opened(value, image=base_image):
        assert len(helpers(value)) == 1
    assert helpers(value) == []
    with pytest.raises(ZeroDivisionError), opened(value, image=base_image):
        raise ZeroDivisionError
    assert helpers(value) == []
    with pytest.raises(KeyboardInterrupt), opened(value, image=base_image):
        raise KeyboardInterrupt
    assert helpers(value) == []


OPEN_AND_STAY = """
import sys
from seatrial.engine.inside import opened
with opened(sys.argv[1], image=sys.argv[2]):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_helper_is_gone_when_we_are_killed(base_image: str, sign: signal.Signals) -> None:
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    with subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_STAY, value, base_image],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # A test run in the background of a shell has ^C switched off, and hands that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as killed:
        assert killed.stdout is not None
        with ended_in_time(killed):
            assert killed.stdout.readline() == "ready\n"
            (helper,) = docker("ps", "-q", "--no-trunc", "--filter", f"label={LABEL}={value}").split()
            with listening(f"container={helper}", "event=destroy") as stream:
                os.kill(killed.pid, sign)
                assert json.loads(stream.readline())["Action"] == "destroy"
    assert helpers(value) == []


def test_what_a_killed_run_left_is_removed_and_what_others_have_is_not(base_image: str) -> None:
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    try:
        killed = labels_of_killed_run(value)
        left = docker("create", *killed, base_image, "sleep", "1000")
        running = docker("run", "-d", "--init", "--network", "none", *killed, base_image, "sleep", "1000")
        other = docker("create", *labels_of_killed_run(f"{value}-other"), base_image, "sleep", "1000")
        live = docker("create", *owner.options(value), base_image, "sleep", "1000")
        with opened(value, image=base_image):
            there = docker("ps", "-aq", "--no-trunc", "--filter", f"label={LABEL}={value}").split()
            assert len(there) == 2
            assert live in there
            assert not {left, running} & {*there}
        assert helpers(f"{value}-other") == [other[:12]]
    finally:
        docker("rm", "-f", *helpers(value), *helpers(f"{value}-other"))


def test_a_helper_that_is_taken_away_is_told_at_once(base_image: str) -> None:
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    with opened(value, image=base_image) as made:
        docker("rm", "-f", *helpers(value))
        for _ in range(2):
            with pytest.raises(HelperUnavailable, match="gone: it has ended"):
                made.processes(1)


def test_the_helper_belongs_to_no_project_even_if_its_image_does(base_image: str) -> None:
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    made = docker("create", base_image)
    docker("commit", "--change", f"LABEL com.docker.compose.project={value}", made, value)
    docker("rm", made)
    try:
        with opened(value, image=value):
            assert docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={value}") == ""
            assert len(helpers(value)) == 1
    finally:
        docker("image", "rm", value)


@pytest.fixture(scope="module")
def own() -> Iterator[str]:
    name = f"{PREFIX}-own:{uuid.uuid4().hex[:8]}"
    own_image.assemble(name)
    yield name
    docker("image", "rm", name)


@pytest.mark.skipif(sys.platform != "linux", reason="only programs of Linux run in containers")
def test_an_image_of_this_machines_own_programs_does_it_all(node: Callable[..., Target], own: str) -> None:
    made = node("require('net').createServer().listen(8080, () => console.log('ready'))", "--user", "1000:1000")
    with opened(f"{PREFIX}-own", image=own) as inside:
        assert [process.pid for process in inside.processes(made.pid)] == [made.pid]
        assert made.pid in {pid for socket in inside.sockets(made.pid) for pid in socket.owners}
        assert inside.signal(made.pid, "SIGKILL")
        assert docker("wait", made.name) == "137"


@pytest.mark.skipif(sys.platform != "linux", reason="others have to pull an image")
def test_without_a_setting_an_image_is_found_or_made(shell: Callable[..., Target]) -> None:
    made = shell(ROOT)
    value = f"{PREFIX}-{uuid.uuid4().hex[:8]}"
    with opened(value) as inside:
        used = docker("inspect", "--format", "{{.Config.Image}}", *helpers(value))
        assert used == own_image.NAME or used.startswith("busybox:")
        assert [process.pid for process in inside.processes(made.pid)] == [made.pid]


def test_an_image_without_a_shell_is_told_with_the_way_out(bare_image: str) -> None:
    with (
        pytest.raises(HelperUnavailable, match=r"has no `sh` that runs here") as error,
        opened(PREFIX, image=bare_image),
    ):
        pass
    assert "helper_image" in error.value.fix
    assert helpers(PREFIX) == []


def test_an_image_that_cannot_be_had_is_told_with_its_name() -> None:
    with pytest.raises(HelperUnavailable, match="the image seatrial-test/none:1 is not on this machine"):
        opened(PREFIX, image="seatrial-test/none:1").__enter__()
