"""The schema of this repository's own stack is a good example."""
# ruff: noqa: S311  chance is seeded so that a failure repeats

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from seatrial.env.lint import lint
from seatrial.env.merge import Additions, merged
from seatrial.env.schema import load

SCHEMA = Path(__file__).parents[3] / "env" / ".env.schema"


@pytest.mark.skipif(not SCHEMA.exists(), reason="no schema in this checkout")
def test_the_schema_of_this_stack_has_no_problem_and_gives_an_env_file_without_findings() -> None:
    loaded = load(SCHEMA.read_bytes(), "env/.env.schema")
    assert loaded.problems == ()
    assert all(item.description for item in loaded.schema.items)
    done = merged(b"", loaded.schema, Additions(date(2026, 11, 22), random.Random(1), {}))
    assert lint(done.data) == ()
