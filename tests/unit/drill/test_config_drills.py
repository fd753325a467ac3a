"""Drills that read the configuration in force: each fault is found with its cause and fix, each sound twin passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.drills import health_config, restart_config, stop_config
from seatrial.drill.recording import Recording
from seatrial.drill.service.subject import Subject
from seatrial.drill.verdict import Confidence, Grade, Verdict
from seatrial.engine.facts import Check, Facts
from seatrial.lifecycle.health_timing import first_probe_s
from seatrial.report.drill import exit_code
from seatrial.stack import Dependency, Port, Service, Stack

SOUND = Check(("CMD", "wget", "-qO-", "http://127.0.0.1/"), 10, 3, 30, 0.5, 3)
FACTS = Facts("1", "api", "api:1", ("node", "server.js"), restart_policy="unless-stopped", check=SOUND)
LOOKING = [health_config.DRILL, stop_config.DRILL, restart_config.DRILL]
SERVICE = Service("api", ports=(Port(80, "80"),))


def recording(engine: tuple[int, ...] = (26, 1, 5), service: Service = SERVICE, **changes: object) -> Recording:
    web = Service("web", depends_on=(Dependency("api", "service_healthy"),))
    facts = replace(FACTS, **changes)  # type: ignore[arg-type]
    return Recording("", service.name, Subject(Stack("shop", (service, web)), service, facts, engine))


def told(verdict: Verdict) -> tuple[Grade, str | None, str]:
    return verdict.grade, verdict.cause.id if verdict.cause else None, verdict.summary


@pytest.mark.parametrize("drill", LOOKING, ids=lambda drill: drill.name)
def test_a_sound_service_passes(drill: object) -> None:
    verdict = drill.judge(recording())  # type: ignore[attr-defined]
    assert (verdict.grade, verdict.notes) == (Grade.PASS, ())


@pytest.mark.parametrize(
    ("check", "engine", "first_s"),
    [
        (Check(("CMD", "x")), (26,), 30),
        (Check(("CMD", "x"), interval_s=2), (26,), 2),
        (Check(("CMD", "x"), interval_s=20, start_period_s=30, start_interval_s=0.5), (26,), 0.5),
        (Check(("CMD", "x"), interval_s=20, start_period_s=30), (26,), 20),
        (Check(("CMD", "x"), interval_s=20, start_period_s=30), (27, 0), 5),
        (Check(("CMD", "x"), interval_s=20, start_interval_s=0.5), (27, 0), 20),
    ],
)
def test_the_first_probe_comes_when_the_engine_says(check: Check, engine: tuple[int, ...], first_s: float) -> None:
    assert first_probe_s(check, engine) == first_s


def test_an_interval_that_eats_the_budget_fails_with_the_two_lines_that_help() -> None:
    verdict = health_config.judge(recording(check=Check(("CMD", "x"), timeout_s=1)))
    assert told(verdict) == (
        Grade.FAIL, "interval-dominates", "healthy cannot come before 30 s, and the budget is 10 s",
    )  # fmt: skip
    assert verdict.cause is not None
    assert "`start_period: 30s, start_interval: 1s`" in verdict.cause.fix
    assert verdict.figures["first_probe_s"] == 30


def test_a_start_interval_without_a_start_period_is_ignored_by_the_engine() -> None:
    verdict = health_config.judge(recording(check=replace(SOUND, start_period_s=0)))
    assert told(verdict)[:2] == (Grade.FAIL, "interval-dominates")


def test_somebody_who_waits_for_healthy_without_a_check_waits_for_ever() -> None:
    verdict = health_config.judge(recording(check=None))
    assert told(verdict) == (
        Grade.FAIL, "probe-broken", "web waits until it is healthy, and it has no health check",
    )  # fmt: skip


@pytest.mark.parametrize(
    "test",
    [("CMD", "curl", "-f", "http://127.0.0.1/", "||", "exit 1"), ("CMD-SHELL", "curl", "-f", "http://127.0.0.1/")],
)
def test_a_check_of_the_wrong_form_fails(test: tuple[str, ...]) -> None:
    assert told(health_config.judge(recording(check=replace(SOUND, test=test))))[:2] == (Grade.FAIL, "probe-broken")


@pytest.mark.parametrize("test", [("CMD-SHELL", "curl -f http://localhost:80/ || exit 1"), ("CMD", "true")])
def test_a_check_that_may_mislead_is_warned_about(test: tuple[str, ...]) -> None:
    assert told(health_config.judge(recording(check=replace(SOUND, test=test))))[:2] == (Grade.WARN, "probe-broken")


def test_a_hang_that_stays_unnoticed_for_long_is_warned_about() -> None:
    verdict = health_config.judge(recording(check=replace(SOUND, timeout_s=30)))
    assert told(verdict) == (Grade.WARN, "no-timeout", "a hang can stay unnoticed for 120 s")


@pytest.mark.parametrize(
    ("written", "in_force", "grade", "fix"),
    [
        ("500ms", 0, Grade.FAIL, "stop_grace_period: 10s"),
        ("0s", 0, Grade.FAIL, "stop_grace_period: 10s"),
        ("1.9s", 1, Grade.WARN, "stop_grace_period: 2s"),
        ("30s", 10, Grade.FAIL, "up --recreate --service api"),
        ("1m30s", 90, Grade.PASS, ""),
        ("", None, Grade.PASS, ""),
    ],
)
def test_the_grace_in_force_is_held_against_the_one_written(
    written: str, in_force: int | None, grade: Grade, fix: str
) -> None:
    service = replace(SERVICE, stop_grace_period=written)
    verdict = stop_config.judge(recording(service=service, stop_timeout_s=in_force))
    assert verdict.grade is grade
    assert (verdict.cause.fix if verdict.cause else "") == fix


@pytest.mark.parametrize(
    ("command", "signal", "grade"),
    [
        (("nginx", "-g", "daemon off;"), "SIGTERM", Grade.WARN),
        (("/docker-entrypoint.sh", "nginx"), "SIGQUIT", Grade.PASS),
        (("docker-entrypoint.sh", "postgres"), "SIGTERM", Grade.WARN),
        (("docker-entrypoint.sh", "postgres"), "SIGINT", Grade.PASS),
        (("postgres",), "2", Grade.PASS),
        (("node", "server.js"), "SIGTERM", Grade.PASS),
        (("node", "server.js"), "KILL", Grade.FAIL),
    ],
)
def test_the_signal_is_the_graceful_one(command: tuple[str, ...], signal: str, grade: Grade) -> None:
    assert stop_config.judge(recording(command=command, stop_signal=signal)).grade is grade


@pytest.mark.parametrize(
    ("command", "grace", "grade"),
    [
        (("gunicorn", "app"), None, Grade.FAIL),
        (("gunicorn", "--graceful-timeout", "5", "app"), None, Grade.PASS),
        (("gunicorn", "app"), 40, Grade.PASS),
        (("python3", "-m", "gunicorn", "app"), None, Grade.FAIL),
        (("uvicorn", "app"), None, Grade.WARN),
        (("uvicorn", "--timeout-graceful-shutdown", "5", "app"), None, Grade.PASS),
        (("uvicorn", "--timeout-graceful-shutdown=9", "app"), None, Grade.FAIL),
    ],
)
def test_a_server_that_drains_longer_than_the_grace_is_found(
    command: tuple[str, ...], grace: int | None, grade: Grade
) -> None:
    verdict = stop_config.judge(recording(command=command, stop_timeout_s=grace))
    assert verdict.grade is grade
    assert verdict.cause is None or verdict.cause.id == "drain-exceeds-grace"


def test_a_service_without_a_policy_stays_down() -> None:
    verdict = restart_config.judge(recording(restart_policy="no"))
    assert told(verdict) == (Grade.WARN, "policy-missing", "no restart policy: after a crash it stays down")


def test_a_counter_that_never_resets_is_explained() -> None:
    verdict = restart_config.judge(recording(restart_policy="on-failure", restart_limit=2))
    assert told(verdict)[:2] == (Grade.WARN, "policy-disabled")
    assert verdict.cause is not None
    assert verdict.cause.confidence is Confidence.CERTAIN
    assert verdict.cause.evidence


def test_a_hang_behind_a_policy_without_a_check_is_invisible() -> None:
    assert told(restart_config.judge(recording(check=None)))[:2] == (Grade.WARN, "policy-missing")


def test_of_several_findings_the_worst_decides_and_the_others_are_told() -> None:
    verdict = health_config.judge(recording(check=Check(("CMD-SHELL", "true"))))
    assert verdict.grade is Grade.FAIL
    assert [note.split(":")[0] for note in verdict.notes] == ["WARN", "WARN"]


@pytest.mark.parametrize(
    ("grades", "code"),
    [
        ([], 0),
        ([Grade.PASS, Grade.WARN, Grade.SKIP], 0),
        ([Grade.PASS, Grade.INCONCLUSIVE], 3),
        ([Grade.FAIL, Grade.INCONCLUSIVE], 1),
        ([Grade.ERROR], 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_verdict(grades: list[Grade], code: int) -> None:
    assert exit_code([Verdict("d", "s", grade, "") for grade in grades]) == code
