"""What `env.init` and `env.docs` would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.lifecycle.env_files import plan_docs, plan_init

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_missing_is_added_what_stands_empty_is_filled_and_the_rest_is_kept(tmp_path: Path) -> None:
    schema, target = tmp_path / ".env.schema", tmp_path / ".env"
    schema.write_text("# @required\nA=\nB=2\nC=3\n")
    assert str(plan_init(schema, target)) == "add A (not in .env)\nadd B (not in .env)\nadd C (not in .env)"
    target.write_text("A=\nC=4\n")
    assert str(plan_init(schema, target)) == "fill A (required and empty)\nadd B (not in .env)\nkeep C (line 2)"
    assert target.read_text() == "A=\nC=4\n"


def test_a_page_is_written_only_when_it_says_something_else(tmp_path: Path) -> None:
    page = tmp_path / "env.md"
    assert [step.action for step in plan_docs(page, "new\n").steps] == ["write"]
    page.write_text("new\n")
    assert not plan_docs(page, "new\n").acts
    assert plan_docs(page, "newer\n").acts
