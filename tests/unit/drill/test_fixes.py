"""Which fixes are tried and which are proposed, by recordings of real stops and what copies might have done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.drill import causes, journal
from seatrial.drill.drills.graceful_stop import judge
from seatrial.drill.recording import Attempt, Refusal
from seatrial.drill.stop.case import Case
from seatrial.drill.stop.ended import stop
from seatrial.drill.stop.fixes import candidates, sufficient_grace_s
from seatrial.drill.verdict import Cause, Confidence, Grade
from seatrial.engine.copies import Difference
from unit.drill.looked import TERM, process

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording
    from seatrial.engine.inside import Process

REAL = {r.service: r for r in journal.read(Path(__file__).parents[2] / "data" / "recordings" / "stops.json")}
SOUND, SHELL, SLOW = REAL["node-drains"], REAL["busybox-stays"], REAL["drains-too-long"]
INT = 1 << 1


def tried(broken: Recording, *outcomes: tuple[Difference, Recording]) -> Cause:
    verdict = judge(replace(broken, attempts=tuple(Attempt(*one) for one in outcomes)))
    assert verdict.grade is Grade.FAIL
    assert verdict.cause
    return verdict.cause


def with_processes(recording: Recording, *processes: Process, command: tuple[str, ...] = ()) -> Recording:
    facts = replace(recording.subject.facts, command=command or processes[0].command)
    samples = tuple(replace(sample, processes=processes, sockets=()) for sample in recording.samples)
    return replace(recording, samples=samples, subject=replace(recording.subject, facts=facts), port=None)


def proposals(recording: Recording, cause: str) -> tuple[Difference, ...]:
    ended = stop(recording)
    assert ended
    return candidates(Case(recording, ended, lost=False), Cause(cause, ""))


def test_what_worked_on_a_copy_is_proposed_with_what_it_showed() -> None:
    cause = tried(SHELL, (Difference(command=("node", "/programs/server.js")), SOUND))
    assert (cause.id, cause.confidence) == ("shell-swallows-signal", Confidence.CERTAIN)
    assert '`command: ["node", "/programs/server.js"]` in the compose file' in cause.fix
    assert "tried on a copy of the container: stops in" in cause.fix
    assert "requests in flight lost" in cause.fix


def test_the_grace_that_is_proposed_was_measured_and_has_room() -> None:
    facts = replace(SOUND.subject.facts, stop_timeout_s=30)
    long = replace(SOUND, subject=replace(SOUND.subject, facts=facts))
    cause = tried(SLOW, (Difference(grace_s=30), long))
    used = stop(long)
    assert used
    assert cause.fix.startswith(f"stop_grace_period: {sufficient_grace_s(used.used_s or 0)}s; tried")
    assert "2 s are in force" in cause.fix


@pytest.mark.parametrize(("used_s", "grace_s"), [(0.0, 1), (0.4, 1), (0.6, 2), (3.2, 7), (4.0, 9)])
def test_less_than_half_of_a_proposed_grace_is_used(used_s: float, grace_s: int) -> None:
    assert sufficient_grace_s(used_s) == grace_s
    assert grace_s >= 1.25 * used_s


def test_what_did_not_help_is_not_proposed() -> None:
    cause = tried(SLOW, (Difference(grace_s=10), SLOW))
    assert "no grace period up to 10 s was long enough" in cause.fix
    assert "stop_grace_period" not in cause.fix
    assert any(line.startswith("tried on a copy, no help: stop_grace_period: 10s") for line in cause.evidence)


def test_connections_that_hold_also_a_longer_stop_are_to_be_closed() -> None:
    held = REAL["kept-open"]
    cause, without = tried(held, (Difference(grace_s=7), held)), tried(held)
    assert (cause.id, cause.fix) == ("connections-hold-stop", without.fix)
    assert any(line.startswith("tried on a copy, no help: stop_grace_period: 7s") for line in cause.evidence)


def test_a_copy_that_does_not_run_is_no_experiment() -> None:
    silent = replace(SOUND, refusal=Refusal(Grade.INCONCLUSIVE, "its copy does not answer"))
    cause, without = tried(SHELL, (Difference(command=("node",)), silent)), tried(SHELL)
    assert cause.fix == without.fix
    assert any("not tried" in line and "its copy does not answer" in line for line in cause.evidence)


def test_another_signal_that_works_is_the_cause() -> None:
    cause = tried(REAL["node-deaf"], (Difference(signal="SIGINT"), SOUND))
    assert (cause.id, cause.fix.partition(";")[0]) == ("wrong-stop-signal", "stop_signal: SIGINT")


@pytest.mark.parametrize(
    ("processes", "cause", "first"),
    [
        ((process(1, 0, "serve", caught=INT),), causes.NO_HANDLER, Difference(signal="SIGINT")),
        ((process(1, 0, "serve"),), causes.NO_HANDLER, Difference(init=True)),
        ((process(1, 0, "serve", ignored=TERM),), causes.NO_HANDLER, None),
        (
            (process(1, 0, "sh", "-c", "cd / && serve"), process(7, 1, "serve", caught=TERM)),
            causes.SHELL_SWALLOWS, Difference(command=("sh", "-c", "cd / && exec serve")),
        ),
        (
            (process(1, 0, "sh", "-c", "serve; echo over"), process(7, 1, "serve")),
            causes.SHELL_SWALLOWS, Difference(command=("sh", "-c", "exec serve"), init=True),
        ),
        ((process(1, 0, "sh", "/entry.sh"), process(7, 1, "serve", caught=TERM)), causes.SHELL_SWALLOWS, None),
        (
            (process(1, 0, "sh", "-c", "while :; do serve; done"), process(7, 1, "serve", caught=TERM)),
            causes.SHELL_SWALLOWS, None,
        ),
        (
            (process(1, 0, "tini", "-g", "--", "serve"), process(7, 1, "serve"), process(8, 7, "worker")),
            causes.EXITS_WITHOUT_DRAINING, Difference(command=("tini", "--", "serve")),
        ),
        ((process(1, 0, "serve", caught=TERM),), causes.DRAIN_EXCEEDS_GRACE, Difference(grace_s=7)),
    ],
)  # fmt: skip
def test_what_is_tried_first_fits_the_processes(
    processes: tuple[Process, ...], cause: str, first: Difference | None
) -> None:
    assert next(iter(proposals(with_processes(SLOW, *processes), cause)), None) == first


def test_an_init_of_the_image_is_kept_before_another_command() -> None:
    shell, program = process(7, 1, "sh", "-c", "serve"), process(8, 7, "serve", caught=TERM)
    command = ("/sbin/tini", "--", *shell.command)
    found = proposals(
        with_processes(SLOW, process(1, 0, *command), shell, program, command=command), causes.SHELL_SWALLOWS
    )
    assert found[0].command == ("/sbin/tini", "--", "sh", "-c", "exec serve")


def test_a_fix_for_workers_is_proposed_only_when_a_copy_with_it_protects_them() -> None:
    pool, job = process(7, 1, "queue", caught=TERM), process(8, 7, "job")

    def under(*init: str) -> Recording:
        return replace(with_processes(SOUND, process(1, 0, *init), pool, job), requests=(), trial=None)

    for copy, proposed in ((under("tini", "--"), True), (under("tini", "-g", "--"), False)):
        change = Difference(command=("tini", "--", "queue"))
        cause = tried(under("tini", "-g", "--"), (change, copy))
        assert cause.confidence is Confidence.LIKELY
        assert ("tried on a copy of the container" in cause.fix) is proposed


def test_who_starts_a_program_again_during_the_stop_is_named() -> None:
    master, child = process(1, 0, "watch", caught=TERM), process(7, 1, "serve")
    first, *rest = with_processes(SLOW, master, child).samples
    later = tuple(replace(sample, processes=(master, process(9, 1, "serve", start=99))) for sample in rest)
    restarted = replace(with_processes(SLOW, master, child), samples=(first, *later))
    assert "watch (PID 1) started serve again" in tried(restarted, (Difference(grace_s=10), SLOW)).fix


@pytest.mark.parametrize(
    ("command", "exe", "name"),
    [
        (("busybox", "httpd", "-f"), "/bin/busybox", "httpd"),
        (("crond", "-f"), "/bin/busybox", "crond"),
        (("sh", "-c", "x"), "/bin/busybox", "sh"),
        (("nginx: master process nginx",), "/usr/sbin/nginx", "nginx"),
        (("nginx: master process nginx",), "/usr/bin/node", "node"),
        (("sh", "server"), "/usr/bin/python3.11", "python3.11"),
        (("/opt/my app/serve",), "", "serve"),
    ],
)
def test_a_process_is_what_it_executes(command: tuple[str, ...], exe: str, name: str) -> None:
    from seatrial.drill.service.anatomy import is_shell, program

    found = replace(process(1, 0, *command), exe=exe)
    assert (program(found), is_shell(found)) == (name, name == "sh")
