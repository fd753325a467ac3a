"""What `env --json` reports is what Compose gives: 145 measured env files, on the Compose that is installed."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.whales import WhalesEngine
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import ComposeProject

pytestmark = pytest.mark.compose

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "env_cases.json").read_text(encoding="utf-8")
)["cases"]
# Where the recorded versions differ, an installed one that was not recorded behaves as the newest that is no newer.
RECORDED = ((2, 26, 1), (2, 40, 3), (5, 6, 1))
SECRET = "hunter2secret"
SCHEMA = "# @defaultSensitive=false\n# ---\n"


@pytest.fixture(scope="module")
def version() -> str:
    import subprocess

    told = subprocess.run(
        ["docker", "compose", "version", "--short"], capture_output=True, text=True, check=True
    ).stdout
    numbers = tuple(int(part) for part in told.lstrip("v").split("-")[0].split("+")[0].split("."))
    older = [known for known in RECORDED if known <= numbers] or [RECORDED[0]]
    return ".".join(map(str, older[-1]))


def expected(recorded: dict[str, Any], version: str) -> dict[str, str] | None:
    """Name to value; None where Compose refuses the file."""
    found: dict[str, dict[str, str]] = recorded.get("all_versions") or recorded[version]
    return found.get("ok")


def data(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["input_hex"]) if case["input"] is None else str(case["input"]).encode()


def by_shell(cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        found.setdefault(json.dumps(case["shell_env"], sort_keys=True), []).append(case)
    return found


def prepared(project: ComposeProject, cases: list[dict[str, Any]]) -> None:
    """One service for each case, with the case as its env file."""
    (project.folder / ".env.schema").write_text(SCHEMA)
    for case in cases:
        (project.folder / f"{case['id']}.env").write_bytes(data(case))
    project.write("".join(f"  {case['id']}: {{image: x, env_file: {case['id']}.env}}\n" for case in cases))


def test_there_are_145_cases_of_which_compose_refuses_some(version: str) -> None:
    assert len(CASES) == 145
    assert sum(expected(case["compose_env_file"], version) is None for case in CASES) == 17


def test_every_value_of_every_readable_case_is_the_recorded_one(
    drafts: Callable[[], ComposeProject], version: str
) -> None:
    readable = [case for case in CASES if expected(case["compose_env_file"], version) is not None]
    compared = 0
    for shell, cases in by_shell(readable).items():
        project = drafts()
        project.environ |= json.loads(shell)
        prepared(project, cases)
        services = json.loads(project.run("env", "--json").stdout)["services"]
        for case in cases:
            assert services[case["id"]] == expected(case["compose_env_file"], version), case["id"]
            compared += 1
    assert compared == 128


def with_secret(case: dict[str, Any]) -> bytes:
    """The case with a secret in the very place that Compose complains about, and quotes."""
    if case["input"] is None:
        return f"PASSWORD={SECRET}\n".encode("utf-16")
    text = str(case["input"])
    place = next(p for p in ("abc", "value", "dir", "=1", "it'", "not", "???", "${A", "need", "\na\n") if p in text)
    return text.replace(place, f"{place.rstrip()}{SECRET}{place[len(place.rstrip()) :]}").encode()


def test_a_case_that_compose_refuses_is_an_error_that_does_not_quote_it(
    drafts: Callable[[], ComposeProject], version: str
) -> None:
    refused = [case for case in CASES if expected(case["compose_env_file"], version) is None]

    def told(case: dict[str, Any], project: ComposeProject) -> None:
        prepared(project, [case])
        (project.folder / f"{case['id']}.env").write_bytes(with_secret(case))
        done = project.run("env", "--json")
        problems = json.loads(done.stdout)["problems"]
        assert done.returncode == 2, case["id"]
        assert [p for p in problems if p["severity"] == "error" and p["file"] == f"{case['id']}.env"], case["id"]
        assert SECRET not in done.stdout + done.stderr, case["id"]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(told, refused, [drafts() for _ in refused]))


def test_what_a_variable_stands_for_in_the_project_is_the_recorded_value(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    engine = WhalesEngine()

    def values(case: dict[str, Any]) -> dict[str, str | None] | None:
        file = tmp_path / f"{case['id']}.env"
        file.write_bytes(data(case))
        wanted = expected(case["compose_dot_env"], version)
        names = sorted({"NOT_IN_ANY_CASE", *(wanted or {})})
        try:
            return dict(engine.values(Project(tmp_path, (tmp_path / "compose.yaml",), (file,)), names))
        except ConfigurationInvalid:
            return None

    for shell, cases in by_shell(CASES).items():
        with monkeypatch.context() as patch:
            for name in [n for n in os.environ if n.startswith("COMPOSE_")]:
                patch.delenv(name)
            for name, value in json.loads(shell).items():
                patch.setenv(name, value)
            with ThreadPoolExecutor(3) as pool:
                for case, found in zip(cases, pool.map(values, cases), strict=True):
                    wanted = expected(case["compose_dot_env"], version)
                    assert found == (None if wanted is None else {**wanted, "NOT_IN_ANY_CASE": None}), case["id"]
