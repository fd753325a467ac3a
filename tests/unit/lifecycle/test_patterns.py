"""What Docker's patterns take out. tests/e2e/test_up_stale.py holds the same against real builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.dockerignore import in_force, read
from seatrial.lifecycle.patterns import patterns, refused

if TYPE_CHECKING:
    from pathlib import Path

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
    # Where a name is looked for: at the top only, unless `**/` says anywhere.
    ("**/node_modules", ["node_modules/x", "a/b/node_modules/x"], ["a/node_modules2/x"]),
    ("src/*.ts", ["src/a.ts"], ["a.ts", "src/deep/a.ts"]),
    ("src/**/*.ts", ["src/a.ts", "src/a/b/c.ts"], ["a.ts", "src/a.js"]),
    ("a/**", ["a/b"], ["a", "ab"]),
    ("a**", ["a", "ab", "abc/d"], ["b/a"]),
    ("**end", ["end", "front-end", "x/front-end"], ["ending"]),
    ("**", ["a", "a/b"], []),
    ("**/a/b", ["a/b", "x/a/b/c"], ["a/x/b"]),
    # What comes back.
    ("node_modules\n!node_modules/keep", ["node_modules/x", "node_modules/a/keep"], ["node_modules/keep/deep/x"]),
    ("*\n!src/lib\nsrc/lib/test", ["a", "src/a", "src/lib/test/x"], ["src/lib/x"]),
    ("**\n!**/*.md", ["a/b"], ["a.md", "a/b.md"]),
    ("!a\n*", ["a", "b"], []),
    ("a\n! a", [], ["a", "a/b"]),
    # A pattern that changes nothing for a folder hands nothing down to what is in it.
    ("*/b\n!a", ["a/b", "x/b"], ["a/c"]),
    # How it is written.
    ("a/", ["a", "a/b"], ["b/a"]),
    ("//a//b/", ["a/b"], ["a/c"]),
    ("a/../../y", [], ["y", "a"]),
    ("../y", [], ["y"]),
    ("/../y", ["y"], []),
    (".", [], ["a"]),
    ("/", [], ["a"]),
    ("\ufeffa\r\n b \r\n", ["a", "b"], ["c"]),
    ("a\x0bb", ["a\x0bb"], ["a", "b"]),
    (" # a", ["# a"], ["a"]),
    ("\\#a\n\\!b\nc\\*d", ["#a", "!b", "c*d"], ["a", "b", "cxd"]),
    ("a b", ["a b"], ["a", "b"]),
    ("[!a]", ["a/x", "!"], ["b"]),
    ("[^a]", ["b", "c/x"], ["a/x", "bc"]),
    ("[b-d]x", ["bx", "dx"], ["ax", "b-x"]),
    ("[[.]x", ["[x", ".x"], ["ax"]),
    ("**/[ab].txt", ["a.txt", "x/b.txt"], ["x/c.txt"]),
    ("(a|b)$", ["(a|b)$"], ["a", "b"]),
    ("*.é", ["x.é"], ["x.e"]),
    ("*.bin", ["\udcff.bin", "a\nb.bin"], []),
    # What the builder refuses takes out nothing, the rest counts.
    ("[\na", ["a"], ["["]),
]


@pytest.mark.parametrize(("text", "out", "kept"), CASES)
def test_what_a_pattern_takes_out(text: str, out: list[str], kept: list[str]) -> None:
    rules = read(text)
    assert [path for path in out if not rules.takes_out(path)] == []
    assert [path for path in kept if rules.takes_out(path)] == []


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[]a]", "[a-]", "[-a]", "[b-a]", "a\\", "!", " ! "])
def test_a_pattern_that_the_builder_refuses_is_told(pattern: str) -> None:
    assert refused(pattern)


@pytest.mark.parametrize("pattern", ["a]", "[[]", "[\\]]", "!a", "#", "**", "", "   "])
def test_an_odd_pattern_is_none_that_is_refused(pattern: str) -> None:
    assert not refused(pattern)


SETTLED = [
    ("node_modules", "node_modules", True, True),
    ("node_modules\n!node_modules/keep", "node_modules", True, False),
    ("node_modules\n!node_modules/keep", "node_modules/other", True, True),
    ("node_modules\n!node_modules/keep", "node_modules/keep", False, True),
    ("*\n!src", "docs", True, True),
    ("*\n!src", "src", False, True),
    ("*\n!src/*/lib", "src", True, False),
    ("*\n!src/*/lib", "src/a/x", True, True),
    ("*\n!**/*.md", "docs", True, False),
    ("!**/*.md\n*", "docs", True, True),
    ("src/gen", "docs", False, True),
    ("src/gen", "src", False, False),
    ("**/gen", "docs", False, False),
]


@pytest.mark.parametrize(("text", "folder", "out", "settled"), SETTLED)
def test_a_folder_is_looked_into_only_where_something_may_differ(
    text: str, folder: str, out: bool, settled: bool
) -> None:
    rules = read(text)
    below = rules.walk(folder, rules.top())
    assert (below.out, below.settled) == (out, settled)


def test_patterns_remember_how_they_were_written() -> None:
    assert patterns([" ./a/ ", "", "!b", "["]).texts == ("./a/", "!b")


def test_the_dockerfiles_own_file_goes_first(tmp_path: Path) -> None:
    own, shared = tmp_path / "dev.Dockerfile.dockerignore", tmp_path / ".dockerignore"
    dockerfile = tmp_path / "dev.Dockerfile"
    assert in_force(tmp_path, dockerfile) is None
    shared.touch()
    assert in_force(tmp_path, dockerfile) == shared
    own.touch()
    assert in_force(tmp_path, dockerfile) == own
