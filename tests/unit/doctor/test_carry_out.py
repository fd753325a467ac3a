"""Fixes are carried out, and taken back where they did something else than was meant. Compose is a function here."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from seatrial.doctor.fixing.carry_out import carry_out
from seatrial.doctor.fixing.remedy import Change, Remedy
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "services:\n  a: {image: x}\n  b: {image: y}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "compose.yaml"
    file.write_text(TEXT)
    file.chmod(0o640)
    return file


def edit(file: Path, line: int, text: str, *model: str) -> Remedy:
    return Remedy((Change(file, line, 1, (text,)),), model=model)


def done(file: Path, *remedies: Remedy) -> list[str]:
    def model() -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(file.read_text())
        if "services" not in found:
            raise ConfigurationInvalid("no services", fix="write some")
        return found

    return [one.trouble for one in carry_out([("check", remedy) for remedy in remedies], [file], model)]


def test_a_change_that_does_what_was_meant_stays_with_the_files_mode(file: Path) -> None:
    assert done(file, edit(file, 1, "  a: {image: x, init: true}", "services.a.init")) == [""]
    assert file.read_text() == TEXT.replace("image: x", "image: x, init: true")
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_change_that_does_more_is_taken_back(file: Path) -> None:
    (trouble,) = done(file, edit(file, 1, "  a: {image: z}", "services.a.init"))
    assert trouble.startswith("it would change services.a.image too; it was taken back")
    assert file.read_text() == TEXT


def test_a_change_without_effect_is_taken_back(file: Path) -> None:
    (trouble,) = done(file, edit(file, 1, "  a: {image: x} # init", "services.a.init"))
    assert trouble.startswith("it has no effect on services.a.init")
    assert file.read_text() == TEXT


def test_what_compose_refuses_is_taken_back(file: Path) -> None:
    (trouble,) = done(file, edit(file, 0, "srvices:", "services"))
    assert trouble.startswith("Compose refuses the changed file: no services")
    assert file.read_text() == TEXT


def test_one_that_fails_does_not_take_the_others_with_it(file: Path) -> None:
    good, bad, other = (
        edit(file, 1, "  a: {image: x, init: true}", "services.a.init"),
        edit(file, 2, "  b: {image: z}", "services.b.init"),
        Remedy((Change(file, 3, added=("volumes: {}",)),), model=("volumes",)),
    )
    assert [bool(trouble) for trouble in done(file, good, bad, other)] == [False, True, False]
    assert file.read_text() == TEXT.replace("image: x", "image: x, init: true") + "volumes: {}\n"


def test_two_about_one_line_are_not_mixed(file: Path) -> None:
    first = edit(file, 1, "  a: {image: x, init: true}", "services.a.init")
    second = edit(file, 1, "  a: {image: x, tty: true}", "services.a.tty")
    assert done(file, first, second) == [
        "",
        "it is about lines that another fix has changed: run doctor --fix once more",
    ]
    assert "init" in file.read_text()


def test_an_interrupt_leaves_the_file_as_it_was(file: Path) -> None:
    calls: Iterator[dict[str, Any]] = iter([{"services": {}}])

    def interrupted() -> dict[str, Any]:
        try:
            return next(calls)
        except StopIteration:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        carry_out([("check", edit(file, 1, "  a: {}", "services.a"))], [file], interrupted)
    assert file.read_text() == TEXT


def test_a_file_that_is_not_there_is_made_and_a_folder_that_is_not_is_told(tmp_path: Path, file: Path) -> None:
    new, nowhere = tmp_path / ".dockerignore", tmp_path / "no" / ".dockerignore"
    made, failed = done(file, Remedy((Change(new, 0, added=(".git",)),)), Remedy((Change(nowhere, 0, added=("x",)),)))
    assert made == ""
    assert new.read_text() == ".git\n"
    assert "no folder" in failed


def test_a_file_that_is_no_text_stays_as_it_is(tmp_path: Path, file: Path) -> None:
    other = tmp_path / ".gitignore"
    other.write_bytes(b"caf\xe9\n")
    (trouble,) = done(file, Remedy((Change(other, 1, added=("/.env",)),)))
    assert "codec can't decode" in trouble
    assert other.read_bytes() == b"caf\xe9\n"


def test_commands_are_run_and_what_they_complain_of_is_told(tmp_path: Path, file: Path) -> None:
    fine, bad, none = done(
        file,
        Remedy(commands=(("touch", str(tmp_path / "made")),)),
        Remedy(commands=(("ls", str(tmp_path / "gone")),)),
        Remedy(commands=(("no-such-program",),)),
    )
    assert fine == ""
    assert (tmp_path / "made").exists()
    assert "gone" in bad
    assert "no-such-program" in none


def test_a_file_that_cannot_be_written_is_told_by_its_own_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{file}.seatrial-b07.tmp")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr("pathlib.Path.replace", full)
    assert done(file, edit(file, 1, "  a: {image: x, init: true}", "services.a.init")) == [
        f"{file}: No space left on device"
    ]
    assert file.read_text() == TEXT
