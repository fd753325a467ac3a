"""Services that stop well or badly, on a real engine: each gets the verdict and the cause that it deserves."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PREFIX, ComposeProject
from e2e.drills.stop_cases import CASES
from e2e.drills.stop_matrix import TOKEN, Matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.drills.stop_cases import Case

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Drilled:
    matrix: Matrix
    told: dict[tuple[str, str], dict[str, Any]]
    text: str

    def verdict(self, case: Case, drill: str) -> dict[str, Any]:
        lacking = self.matrix.lacks(case)
        if lacking:
            pytest.skip(lacking)
        return self.told[case.name, drill]


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[Drilled]:
    """All cases in one project, drilled in one run; and the way of the signal of some of them in another."""
    folder = tmp_path_factory.mktemp("matrix") / "project"
    folder.mkdir()
    project = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    try:
        matrix = Matrix(project, base_image)
        matrix.start()
        ways = [word for case in matrix.cases if case.way for word in ("--service", case.name)]
        journal = folder / "journal.json"
        runs = [
            project.run("drill", "--only", "graceful-stop", "--json", "--journal", str(journal), timeout_s=300),
            project.run("drill", "--only", "signal-path", *ways, "--json", timeout_s=300),
        ]
        told = [json.loads(done.stdout) for done in runs]
        assert [of.get("unrestored", of) for of in told] == [[], []]
        found = {(v["service"], v["drill"]): v for of in told for v in of["verdicts"]}
        said = "\n".join([journal.read_text(encoding="utf-8"), *(done.stdout + done.stderr for done in runs)])
        yield Drilled(matrix, found, said)
    finally:
        project.remove()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_stop_gets_its_verdict_and_its_cause(drilled: Drilled, case: Case) -> None:
    found = drilled.verdict(case, "graceful-stop")
    assert (found["verdict"], found["cause"]) == (case.verdict, case.cause), found


@pytest.mark.parametrize("case", [case for case in CASES if case.way], ids=lambda case: case.name)
def test_the_way_of_the_signal_is_told_from_the_program(drilled: Drilled, case: Case) -> None:
    found = drilled.verdict(case, "signal-path")
    assert (found["verdict"], found["cause"]) == (case.way, case.way_cause), found


def test_a_secret_of_a_header_is_nowhere(drilled: Drilled) -> None:
    assert "asked with [REDACTED]" in drilled.text  # its own log has it
    assert TOKEN not in drilled.text
