"""What is told of a service that is not up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.engine.observed import Container, Health, Probe, Snapshot
from seatrial.errors import Refused
from seatrial.lifecycle.bring_up import blamed, not_created
from seatrial.lifecycle.failure import bounded, explain, unready
from seatrial.lifecycle.missing_program import missing_program
from seatrial.lifecycle.readiness import NOT_BEGUN, NOT_STARTED, Standing, Verdict
from seatrial.lifecycle.wait import Outcome
from seatrial.report.stack import failure_lines
from seatrial.stack import Dependency, Service, Stack, parse

STACK = Stack("shop", (Service("web", depends_on=(Dependency("db"),)), Service("db")))
DB = Container("d", "shop-db-1", "db", "exited", exit_code=1)


def told(reason: str, container: Container | None, *log: str) -> list[str]:
    return failure_lines(explain(Verdict("db", Standing.FAILED, reason, container), STACK, log))


def test_an_exit_shows_log_waiters_and_a_way_on() -> None:
    assert told("exited with code 1", DB, "starting", "no disk") == [
        "db: exited with code 1",
        "  last 2 log lines:",
        "    starting",
        "    no disk",
        "  waiting for it: web",
        "  fix: its last lines say why; then `up --service db`",
    ]


def test_a_known_exit_code_is_put_into_words() -> None:
    assert told("exited with code 127", replace(DB, exit_code=127))[0] == (
        "db: exited with code 127 (the command was not found in the image)"
    )


def test_the_last_failed_probe_speaks() -> None:
    health = Health("unhealthy", 5, (Probe(0, "fine"), Probe(1, "refused\n\nby peer\n")))
    lines = told("unhealthy: 5 probes in a row failed", replace(DB, state="running", health=health))
    assert lines[1:5] == ["  last health probe:", "    exit code 1", "    refused", "    by peer"]


@pytest.mark.parametrize(
    ("code", "said", "program"),
    [
        (-1, 'unable to start container process: exec: "curl": executable file not found in $PATH: unknown', "curl"),
        (-1, 'exec failed: exec: "/bin/health": stat /bin/health: no such file or directory: unknown', "/bin/health"),
        (127, "/bin/sh: 1: curl: not found", "curl"),
        (1, "Trying\n/bin/sh: pg_isready: not found", "pg_isready"),
        (127, "/bin/bash: line 1: redis-cli: command not found", "redis-cli"),
        (1, "user 7: not found", ""),
        (0, "/bin/sh: curl: not found", ""),
    ],
)
def test_a_program_that_a_health_check_lacks_is_named_in_the_fix(code: int, said: str, program: str) -> None:
    health = Health("unhealthy", 1, (Probe(code, said),))
    assert missing_program(health) == program
    fix = told("unhealthy", Container("1", "shop-db-1", "db", "running", health=health))[-1]
    assert (f"install {program} in the image of db" in fix) is bool(program)


def test_a_probe_that_passed_is_no_evidence() -> None:
    healthy = Health("healthy", 0, (Probe(0, "fine"),))
    assert "last health probe" not in "\n".join(told("paused", replace(DB, state="paused", health=healthy)))


def test_what_runs_and_is_merely_late_is_not_called_a_one_shot() -> None:
    late = replace(DB, state="running", exit_code=0)
    assert told("running, not yet for 1 s", late)[-1].startswith("  fix: wait longer for db with --timeout")


def test_silence_is_said() -> None:
    assert "  it logged nothing" in told("exited with code 1", DB)


def test_only_the_last_twenty_lines() -> None:
    assert len(explain(Verdict("db", Standing.FAILED, "x", DB), STACK, [str(n) for n in range(50)]).log) == 20


ALLOCATED = (
    "driver failed programming external connectivity on endpoint shop-db-1 (4532): Bind for 127.0.0.1:5432 failed: "
    "port is already allocated"
)
NONE = "unable to find user nope: no matching entries in passwd file"


def refused(container: Container, answers: dict[str, str] | None = None) -> list[str]:
    verdict = Verdict("db", Standing.FAILED, NOT_STARTED, container)
    (failure,) = unready([verdict], STACK, lambda *_: ("of a former run",), answers)
    return failure_lines(failure)


def test_the_same_refusal_reads_the_same_before_and_after_the_engine_has_kept_it_and_after_a_former_run() -> None:
    created = replace(DB, state="created")
    expected = [
        "db: could not be started: the image has no user nope",
        f"  the engine says: {NONE}",
        "  waiting for it: web",
        "  fix: correct `user:` (a number needs no entry in /etc/passwd), or add the user to the image",
    ]
    assert refused(created, {"d": NONE}) == expected
    assert refused(replace(created, error=NONE)) == expected
    assert refused(replace(DB, exit_code=143), {"d": f"Error response from daemon: {NONE}"}) == expected
    assert refused(replace(DB, exit_code=143, error="of another start"), {"d": NONE}) == expected


def test_a_port_in_use_has_its_own_fix_and_is_known_by_its_number() -> None:
    created = replace(DB, state="created", error=ALLOCATED)
    assert refused(created)[-1] == "  fix: stop what holds port 5432, or publish another one for db"
    (failure,) = unready([Verdict("db", Standing.FAILED, NOT_STARTED, created)], STACK, lambda *_: ())
    assert (failure.port, failure.refusal) == (5432, "port-in-use")


def test_a_program_that_cannot_be_run_is_explained_by_the_line_of_who_tried() -> None:
    verdict = Verdict("db", Standing.FAILED, "exited with code 255", replace(DB, exit_code=255))
    for line in ("exec /app/run: exec format error", "[FATAL tini (7)] exec /app/run failed: Exec format error"):
        (failure,) = unready([verdict], STACK, lambda *_, said=line: (said,))
        assert failure.reason.startswith("exited with code 255: the program /app/run is built for another processor")


def test_an_id_of_a_network_is_replaced_by_its_name() -> None:
    verdict = Verdict(
        "db", Standing.FAILED, NOT_STARTED, replace(DB, state="created", error=f"network {'3a' * 32} not found")
    )
    (failure,) = unready([verdict], STACK, lambda *_: (), {}, lambda words: words.replace("3a" * 32, "shop_back"))
    assert failure.reason == "could not be started: the network shop_back does not exist"


def test_a_quoted_line_is_bounded_and_a_progress_bar_is_its_last_state() -> None:
    assert bounded("x" * 131_000) == f"{'x' * 500}... (130500 more characters)"
    assert bounded("1%\r50%\r100%\r") == "100%"
    assert bounded("") == ""


def test_what_compose_did_not_get_to_is_not_blamed() -> None:
    stopped = Container("w", "shop-web-1", "web", "exited", exit_code=143)
    never_begun = Verdict("db", Standing.WAITING, NOT_BEGUN, replace(DB, exit_code=143))
    behind = Verdict("web", Standing.FAILED, "exited with code 143", stopped)
    assert blamed(STACK, [never_begun, behind], [never_begun]) == ()
    failed = Verdict("db", Standing.FAILED, "exited with code 1", DB)
    assert blamed(STACK, [failed, behind], []) == (failed,)
    refused = replace(behind, reason=NOT_STARTED)
    assert blamed(STACK, [failed, refused], []) == (failed, refused)


def test_a_dependant_that_ran_and_failed_has_a_reason_of_its_own() -> None:
    failed = Verdict("db", Standing.FAILED, "exited with code 1", DB)
    container = Container("w", "shop-web-1", "web", "exited", exit_code=3)
    ended = Verdict("web", Standing.FAILED, "exited with code 3", container)
    loops = Verdict("web", Standing.WAITING, "restarts", replace(container, state="restarting"), failing=True)
    waits = Verdict("web", Standing.WAITING, "waits for db", replace(container, state="created"))
    assert blamed(STACK, [failed, ended], []) == (failed, ended)
    assert blamed(STACK, [failed, loops], []) == (failed, loops)
    assert blamed(STACK, [failed, waits], []) == (failed,)
    # Where Compose gave up before it started all, the end may be that of an earlier run.
    never_begun = Verdict("db", Standing.WAITING, NOT_BEGUN, DB)
    assert blamed(STACK, [never_begun, ended], [never_begun]) == ()


def test_a_refusal_is_of_the_service_that_has_the_value_it_quotes() -> None:
    model = (
        '{"name": "shop", "services": {"a": {"volumes": [{"source": "/gone"}]}, "b": {"volumes": [{"source": "/b"}]}}}'
    )
    words = 'invalid mount config for type "bind": bind source path does not exist: /gone'
    verdicts = tuple(Verdict(name, Standing.WAITING, "no container") for name in ("a", "b"))
    found = not_created(
        Refused("no container", fix="see above", words=words), parse(model), Outcome(verdicts, Snapshot())
    )
    assert found
    assert (found.service, found.reason) == ("a", "could not be created: /gone does not exist")
