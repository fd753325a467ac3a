"""What a `.dockerignore` takes out. tests/e2e/test_up_stale.py holds the same against a real build."""

from __future__ import annotations

import pytest

from seatrial.lifecycle.dockerignore import read

CASES = [
    ("node_modules", ["node_modules/a/b.js"], ["src/node_modules/a.js", "node_modules2"]),
    ("/dist/", ["dist/x"], ["src/dist/x"]),
    ("*.log", ["a.log"], ["src/a.log"]),
    ("**/*.log", ["a.log", "src/deep/a.log"], ["a.logs"]),
    ("**/temp", ["temp/x", "a/temp/x"], ["temporary"]),
    ("temp?", ["temp1", "tempx/y"], ["temp", "temp12"]),
    ("a/**", ["a/b", "a/b/c"], ["b/a"]),
    ("*\n!src\n!package.json", ["README.md", "docs/x"], ["src/deep/x.js", "package.json"]),
    ("docs\n!docs/keep.md", ["docs/x.md"], ["docs/keep.md"]),
    ("!a\na", ["a"], []),
    ("# a\n\n  b  ", ["b"], ["a", "# a"]),
    ("./x/../y", ["y"], ["x"]),
    ("[ab].txt", ["a.txt", "b.txt"], ["c.txt"]),
    ("a.b+c", ["a.b+c"], ["axb+c", "a.bbc"]),
    ("*", ["anything", "at/all"], []),
    ("", [], ["anything"]),
]


@pytest.mark.parametrize(("text", "out", "kept"), CASES)
def test_what_a_pattern_takes_out(text: str, out: list[str], kept: list[str]) -> None:
    rules = read(text)
    assert [path for path in out if not rules.takes_out(path)] == []
    assert [path for path in kept if rules.takes_out(path)] == []
