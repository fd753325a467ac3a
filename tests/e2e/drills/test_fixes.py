"""What a drill proposes is applied as it stands in its text, and the service drilled again: then it stops well."""

from __future__ import annotations

import json
import re
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PREFIX, ComposeProject
from e2e.drills.fix_cases import CASES
from e2e.drills.stop_matrix import HOST_IMAGE, PROGRAMS, host_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.drills.fix_cases import Case

pytestmark = pytest.mark.engine
_PYTHON = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
_COMMAND = re.compile(r"`command: (\[.*?\])` in the compose file")
_KEY = re.compile(r"\b(stop_signal|stop_grace_period|init): (\w+)")
_APPLIED = [case for case in CASES if case.applies]


def applied(fix: str) -> dict[str, Any]:
    """The keys of a service that a fix names, up to where it describes the trial."""
    text = fix.partition("; tried")[0]
    found: dict[str, Any] = {key: value == "true" if key == "init" else value for key, value in _KEY.findall(text)}
    command = _COMMAND.search(text)
    return found | ({"command": json.loads(command[1]), "entrypoint": []} if command else {})


@dataclass(frozen=True)
class Fixed:
    broken: dict[str, dict[str, Any]]
    repaired: dict[str, dict[str, Any]]
    lacking: str
    left: str


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[Fixed]:
    folder = tmp_path_factory.mktemp("fixes") / "project"
    folder.mkdir()
    project = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    mounts, lacking = [f"{PROGRAMS}:/programs"], ""
    try:
        of_host = host_image()
    except OSError as error:
        of_host, lacking = [], str(error)
    if not Path(_PYTHON).is_relative_to("/usr"):
        of_host.append(f"{sys.base_prefix}:{sys.base_prefix}:ro")
    cases = [case for case in CASES if not (case.host and lacking)]
    services = {case.name: _service(case, base_image, mounts, of_host) for case in cases}
    try:
        broken = _drilled(project, services)
        proposed = {case.name: applied(broken[case.name]["fix"]) for case in cases if case.applies}
        # A short grace only makes the broken ones quick; one that is proposed is among the keys.
        repaired = _drilled(
            project, {name: services[name] | {"stop_grace_period": "10s"} | keys for name, keys in proposed.items()}
        )
        left = project.docker("ps", "-aq", "--filter", f"label=seatrial.helper={project.name}")
        yield Fixed(broken, repaired, lacking, left)
    finally:
        project.remove()


def _service(case: Case, base_image: str, mounts: list[str], of_host: list[str]) -> dict[str, Any]:
    command = [_PYTHON if word == "PYTHON" else word for word in case.service["command"]]
    own = {"image": HOST_IMAGE if case.host else base_image, "volumes": mounts + (of_host if case.host else [])}
    return own | {"environment": case.environment} | case.service | {"command": command}


def _drilled(project: ComposeProject, services: dict[str, Any]) -> dict[str, dict[str, Any]]:
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    project.docker("compose", "-f", str(project.file), "up", "--detach", "--remove-orphans")
    done = project.run("drill", "--only", "graceful-stop", "--json", timeout_s=300)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["unrestored"] == []
    return {verdict["service"]: verdict for verdict in told["verdicts"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_gets_its_cause_and_a_fix_that_was_tried(fixed: Fixed, case: Case) -> None:
    if case.name not in fixed.broken:
        pytest.skip(fixed.lacking)
    found = fixed.broken[case.name]
    assert (found["verdict"], found["cause"]) == ("FAIL", case.cause), found
    assert case.fix in found["fix"], found
    assert not case.applies or "tried on a copy" in found["fix"], found


@pytest.mark.parametrize("case", _APPLIED, ids=lambda case: case.name)
def test_the_fix_works_when_it_is_applied(fixed: Fixed, case: Case) -> None:
    if case.name not in fixed.repaired:
        pytest.skip(fixed.lacking)
    found = fixed.repaired[case.name]
    # A server that reads no body has nothing in flight: its good stop is SKIP.
    assert found["verdict"] in ("PASS", "INCONCLUSIVE", "SKIP"), (fixed.broken[case.name], found)


def test_no_copy_is_left(fixed: Fixed) -> None:
    assert fixed.left == ""
