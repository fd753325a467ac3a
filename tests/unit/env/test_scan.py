"""An env file is cut where Compose cuts it."""
# ruff: noqa: E501, S311  tables stay tables; chance is seeded so that a failure repeats

from __future__ import annotations

import json
import os
import random
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.env_syntax.scan import Fault, statements
from unit.env.nasty import env_file
from unit.env.reading import CASES, reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_SURPRISING = 6


def text_of(case: Mapping[str, Any]) -> str:
    data = bytes.fromhex(case["input_hex"]) if case["input"] is None else case["input"].encode()
    return str(data.decode("utf-8", "replace").removeprefix("\ufeff"))


def test_every_measured_case_reads_as_compose_read_it() -> None:
    differences = {}
    surprising = 0
    for case in CASES:
        found = reading(text_of(case), case["shell_env"])
        measured = case["compose_env_file"]["all_versions"]
        if found == "surprising":
            surprising += 1
        elif found != measured.get("ok", "refused"):
            differences[case["id"]] = (found, measured)
    assert not differences
    assert surprising <= MOST_SURPRISING


def test_a_statement_knows_its_line_and_its_exact_place() -> None:
    text = "# note\nA=1\n\nexport B = 'two\nlines' # c\nC=x # d\n"
    a, b, c = statements(text)
    assert [(each.line, each.key) for each in (a, b, c)] == [(2, "A"), (4, "B"), (6, "C")]
    assert [text[each.start : each.end] for each in (a, b, c)] == ["1", "'two\nlines'", "x"]
    assert (b.value, b.comment, c.comment) == ("two\nlines", False, True)


def test_reading_goes_on_behind_what_compose_refuses() -> None:
    found = list(statements('A="open\nMY KEY=1\nB=2\n=3\n'))
    assert [(each.line, each.fault) for each in found] == [
        (1, Fault.UNCLOSED),
        (2, Fault.KEY_SPACE),
        (3, None),
        (4, Fault.KEY_EMPTY),
    ]


def test_the_word_export_alone_does_not_swallow_the_next_line() -> None:
    assert [each.key for each in statements("export\nA=1\n")] == ["", "A"]


@pytest.mark.compose
def test_random_files_read_as_the_installed_compose_reads_them(tmp_path: Path) -> None:
    source = random.Random(20261122)
    expected: dict[str, dict[str, str]] = {}
    while len(expected) < 400:
        text = env_file(source)
        found = reading(text)
        if isinstance(found, dict) and "" not in found:
            name = f"s{len(expected)}"
            expected[name] = found
            (tmp_path / f"{name}.env").write_bytes(text.encode())
    services = {name: {"image": "x", "env_file": [f"{name}.env"]} for name in expected}
    (tmp_path / "compose.yaml").write_text(json.dumps({"name": "seatrial-test", "services": services}))
    done = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    given = {name: service["environment"] for name, service in json.loads(done.stdout)["services"].items()}
    got = {name: {key: value.replace("$$", "$") for key, value in values.items()} for name, values in given.items()}
    assert got == expected
