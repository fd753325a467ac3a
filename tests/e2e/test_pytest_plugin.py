"""The pytest plugin in a project of its own, as its users have it: on the real engine, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from seatrial.pytest_plugin.session import skips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import ComposeProject

GRACEFUL = (
    "const s = require('http').createServer((q, r) => q.resume().on('end', () => r.end('ok'))).listen(8080);"
    "process.on('SIGTERM', () => s.close())"
)
INI = "[pytest]\nfilterwarnings = error\naddopts = --strict-markers -p no:cacheprovider\n"
TESTS = """
from urllib.request import urlopen

def test_good(drill):
    outcome = drill("graceful-stop", service="good")
    assert outcome.passed
    assert (outcome.verdict, outcome.cause) == ("PASS", None)
    assert outcome.figures["in_flight"] > 0

def test_bad(drill):
    assert drill("graceful-stop", service="bad").passed

def test_known(drill):
    drill("restart-config", service="bad")

def test_not_for_it(drill):
    drill("durability", service="good")

def test_misspelt(drill):
    drill("gracefull-stop", service="good")

def test_reached(stack):
    assert set(stack.services) == {"good", "bad"}
    assert urlopen(stack.url("good", 8080)).read() == b"ok"

def test_of_its_own():
    pass
"""


@pytest.fixture
def tested(project: ComposeProject, base_image: str) -> ComposeProject:
    common = f"    image: {base_image}\n"
    known = "x-seatrial: {drill: {known: {restart-config: {cause: policy-missing, why: 'issue 12'}}}}"
    project.write(
        f"  good:\n{common}    command: [node, -e, \"{GRACEFUL}\"]\n    ports: ['127.0.0.1::8080']\n"
        f"  bad:\n{common}    command: [sh, -c, \"trap '' TERM; while :; do sleep 1; done\"]\n"
        f"    stop_grace_period: 1s\n    {known}\n"
    )
    (project.folder / "pytest.ini").write_text(INI)
    (project.folder / "test_shop.py").write_text(TESTS)
    return project


def run(project: ComposeProject, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in project.environment().items() if key not in ("CI", "PYTEST_ADDOPTS")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--junit-xml=junit.xml", *arguments],
        cwd=project.folder, env=clean | environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def results(project: ComposeProject) -> dict[str, tuple[str, str]]:
    """By test, its result and the message that goes with it."""
    found = {}
    for case in ET.parse(project.folder / "junit.xml").iter("testcase"):  # noqa: S314  pytest's own
        inner = next((part for part in case if part.tag in ("failure", "error", "skipped")), None)
        result = ("passed", "") if inner is None else (inner.tag, f"{inner.get('message')} {inner.text}")
        found[str(case.get("name")).removeprefix("test_")] = result
    return found


def containers(project: ComposeProject) -> list[str]:
    label = f"label=com.docker.compose.project={project.name}"
    return sorted(project.docker("ps", "-aq", "--no-trunc", "--filter", label).split())


@pytest.mark.engine
def test_drills_are_tests_on_a_stack_that_is_brought_up_and_taken_down(tested: ComposeProject) -> None:
    done = run(tested, "--seatrial-html", "drill.html", "--seatrial-journal", "drill.json")
    found = results(tested)
    assert {name: result for name, (result, _) in found.items()} == {
        "good": "passed",
        "bad": "failure",
        "known": "skipped",
        "not_for_it": "skipped",
        "misspelt": "failure",
        "reached": "passed",
        "of_its_own": "passed",
    }, done.stdout
    for part in ("bad, graceful-stop: FAIL: ", "cause: ", "SIGKILL", "fix: "):
        assert part in found["bad"][1]
    assert "issue 12" in found["known"][1]
    assert "1 xfailed" in done.stdout
    assert "writer" in found["not_for_it"][1]
    assert "no drill `gracefull-stop`" in found["misspelt"][1]
    line = TESTS[: TESTS.index("gracefull")].count("\n") + 1
    assert f"test_shop.py:{line}: Failed" in found["misspelt"][1]
    assert "During handling" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert containers(tested) == []
    page = (tested.folder / "drill.html").read_text(encoding="utf-8")
    told = json.loads(tested.run("drill.judge", "drill.json", "--json").stdout)["verdicts"]
    assert {(one["service"], one["verdict"]) for one in told if one["drill"] == "graceful-stop"} == {
        ("good", "PASS"),
        ("bad", "FAIL"),
    }
    assert "1 FAIL, 1 KNOWN, 1 PASS, 1 SKIP" in page
    refused = run(tested, "-k", "reached", "--seatrial-html", "nowhere/drill.html")
    assert "mkdir -p" in refused.stdout
    assert containers(tested) == []


@pytest.mark.engine
def test_what_was_kept_up_is_taken_as_it_is_and_left_so(tested: ComposeProject) -> None:
    assert run(tested, "-k", "reached", "--seatrial-keep").returncode == 0
    before = containers(tested)
    assert len(before) == 2
    done = run(tested, "-k", "reached or known", "-m", "seatrial", "-n", "2")
    assert {name: result for name, (result, _) in results(tested).items()} == {"reached": "passed", "known": "skipped"}
    assert done.returncode == 0
    assert containers(tested) == before


# Each notes when it begins and ends: with `drill` nobody else has the stack meanwhile.
ALONE = """
import pytest

