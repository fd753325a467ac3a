"""What is written is read back equal, by Compose and, where that is possible, by everybody."""
# ruff: noqa: S311  tables stay tables; chance is seeded so that a failure repeats

from __future__ import annotations

import io
import json
import os
import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.lint import lint
from seatrial.env.problem import errors
from seatrial.env.schema import Reference, Template
from seatrial.env.write import NotWritableError, quoted, quoted_template
from unit.env.nasty import TOKENS
from unit.env.reading import read

if TYPE_CHECKING:
    from pathlib import Path

WRITABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NASTY = st.lists(st.sampled_from(TOKENS)).map("".join)
VALUES = st.one_of(WRITABLE, NASTY)


def portable(value: str) -> bool:
    """Everything but a dollar next to what single quotes cannot hold."""
    return "$" not in value or not any(mark in value for mark in ("'", "\\", "\r", "${"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("", ""),
        ("plain-1.2/3:x@y%+,=~^&*!?()[]{}|;<>", "plain-1.2/3:x@y%+,=~^&*!?()[]{}|;<>"),
        ("two words", "'two words'"),
        ("a#b", "'a#b'"),
        ("pa$word", "'pa$word'"),
        ("$2b$12$x/y", "'$2b$12$x/y'"),
        ('say "hi"', "'say \"hi\"'"),
        ("it's", '"it\'s"'),
        ("C:\\new", '"C:\\\\new"'),
        ("two\nlines", "'two\nlines'"),
        ("a\r\nb", '"a\\r\nb"'),
        ("it's $5", '"it\'s $$5"'),
        ("a${b}", '"a$${b}"'),
        ("é", "'é'"),
    ],
)
def test_the_plainest_safe_form_is_chosen(value: str, written: str) -> None:
    assert quoted(value) == written


@given(VALUES)
def test_a_written_value_reads_back_equal(value: str) -> None:
    text = f"A=before\nK={quoted(value)}\nL=after\n"
    assert read(text) == {"A": "before", "K": value, "L": "after"}


@given(VALUES.filter(portable))
def test_a_written_value_reads_back_equal_in_python_dotenv_and_lint_has_no_error(value: str) -> None:
    text = f"A=before\nK={quoted(value)}\nL=after\n"
    if "\r" not in text:  # python-dotenv reads files with universal line ends
        assert dotenv_values(stream=io.StringIO(text)) == {"A": "before", "K": value, "L": "after"}
    assert errors(lint(text.encode())) == ()


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_value_with_references_keeps_them_and_its_own_text(texts: list[str]) -> None:
    parts = tuple(part for text in texts for part in (text, Reference("A")))
    found = read(f"A=<>\nK={quoted_template(Template(parts))}\n")
    assert found["K"] == "".join(f"{text}<>" for text in texts)


def test_a_reference_with_a_default_stays_one() -> None:
    written = quoted_template(Template(("x", Reference("NO", ":-", "d e"), Reference("A", "-", "d"))))
    assert written == '"x${NO:-d e}${A-d}"'
    assert read(f"A=\nK={written}\n")["K"] == "xd e"


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_what_no_environment_can_hold_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(NotWritableError) as raised:
        quoted(value)
    assert str(raised.value) != "a"
    assert value not in str(raised.value)


@pytest.mark.compose
def test_the_installed_compose_reads_every_written_value_back_equal(tmp_path: Path) -> None:
    source = random.Random(31337)
    pieces = [*TOKENS, "pa$$w0rd", "it's", "\n", "\r", "\u2028", "漢字", "🎉", "-----BEGIN KEY-----\n"]
    values = {f"K{n}": "".join(source.choice(pieces) for _ in range(source.randint(0, 9))) for n in range(1_500)}
    lines = "".join(f"{key}={quoted(value)}\n" for key, value in values.items())
    (tmp_path / "written.env").write_bytes(lines.encode())
    model = {"name": "seatrial-test", "services": {"s": {"image": "x", "env_file": ["written.env"]}}}
    model["services"]["t"] = {"image": "x", "environment": {key: f"${{{key}}}" for key in values}}  # type: ignore[index]
    (tmp_path / "compose.yaml").write_text(json.dumps(model))
    done = subprocess.run(
        ["docker", "compose", "--env-file", "written.env", "config", "--format", "json"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-300:]
    for service in json.loads(done.stdout)["services"].values():
        assert {key: value.replace("$$", "$") for key, value in service["environment"].items()} == values
