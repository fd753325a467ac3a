"""A file that a project names never keeps a command waiting: Compose is given up, and the file is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from seatrial.engine import looking
from seatrial.engine.blocking_files import blocking
from seatrial.errors import ConfigurationInvalid
from seatrial.plain_file import other_kind, read_bytes
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

NAMED = {
    "env_file of web": "services: {web: {image: x, env_file: [fine.env, {path: ./the.pipe}]}}",
    "label_file of web": "services: {web: {image: x, label_file: the.pipe}}",
    "which web extends": "services: {web: {extends: {file: the.pipe, service: x}}}",
    "included": "include: [the.pipe]",
    "env_file of `include`": "include: [{path: part/compose.yaml, env_file: the.pipe}]",
    "env_file of more": "include: [part/compose.yaml]",
}


@pytest.mark.parametrize("kind", NAMED)
def test_the_pipe_is_named_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "part").mkdir()
    (tmp_path / "fine.env").write_text("")
    (tmp_path / "part" / "compose.yaml").write_text("services: {more: {image: x, env_file: '../${PIPE:-the.pipe}'}}")
    (tmp_path / "compose.yaml").write_text(NAMED[kind])
    os.mkfifo(tmp_path / "the.pipe")
    error = blocking(Project(tmp_path, (tmp_path / "compose.yaml",)))
    assert error is not None
    assert f"compose.yaml:1: the.pipe ({kind}) is a pipe" in error.what


def test_a_project_of_plain_files_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: x, env_file: [gone.env, /dev/null, .]}}")
    assert blocking(Project(tmp_path, (tmp_path / "compose.yaml",))) is None


def test_a_device_and_a_file_beyond_all_measure_are_named(tmp_path: Path) -> None:
    with (tmp_path / "big.env").open("wb") as file:
        file.truncate(3_000_000_000)
    for name, kind in (("/dev/zero", "a device"), ("big.env", "3000 MB big")):
        (tmp_path / "compose.yaml").write_text(f"services: {{web: {{image: x, env_file: {name}}}}}")
        error = blocking(Project(tmp_path, (tmp_path / "compose.yaml",)))
        assert error is not None
        assert kind in error.what


def _bomb(levels: int) -> str:
    anchors = ["x-0: &a0 [x, x]", *(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels))]
    return "\n".join([*anchors, "services: {web: {image: x}}"])


@pytest.mark.parametrize("mark", ["[", "- "])
def test_yaml_that_is_nested_too_deep_is_named(tmp_path: Path, mark: str) -> None:
    (tmp_path / "part.yaml").write_text(f"x-deep:\n  {mark * 3000}a{']' * 3000 if mark == '[' else ''}")
    (tmp_path / "compose.yaml").write_text("include: [part.yaml]")
    error = blocking(Project(tmp_path, (tmp_path / "compose.yaml",)))
    assert error is not None
    assert error.exit_code == 2
    assert "part.yaml: its YAML is nested too deep" in error.what


@pytest.mark.parametrize(("levels", "is_named"), [(3, False), (9, True)])
def test_aliases_that_expand_without_end_are_named(tmp_path: Path, levels: int, is_named: bool) -> None:
    (tmp_path / "compose.yaml").write_text(_bomb(levels))
    error = blocking(Project(tmp_path, (tmp_path / "compose.yaml",)))
    assert (error is not None and "aliases expand to" in error.what) == is_named


@pytest.mark.compose
def test_an_answer_that_is_too_deep_to_read_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(f"name: x\nx-deep: {'[' * 1200}{']' * 1200}\nservices: {{web: {{image: x}}}}")
    with pytest.raises(ConfigurationInvalid, match="nested too deep"):
        looking.Looking().stack(Project(tmp_path, (file,)))


@pytest.mark.compose
def test_compose_is_given_up_when_it_waits_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_USUAL_S", 0.5)
    (tmp_path / "compose.yaml").write_text("name: x\nservices: {web: {image: x, env_file: a.pipe}}")
    os.mkfifo(tmp_path / "a.pipe")
    with pytest.raises(ConfigurationInvalid, match=r"a\.pipe"):
        looking.Looking().stack(Project(tmp_path, (tmp_path / "compose.yaml",)))


def test_no_reader_of_ours_opens_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert other_kind(tmp_path / "pipe") == "a pipe"
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="not a regular file"):
            read_bytes(path)
