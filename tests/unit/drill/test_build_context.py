"""What a build context says of its image: base images with variables put in, and the patches that pnpm applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill.image.build_context import BuildContext, Patch, bases, patches_in, read

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = """ARG BASE=node:24
ARG OTHER
FROM --platform=linux/amd64 ${BASE} AS build
FROM build AS test
FROM ${OTHER:-alpine:3}
from scratch
FROM $BASE
FROM debian@sha256:12
"""


def test_bases_are_what_the_stages_start_from() -> None:
    assert list(bases(DOCKERFILE, {})) == ["node:24", "alpine:3", "debian@sha256:12"]
    assert list(bases(DOCKERFILE, {"BASE": "own:1"})) == ["own:1", "alpine:3", "debian@sha256:12"]


def test_patches_of_a_workspace_file_are_read_as_pnpm_writes_them() -> None:
    text = "packages:\n  - .\npatchedDependencies:\n  grammy@1.46.0: patches/a.patch\n"
    text += "  '@a/b@1.0.0': \"patches/b.patch\"\n"
    more = "  # c@1: no\n  d: patches/d.patch # why\nonlyBuiltDependencies:\n  e: f\n"
    assert patches_in(text + more) == {
        "grammy@1.46.0": "patches/a.patch", "@a/b@1.0.0": "patches/b.patch", "d": "patches/d.patch",
    }  # fmt: skip


def test_a_folder_is_read_with_what_is_there_of_its_patches(tmp_path: Path) -> None:
    (tmp_path / "patches").mkdir()
    (tmp_path / "patches" / "a.patch").write_text("")
    (tmp_path / "package.json").write_text(
        '{"pnpm": {"patchedDependencies": {"a@1.0.0": "patches/a.patch", "b": "patches/b.patch"}}}'
    )
    (tmp_path / "Own").write_text("FROM x:1\n")
    found = read({"context": str(tmp_path), "dockerfile": "Own"})
    assert found == BuildContext(
        ("x:1",), (Patch("a@1.0.0", "patches/a.patch", True), Patch("b", "patches/b.patch", False))
    )
    assert [patch.exact for patch in found.patches] == [True, False]


def test_what_is_not_here_or_no_json_is_empty(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{")
    assert read({"context": str(tmp_path)}) == BuildContext()
    assert read({"context": "https://example.org/repo.git"}) == BuildContext()
    assert read({}) == BuildContext()
