"""What a first env file is copied from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial.engine.env_sample import copying, own_sample, sample_of
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("missing", "sample"),
    [
        (".env", ".env.example"),
        (".env", ".env-example"),
        (".env", "example.env"),
        (".env", "env.template"),
        (".env.production", ".env.production.sample"),
        ("dev.env", "dev.env.dist"),
    ],
)
def test_a_sample_is_found_by_its_usual_names(tmp_path: Path, missing: str, sample: str) -> None:
    (tmp_path / "other.env").write_text("A=1\n")
    assert sample_of(tmp_path / missing) is None
    (tmp_path / sample).write_text("A=1\n")
    assert sample_of(tmp_path / missing) == tmp_path / sample


def test_a_copy_is_the_fix_where_it_sets_the_variable_and_compose_would_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env.example").write_text("# OTHER=1\nexport SOCKET=/run/docker.sock\n")
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    assert copying(project, "SOCKET") == "cp .env.example .env"
    assert not copying(project, "OTHER")
    for has_one in (
        Project(tmp_path, project.files, (tmp_path / ".env",)),
        Project(tmp_path, project.files, env_files_chosen=True),
    ):
        assert own_sample(has_one) is None
        assert not copying(has_one, "SOCKET")
