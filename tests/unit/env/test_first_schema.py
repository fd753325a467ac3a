"""`env.init --from-example` writes a schema once, whole, and never over another."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from seatrial.env.first_schema import first_schema, places
from seatrial.env.problem import errors
from seatrial.errors import UsageError
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = "# Port of the server.\nPORT=8080\n\n# Get one from the desk.\nAPI_TOKEN=abc123\nMY KEY=1\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, (tmp_path / "compose.yaml",))


def test_the_schema_has_every_variable_of_the_example_and_says_what_was_left_out(project: Project) -> None:
    example = project.root / ".env.example"
    example.write_text(EXAMPLE)
    source, target = places(project, None)
    result = first_schema(source, target)
    assert (source, target) == (example, project.root / ".env.schema")
    assert (result.created, result.added) == (True, ("PORT", "API_TOKEN"))
    assert [(p.rule, p.line) for p in result.problems] == [("InvalidKey", 6)]
    assert "abc123" not in target.read_text().replace("@example='abc123'", "")
    assert {file.name for file in project.root.iterdir()} == {".env.example", ".env.schema"}


def test_it_is_a_file_to_be_committed_and_read_by_others(project: Project) -> None:
    (project.root / ".env.example").write_text(EXAMPLE)
    before = os.umask(0o022)
    try:
        first_schema(*places(project, None))
    finally:
        os.umask(before)
    assert stat.S_IMODE((project.root / ".env.schema").stat().st_mode) == 0o644


@pytest.mark.parametrize("there", ["a schema", "a link", "a folder"])
def test_what_is_there_is_left_as_it_is(there: str, project: Project) -> None:
    (project.root / ".env.example").write_text(EXAMPLE)
    target = project.root / ".env.schema"
    if there == "a schema":
        target.write_text("# mine\n")
    elif there == "a link":
        target.symlink_to("nowhere")
    else:
        target.mkdir()
    result = first_schema(project.root / ".env.example", target)
    assert (result.created, [p.rule for p in errors(result.problems)]) == (False, ["SchemaExists"])
    assert not (project.root / "nowhere").exists()
    if there == "a schema":
        assert target.read_text() == "# mine\n"


def test_one_that_appears_at_the_last_moment_is_left_as_it_is_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / ".env.example").write_text(EXAMPLE)
    target = project.root / ".env.schema"
    sync = os.fsync

    def somebody_else(descriptor: int) -> None:
        sync(descriptor)
        if not target.exists():
            target.write_text("# theirs\n")

    monkeypatch.setattr(os, "fsync", somebody_else)
    result = first_schema(project.root / ".env.example", target)
    assert [p.rule for p in result.problems] == ["SchemaExists"]
    assert target.read_text() == "# theirs\n"
    assert len(list(project.root.iterdir())) == 2


def test_the_example_is_looked_for_in_env_first_and_the_schema_goes_beside_it(project: Project) -> None:
    (project.root / "env").mkdir()
    (project.root / "env" / ".env.sample").write_text("A=1\n")
    (project.root / ".env.example").write_text("B=1\n")
    assert places(project, None) == (project.root / "env" / ".env.sample", project.root / "env" / ".env.schema")


def test_an_example_from_elsewhere_makes_the_schema_of_this_project(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "far" / "vars"
    elsewhere.parent.mkdir()
    elsewhere.write_text("A=1\n")
    assert places(project, elsewhere) == (elsewhere, project.root / ".env.schema")


def test_without_an_example_it_says_how_to_name_one(project: Project) -> None:
    for named in (None, project.root / "nope"):
        with pytest.raises(UsageError, match="--from-example=PATH"):
            places(project, named)


@pytest.mark.parametrize("data", [b"\xff\xfeK\0=\0", b"K=\0\n"])
def test_an_example_that_is_no_text_makes_no_schema(data: bytes, project: Project) -> None:
    (project.root / ".env.example").write_bytes(data)
    result = first_schema(*places(project, None))
    assert errors(result.problems)
    assert not (project.root / ".env.schema").exists()
