from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from base_image.env_file import read_setting, record, with_setting
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

KEY = "BASE_IMAGE"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("BASE_IMAGE=a:1\n", "a:1"),
        ("BASE_IMAGE=a:1", "a:1"),
        ("export BASE_IMAGE = 'a b'  # mine\n", "a b"),
        ('BASE_IMAGE="a:1"\r\nX=1\r\n', "a:1"),
        ("BASE_IMAGE=a:1 # why\n", "a:1"),
        ("BASE_IMAGE=\n", ""),
        ("#BASE_IMAGE=a:1\n", None),
        ("# BASE_IMAGE=a:1\n", None),
        ("MY_BASE_IMAGE=a:1\n", None),
        ("BASE_IMAGE=a:1\nBASE_IMAGE=b:2\n", "b:2"),
        ('NOTE="two\nBASE_IMAGE=not-me\nlines"\n', None),
        ("\ufeffBASE_IMAGE=a:1\n", "a:1"),
        ("BASE_IMAGE='never closed\nX=1\n", "'never closed"),
    ],
)
def test_a_setting_is_read_as_compose_reads_it(text: str, value: str | None) -> None:
    assert read_setting(text, KEY) == value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "BASE_IMAGE=new:1\n"),
        ("A=1", "A=1\nBASE_IMAGE=new:1\n"),
        ("A=1\r\n", "A=1\r\nBASE_IMAGE=new:1\r\n"),
        ("# c\nBASE_IMAGE=old  # keep me\n\nB='x y'\n", "# c\nBASE_IMAGE=new:1  # keep me\n\nB='x y'\n"),
        ("BASE_IMAGE=\nB=1\n", "BASE_IMAGE=new:1\nB=1\n"),
        ('export BASE_IMAGE="old"\n', "export BASE_IMAGE=new:1\n"),
        ("BASE_IMAGE=a\nBASE_IMAGE=b\n", "BASE_IMAGE=a\nBASE_IMAGE=new:1\n"),
        ('N="\nBASE_IMAGE=x\n"\n', 'N="\nBASE_IMAGE=x\n"\nBASE_IMAGE=new:1\n'),
    ],
)
def test_a_setting_is_changed_in_its_place_and_everything_else_stays(before: str, after: str) -> None:
    assert with_setting(before, KEY, "new:1") == after


def test_a_value_with_blanks_or_dollars_is_quoted_so_that_compose_takes_it_as_it_is() -> None:
    assert with_setting("", "BUILD_CA_FILE", "/my certs/$ca.pem") == "BUILD_CA_FILE='/my certs/$ca.pem'\n"


LINES = st.lists(
    st.sampled_from(
        [
            "A=1",
            "# note",
            "",
            "BASE_IMAGE=x",
            "B='two\nlines'",
            'C="q\\"q"',
            "export D=4 # d",
            "  ",
            "E",
            "F==",
            "G= 'x'",
        ]
    )
)


@given(LINES, st.booleans())
def test_whatever_stands_in_the_file_the_value_is_read_back_and_other_settings_are_untouched(
    lines: list[str], end: bool
) -> None:
    import io

    before = "\n".join(lines) + ("\n" if end else "")
    after = with_setting(before, KEY, "new:1")
    assert read_setting(after, KEY) == "new:1"
    assert with_setting(after, KEY, "new:1") == after
    old, new = (dotenv_values(stream=io.StringIO(text), interpolate=False) for text in (before, after))
    assert new == {**old, KEY: "new:1"}


def test_a_missing_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "env" / ".env"
    record(str(path), lambda _: {KEY: "a:1"})
    assert read_setting(path.read_text(), KEY) == "a:1"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_files_mode_its_bytes_and_its_link_are_kept(tmp_path: Path) -> None:
    real, path = tmp_path / "real", tmp_path / ".env"
    real.write_bytes(b"A=\xff\xfe\nBASE_IMAGE=old\n")
    real.chmod(0o640)
    path.symlink_to(real)
    record(str(path), lambda _: {KEY: "new:1"})
    assert path.is_symlink()
    assert real.read_bytes() == b"A=\xff\xfe\nBASE_IMAGE=new:1\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_nothing_to_record_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    before = path.stat()
    record(str(path), lambda _: {})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_file_to_the_owner_of_the_checkout(tmp_path: Path) -> None:
    os.chown(tmp_path, 1234, 1234)
    record(str(tmp_path / ".env"), lambda _: {KEY: "a:1"})
    assert (tmp_path / ".env").stat().st_uid == 1234


def test_many_at_once_lose_none_of_each_others_settings(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    names = [f"NAME_{number}" for number in range(16)]
    threads = [threading.Thread(target=record, args=(str(path), lambda _, name=name: {name: "1"})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [name for name in names if read_setting(path.read_text(), name) != "1"] == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".env"]