@pytest.fixture
def noted(request):
    def note(what):
        with open("notes", "a") as notes:
            print(what, file=notes, flush=True)
    note(f"+{request.node.name}")
    yield
    note(f"-{request.node.name}")

def test_drilled(drill, noted):
    assert drill("stop-config").passed

def test_used(stack, noted):
    pass
"""


@pytest.mark.engine
def test_workers_share_the_stack_and_who_drills_has_it_alone(tested: ComposeProject) -> None:
    (tested.folder / "test_shop.py").write_text(ALONE)
    done = run(tested, "-n", "2", "--dist", "each")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
    notes = (tested.folder / "notes").read_text().split()
    assert len(notes) == 8
    for begun in (place for place, note in enumerate(notes) if note == "+test_drilled"):
        assert notes[begun + 1] == "-test_drilled"
    assert containers(tested) == []


@pytest.mark.engine
def test_a_stack_that_does_not_come_up_is_explained_and_removed(tested: ComposeProject, base_image: str) -> None:
    tested.write(f"  good:\n    image: {base_image}\n    command: [sh, -c, 'echo no config; exit 3']\n")
    done = run(tested, "-k", "reached")
    result, message = results(tested)["reached"]
    assert result == "error"
    assert "good: exited with code 3" in message
    assert "no config" in message
    assert containers(tested) == []
    assert done.returncode == 1


@pytest.mark.engine
def test_a_port_that_is_taken_is_told_before_anything_is_started(tested: ComposeProject, base_image: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        tested.write(f"  good:\n    image: {base_image}\n    ports: ['127.0.0.1:{port}:8080']\n")
        run(tested, "-k", "reached")
    result, message = results(tested)["reached"]
    assert result == "error"
    assert f"good: port {port} is taken by" in message
    assert "nothing was changed" in message
    assert containers(tested) == []


@pytest.mark.engine
def test_the_stack_of_another_folder_is_not_tested_unless_an_option_says_so(
    tested: ComposeProject, projects: Callable[[], ComposeProject]
) -> None:
    tested.docker("compose", "-f", str(tested.file), "up", "--detach")
    before = containers(tested)
    other = projects()
    shutil.copytree(tested.folder, other.folder, dirs_exist_ok=True)
    run(other, "-k", "reached")
    result, message = results(other)["reached"]
    assert result == "error"
    assert f"project {tested.name} belongs to {tested.folder}" in message
    run(other, "-k", "reached", "--seatrial-project-name", tested.name)
    assert results(other)["reached"] == ("passed", "")
    assert containers(tested) == before


NOBODY = "unix:///nonexistent/docker.sock"


@pytest.mark.parametrize(("environment", "result"), [({}, "skipped"), ({"CI": "true"}, "error")])
def test_without_an_engine_it_skips_at_a_desk_and_fails_in_ci(
    tested: ComposeProject, environment: dict[str, str], result: str
) -> None:
    run(tested, "-k", "good or of_its_own", DOCKER_HOST=NOBODY, **environment)
    found = results(tested)
    assert (found["good"][0], found["of_its_own"][0]) == (result, "passed")
    assert "fix: " in found["good"][1]


@pytest.mark.parametrize(
    ("chosen", "environment", "skipped"),
    [
        ("auto", {}, True),
        ("auto", {"CI": "1"}, False),
        ("auto", {"CI": ""}, True),
        ("skip", {"CI": "1"}, True),
        ("fail", {}, False),
    ],
)
def test_the_choice_can_be_made(chosen: str, environment: dict[str, str], *, skipped: bool) -> None:
    assert skips(chosen, environment) is skipped


def test_a_setting_that_means_nothing_is_refused(tested: ComposeProject) -> None:
    (tested.folder / "pytest.ini").write_text(f"{INI}seatrial_no_engine = maybe\n")
    done = run(tested)
    assert done.returncode == 4
    assert "use one of auto, skip, fail" in done.stderr


def test_it_can_be_left_out_and_loads_nothing_unasked(tested: ComposeProject) -> None:
    assert "fixture 'drill' not found" in run(tested, "-k", "good", "-p", "no:seatrial").stdout
    heavy = ("invoke", "rich", "python_on_whales", "pydantic", "seatrial.verbs", "seatrial.drill", "seatrial.engine")
    (tested.folder / "test_shop.py").write_text(
        f"import sys\ndef test_light(pytestconfig):\n    assert pytestconfig.pluginmanager.has_plugin('seatrial')\n"
        f"    assert [name for name in {heavy!r} if name in sys.modules] == []\n"
    )
    assert run(tested).returncode == 0


def test_a_fixture_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "test_own.py").write_text(
        "import pytest\n@pytest.fixture\ndef stack():\n    return []\n"
        "def test_own(stack, request):\n    assert stack == []\n"
        "    assert not request.node.get_closest_marker('seatrial')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "DOCKER_HOST": NOBODY},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
