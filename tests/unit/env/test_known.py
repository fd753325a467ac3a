"""What is kept out of sight, and what is not because that would hide nothing or blank out ordinary words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.discretion import discreet
from seatrial.env.known import secrets_among
from seatrial.env.opening import opened
from seatrial.env.schema import load
from seatrial.env.secret import Secret
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = load(b"# @public\nNAME=\nTOKEN=\n", ".env.schema").schema


def hidden(*pairs: tuple[str, str]) -> set[str]:
    return {secret.reveal() for secret in secrets_among(pairs, SCHEMA)}


def test_what_a_public_variable_says_is_no_secret_under_another_name() -> None:
    assert hidden(("TOKEN", "hunter2"), ("NAME", "shop")) == {"hunter2"}
    assert hidden(("TOKEN", "shop"), ("NAME", "shop")) == set()


def test_of_the_shell_only_declared_variables_are_the_projects_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env.schema").write_text("TOKEN=\n")
    project = Project(tmp_path, (tmp_path / "compose.yaml",), schema=tmp_path / ".env.schema")
    found = opened(project, {"TOKEN": "hunter2", "EDITOR": "/usr/bin/vim"})
    assert [secret.reveal() for secret in found.secrets] == ["hunter2"]


def test_a_piece_of_a_secret_is_taken_out_of_an_error_in_whatever_case_it_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    error = ConfigurationInvalid("invalid port HUNTER2 of db", fix="correct it")
    told = discreet(error, [Secret("user:Hunter2")], Project(tmp_path, (tmp_path / "compose.yaml",)))
    assert told.what == "invalid port [REDACTED] of db"
