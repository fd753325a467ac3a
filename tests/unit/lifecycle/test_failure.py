"""What is told of a service that is not up."""

from __future__ import annotations

from dataclasses import replace

from seatrial.engine.observed import Container, Health, Probe
from seatrial.lifecycle.failure import explain, plain_error, taken_port
from seatrial.lifecycle.readiness import NOT_STARTED, Standing, Verdict
from seatrial.report.stack import failure_lines
from seatrial.stack import Dependency, Service, Stack

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


RUNC = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "nonesuch": executable file not found in $PATH: unknown'
)
ALLOCATED = (
    "driver failed programming external connectivity on endpoint shop-db-1 (4532): Bind for 127.0.0.1:5432 failed: "
    "port is already allocated"
)
IN_USE = (
    "driver failed programming external connectivity on endpoint shop-db-1 (45ea): Error starting userland proxy: "
    "listen tcp4 127.0.0.1:8085: bind: address already in use"
)


def test_of_the_engines_chain_of_causes_the_last_is_told() -> None:
    assert plain_error(RUNC) == 'exec: "nonesuch": executable file not found in $PATH'
    assert plain_error(ALLOCATED) == "Bind for 127.0.0.1:5432 failed: port is already allocated"
    assert plain_error("something new") == "something new"


def test_a_taken_port_is_read_from_either_of_the_engines_sentences() -> None:
    assert (taken_port(ALLOCATED), taken_port(IN_USE), taken_port(RUNC)) == (5432, 8085, None)


def test_a_taken_port_has_its_own_fix() -> None:
    lines = told(NOT_STARTED, replace(DB, state="created", error=ALLOCATED))
    assert lines[-1] == "  fix: stop what holds port 5432, or publish another one for db"


def test_a_port_that_a_rootless_engine_may_not_have_has_its_own_fix() -> None:
    words = "or choose a larger port number (>= 1024): listen tcp4 0.0.0.0:81: bind: permission denied"
    created = replace(DB, state="created")
    for lines in (told(NOT_STARTED, replace(created, error=words)), told(f"{NOT_STARTED}: {words}", created)):
        assert lines[-1].startswith("  fix: publish one from 1024 on for db: a rootless engine may have no other;")
        assert lines[-1].endswith("sysctl net.ipv4.ip_unprivileged_port_start=81")


def test_a_taken_port_is_also_read_before_the_engine_keeps_its_words() -> None:
    lines = told(f"{NOT_STARTED}: {IN_USE}", replace(DB, state="created"))
    assert lines[-1] == "  fix: stop what holds port 8085, or publish another one for db"
