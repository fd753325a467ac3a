"""Who does the work in a container, and who stands between it and the engine's signal."""

from __future__ import annotations

import pytest

from seatrial.drill.service.anatomy import Anatomy, anatomy, is_runner
from seatrial.engine.inside import Process, Socket


def process(inner: int, *command: str, parent: int = 0, state: str = "S", name: str = "") -> Process:
    host, above = 1000 + inner, 1000 + parent if parent else 1
    return Process(host, inner, above, state, name or (command[0] if command else "sh"), command, 0, 0, 0, 0, 7)


def listener(inner: int, port: int = 8080) -> Socket:
    return Socket("LISTEN", "0.0.0.0", port, "0.0.0.0", 0, (1000 + inner,))  # noqa: S104  as the kernel tells it


def chain(found: Anatomy) -> list[int]:
    return [process.inner_pid for process in found.chain]


SH, TINI = ("sh", "-c", "node a.js; echo"), ("/sbin/docker-init", "--", "sh")
NPM, NODE = ("npm start",), ("node", "a.js")


@pytest.mark.parametrize(
    ("commands", "between"),
    [
        ([NODE], []),
        ([TINI, NODE], []),
        ([SH, NODE], [1]),
        ([TINI, SH, NODE], [2]),
        ([NPM, SH, NODE], [1, 2]),
        ([("node", "--run", "start"), NODE], [1]),
        ([("tail", "-f", "/dev/null"), NODE], [1]),
    ],
)
@pytest.mark.parametrize("seen", [True, False], ids=["listening", "no socket"])
def test_everybody_above_the_worker_but_an_init_must_pass_the_signal_on(
    commands: list[tuple[str, ...]], between: list[int], seen: bool
) -> None:
    processes = [process(n, *command, parent=n - 1) for n, command in enumerate(commands, start=1)]
    found = anatomy(processes, [listener(len(commands))] if seen else [], 8080)
    assert found.workload == processes[-1]
    assert [process.inner_pid for process in found.between] == between


def test_the_one_who_listens_on_the_port_does_the_work_whoever_listens_elsewhere() -> None:
    processes = [process(1, "master"), process(2, "worker", parent=1), process(3, "metrics", parent=1)]
    found = anatomy(processes, [listener(3, 9100), listener(2)], 8080)
    assert chain(found) == [1, 2]


def test_of_several_who_share_a_socket_the_one_above_is_meant() -> None:
    processes = [process(1, "gunicorn"), process(2, "gunicorn", parent=1)]
    shared = Socket("LISTEN", "::", 8080, "::", 0, (1002, 1001))
    assert chain(anatomy(processes, [shared], 8080)) == [1]


def test_a_shell_with_two_children_is_not_guessed_at() -> None:
    processes = [process(1, *SH), process(2, "a", parent=1), process(3, "b", parent=1)]
    assert chain(anatomy(processes)) == [1]


def test_a_zombie_is_no_child_that_works() -> None:
    processes = [process(1, *SH), process(2, parent=1, state="Z"), process(3, *NODE, parent=1)]
    found = anatomy(processes)
    assert chain(found) == [1, 3]
    assert [zombie.inner_pid for zombie in found.zombies] == [2]


def test_where_nothing_runs_there_is_nobody() -> None:
    assert anatomy([]) == Anatomy()


@pytest.mark.parametrize(
    ("command", "runner"),
    [
        (("npm start",), True),
        (("node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "start"), True),
        (("node", "/opt/yarn/bin/yarn.js", "start"), True),
        (("node", "--watch", "a.js"), True),
        (("python", "-m", "uvicorn", "--reload", "app:app"), True),
        (("node", "a.js", "npm"), False),
        (("python", "manage.py", "runserver"), False),
        ((), False),
    ],
)
def test_package_managers_and_watchers_are_known_by_what_they_run(command: tuple[str, ...], runner: bool) -> None:
    assert is_runner(process(1, *command)) is runner
