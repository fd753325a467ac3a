"""Runs of drills as a whole: stacks that do not or half run, none at all, the ledger, JUnit, the plan."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from conftest import free_port

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

KNOWN = "x-seatrial: {drill: {known: {restart-config: {cause: CAUSE, why: 'issue 12'}}}}"
SERVER = (
    "const s = require('http').createServer((q, r) => q.resume().on('end', () => r.end('ok'))).listen(8080);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)
SLEEPS = "    command: [sleep, '1000']\n    init: true\n    stop_grace_period: 2s\n"


def verdicts(done: Any) -> dict[tuple[str, str], str]:
    return {(v["service"], v["drill"]): v["verdict"] for v in json.loads(done.stdout)["verdicts"]}


def state(project: ComposeProject) -> list[str]:
    label = f"label=com.docker.compose.project={project.name}"
    ids = project.docker("ps", "-aq", "--filter", label).split()
    return sorted(project.docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *ids).splitlines())


def test_what_has_no_container_by_design_is_told_in_one_line(project: ComposeProject, base_image: str) -> None:
    asleep = f"    image: {base_image}\n    command: [sleep, '1000']\n    profiles: [never]\n"
    project.write(f"  a:\n{asleep}")
    done = project.run("drill")
    assert (done.returncode, done.stdout) == (0, "")
    how = "all are in profiles, enable one with --profile (never)"
    assert done.stderr.endswith(f"project {project.name} has no active service: {how}\n")
    told = json.loads(project.run("drill", "--json").stdout)
    assert (told["version"], told["verdicts"], told["unrestored"]) == (2, [], [])
    # Its name is enough, as for `up` and for Compose.
    named = project.run("drill.stop", "--service", "a")
    assert (named.returncode, named.stdout) == (3, "")
    assert named.stderr.endswith("runs, so there is nothing to drill\n  fix: start it: up --service a\n")

    project.write(f"  a:\n{asleep}  b:\n    image: {base_image}\n    scale: 0\n")
    done = project.run("drill")
    assert done.returncode == 0
    (stack, service) = [line for line in done.stdout.splitlines() if "(scale: 0)" in line]
    assert stack == "  stop-order (stack): no container is wanted (scale: 0)"
    assert service.startswith("  anatomy, health-config, ")
    assert service.endswith(" crash-restart, durability (b): no container is wanted (scale: 0)")


def test_what_does_not_run_is_not_judged_and_what_runs_is(project: ComposeProject, base_image: str) -> None:
    common = f"    image: {base_image}\n{SLEEPS}"
    project.write(f"  on:\n{common}  off:\n{common}  ended:\n    image: {base_image}\n    command: ['false']\n")

    kept = project.folder / "kept.json"
    for before in (None, "of a run before"):
        if before:
            kept.write_text(before)
        down = project.run("drill", "--journal", str(kept))
        error = f"error: no service of {project.name} runs, so there is nothing to drill\n  fix: start it: up\n"
        assert (down.returncode, down.stdout, down.stderr) == (3, "", error)
        assert (kept.read_text() if kept.exists() else None) == before

    project.docker("compose", "-f", str(project.file), "up", "--detach", "on", "ended")
    project.docker("wait", project.container("ended"))
    half = json.loads(project.run("drill", "--only", "anatomy", "--only", "graceful-stop", "--json").stdout)
    found = {(v["service"], v["drill"]): (v["verdict"], v["summary"]) for v in half["verdicts"]}
    for service in ("off", "ended"):
        for drill in ("anatomy", "graceful-stop"):
            grade, summary = found[service, drill]
            assert grade == "INCONCLUSIVE"
            assert f"up --service {service}" in summary
    assert found["on", "anatomy"][0] not in ("INCONCLUSIVE", "ERROR")


def test_of_two_that_want_one_port_and_one_name_each_gets_its_own_verdict(
    project: ComposeProject, base_image: str
) -> None:
    common = f'    image: {base_image}\n    command: [node, -e, "{SERVER}"]\n    stop_grace_period: 5s\n'
    common += "    restart: unless-stopped\n    networks: {default: {aliases: [web]}}\n    expose: [8080]\n"
    port = f"    ports: ['{free_port()}:8080']\n"
    project.write(f"  first:\n{common}{port}  second:\n{common}{port}  third:\n{common}")
    compose = ("docker", "compose", "-f", str(project.file), "up", "--detach")
    subprocess.run([*compose, "first", "third"], check=True, capture_output=True)
    assert subprocess.run([*compose, "second"], check=False, capture_output=True).returncode == 1

    done = project.run("drill", "--only", "anatomy", "--only", "graceful-stop", "--only", "stop-order", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["unrestored"]) == (3, []), done.stdout
    found = {(v["service"], v["drill"]): (v["verdict"], v["summary"]) for v in told["verdicts"]}
    assert [found[name, "graceful-stop"][0] for name in ("first", "third")] == ["PASS", "PASS"], found
    for place in (("second", "anatomy"), ("second", "graceful-stop"), ("", "stop-order")):
        grade, summary = found[place]
        assert grade == "INCONCLUSIVE"
        assert "it could not be started (" in summary
        assert "): up --service second" in summary


def test_the_ledger_keeps_a_run_green_until_the_gap_is_mended(project: ComposeProject, base_image: str) -> None:
    def write(cause: str, policy: str) -> None:
        known = KNOWN.replace("CAUSE", cause)
        project.write(f"  a:\n    image: {base_image}\n{SLEEPS}    restart: '{policy}'\n    {known}\n")

    choice = ("--only", "restart-config", "--only", "stop-config")
    write("policy-missing", "no")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    report = project.folder / "junit.xml"
    known = project.run("drill", *choice, "--json", "--junit", str(report))
    assert known.returncode == 0, known.stdout
    assert verdicts(known) == {("a", "restart-config"): "KNOWN", ("a", "stop-config"): "PASS"}
    (skipped,) = ET.parse(report).iter("skipped")  # noqa: S314  our own
    assert (skipped.get("message") or "").startswith("known: issue 12: ")
    again = project.run("drill.judge", json.loads(known.stdout)["journal"], "--json")
    assert verdicts(again) == verdicts(known)

    write("policy-missing", "on-failure:2")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    mended = project.run("drill", *choice)
    assert mended.returncode == 1
    assert "a, restart-config: FAIL: fixed: policy-missing is not found any more" in mended.stdout
    assert "fix: remove drill.known.restart-config from the x-seatrial of service a" in mended.stdout

    write("policy-mising", "no")
    stale = project.run("drill", *choice)
    assert stale.returncode == 2
    assert "fix: write policy-missing" in stale.stderr


def test_nothing_is_disturbed_for_a_report_that_cannot_be_written(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n{SLEEPS}")
    project.docker("compose", "-f", str(project.file), "up", "--detach")
    before = state(project)
    done = project.run("drill", "--only", "graceful-stop", "--junit", "no/such/folder/junit.xml")
    assert done.returncode == 2
    assert "there is no folder no/such/folder" in done.stderr
    assert "fix: mkdir -p no/such/folder" in done.stderr
    assert project.run("drill.stop", "--dry").stdout == (
        "act on a: graceful-stop (a stop under traffic ends in time, by itself, and loses no request)\n"
    )
    assert state(project) == before
