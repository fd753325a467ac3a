"""`init` writes an env file once, completely, for its owner only, and never half."""
# ruff: noqa: E501, S311  tables stay tables; chance is seeded so that a failure repeats

from __future__ import annotations

import errno
import os
import random
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrial.env import place
from seatrial.env.init import Result, init
from seatrial.env.problem import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.env.schema import Item

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHEMA = "# @public @type=port\nPORT=8080\n# The token.\n# @required @type=string(minLength=5)\nTOKEN=\n# @required\nKEY=randomHex(16)\n"


class Interrupted(BaseException):
    """Stands for a signal that ends the process here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env.schema").write_text(SCHEMA)
    return tmp_path


def run(folder: Path, ask: Callable[[Item, str], str | None] | None = None, env: str = ".env") -> Result:
    return init(folder / ".env.schema", folder / env, ask=ask, now=NOW, source=random.Random(5))


def rules(result: Result) -> list[str]:
    return [each.rule for each in result.problems]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_new_file_is_for_its_owner_only_and_nothing_else_is_left(folder: Path) -> None:
    old = os.umask(0)
    try:
        result = run(folder)
    finally:
        os.umask(old)
    assert (result.created, result.changed, result.missing) == (True, True, ("TOKEN",))
    assert result.added == ("PORT", "TOKEN", "KEY")
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert files(folder) == [".env", ".env.schema"]
    assert "PORT=8080\n" in (folder / ".env").read_text()


def test_a_second_run_changes_neither_a_byte_nor_the_file_itself(folder: Path) -> None:
    run(folder)
    before, data = (folder / ".env").stat(), (folder / ".env").read_bytes()
    result = run(folder)
    after = (folder / ".env").stat()
    assert (result.created, result.changed, result.missing) == (False, False, ("TOKEN",))
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (folder / ".env").read_bytes() == data


def test_without_a_given_source_every_secret_is_another_one(folder: Path) -> None:
    secrets = set()
    for name in ("one.env", "two.env"):
        init(folder / ".env.schema", folder / name, ask=None, now=NOW)
        secrets.add((folder / name).read_text().partition("\nKEY=")[2])
    assert len(secrets) == 2
    assert {len(secret.strip()) for secret in secrets} == {16}


def test_an_existing_file_keeps_its_bytes_and_its_mode(folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORT=9000 # mine")
    (folder / ".env").chmod(0o640)
    result = run(folder)
    assert (folder / ".env").read_bytes().startswith(b"PORT=9000 # mine\n")
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o640
    assert rules(result) == ["OpenToOthers"]
    assert (result.created, result.added) == (False, ("TOKEN", "KEY"))


def test_a_link_is_followed_and_stays_a_link(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "dev.env").write_text("PORT=1\n")
    (folder / ".env").symlink_to("real/dev.env")
    run(folder)
    assert (folder / ".env").is_symlink()
    assert "KEY=" in (folder / "real" / "dev.env").read_text()
    (folder / "new.env").symlink_to("real/new.env")
    run(folder, env="new.env")
    assert (folder / "new.env").is_symlink()
    assert stat.S_IMODE((folder / "real" / "new.env").stat().st_mode) == 0o600


def test_a_person_is_asked_for_what_is_missing_until_it_fits(folder: Path) -> None:
    answers = iter(["abc", "it's $x"])
    asked: list[tuple[str, str]] = []

    def ask(item: Item, complaint: str) -> str:
        asked.append((item.key, complaint))
        return next(answers)

    result = run(folder, ask)
    assert [key for key, _ in asked] == ["TOKEN", "TOKEN"]
    assert "fewer than 5" in asked[1][1]
    assert "abc" not in asked[1][1]
    assert result.missing == ()
    assert 'TOKEN="it\'s $$x"\n' in (folder / ".env").read_text()


def test_a_later_answer_fills_the_empty_line(folder: Path) -> None:
    run(folder)
    assert run(folder, lambda _item, _complaint: None).changed is False
    result = run(folder, lambda _item, _complaint: "abcdef")
    assert (result.filled, result.added, result.missing) == (("TOKEN",), (), ())
    assert (folder / ".env").read_text().count("TOKEN=") == 1


def test_an_answer_that_no_environment_can_hold_is_asked_for_again(folder: Path) -> None:
    answers = iter(["abcdef\0", ""])
    assert run(folder, lambda _item, _complaint: next(answers)).missing == ("TOKEN",)


def test_a_person_who_breaks_off_leaves_no_file(folder: Path) -> None:
    def ask(_item: Item, _complaint: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, ask)
    assert files(folder) == [".env.schema"]


# Git ----------------------------------------------------------------------------------------------------------------


def test_a_file_that_git_tracks_is_refused(folder: Path) -> None:
    (folder / ".env").write_text("PORT=1\n")
    (folder / ".env").chmod(0o600)
    git(folder, "init")
    git(folder, "add", "-f", ".env")
    result = run(folder)
    assert rules(result) == ["TrackedByGit"]
    assert errors(result.problems)
    assert (folder / ".env").read_text() == "PORT=1\n"


def test_a_link_to_a_tracked_file_is_refused(folder: Path) -> None:
    git(folder, "init")
    (folder / "shared.env").touch(0o600)
    git(folder, "add", "-f", "shared.env")
    (folder / ".env").symlink_to("shared.env")
    assert rules(run(folder)) == ["TrackedByGit"]


def test_a_file_that_git_would_commit_is_warned_about_and_an_ignored_one_is_not(folder: Path) -> None:
    git(folder, "init")
    result = run(folder)
    assert rules(result) == ["NotIgnoredByGit"]
    assert result.changed
    (folder / ".gitignore").write_text(".env\n")
    assert rules(run(folder)) == []


def test_a_hook_of_another_repository_does_not_hide_that_the_file_is_tracked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").touch(0o600)
    git(folder, "init")
    git(folder, "add", "-f", ".env")
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert rules(run(folder)) == ["TrackedByGit"]


def test_without_git_nothing_is_said_about_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert rules(run(folder)) == []


# Bad places ---------------------------------------------------------------------------------------------------------


def make_directory(path: Path) -> None:
    path.mkdir()


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_link_into_nowhere(path: Path) -> None:
    path.symlink_to("no/such/folder/.env")


@pytest.mark.parametrize("make", [make_directory, make_loop, make_pipe, make_link_into_nowhere])
@pytest.mark.parametrize("name", [".env", ".env.schema"])
def test_what_is_no_file_is_one_problem(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    if name == ".env":
        (tmp_path / ".env.schema").write_text(SCHEMA)
    make(tmp_path / name)
    before = files(tmp_path)
    result = run(tmp_path)
    assert rules(result) == ["CannotWrite"]
    assert (result.changed, files(tmp_path)) == (False, before)


def test_a_missing_schema_is_one_problem(tmp_path: Path) -> None:
    assert rules(run(tmp_path)) == ["NoSchema"]
    assert files(tmp_path) == []


def test_a_schema_with_errors_writes_nothing_and_tells_them_all(folder: Path) -> None:
    (folder / ".env.schema").write_text("# @type=int\nA=1\n# @bogus\nB=1\n")
    result = run(folder)
    assert rules(result) == ["UnknownType", "UnknownDecorator"]
    assert files(folder) == [".env.schema"]


def test_an_env_file_that_cannot_be_added_to_stays(folder: Path) -> None:
    (folder / ".env").write_bytes(b"A='open\n")
    (folder / ".env").chmod(0o600)
    assert rules(run(folder)) == ["UnclosedQuote"]
    assert (folder / ".env").read_bytes() == b"A='open\n"


def test_a_missing_folder_is_one_problem(folder: Path) -> None:
    assert rules(run(folder, env="no/such/.env")) == ["CannotWrite"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_a_file_or_folder_without_permission_is_one_problem(folder: Path) -> None:
    (folder / ".env").touch(0o000)
    assert rules(run(folder)) == ["CannotWrite"]
    (folder / ".env").unlink()
    folder.chmod(0o500)
    assert rules(run(folder)) == ["CannotWrite"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_of_somebody_else_stays_theirs(folder: Path) -> None:
    (folder / ".env").touch(0o600)
    os.chown(folder / ".env", 12345, 12346)
    assert run(folder).changed
    status = (folder / ".env").stat()
    assert (status.st_uid, status.st_gid) == (12345, 12346)


# Interruptions ------------------------------------------------------------------------------------------------------

MOMENTS = ["os.open", "os.fchmod", "os.fsync", "place._write_new", "place._link", "Path.replace", "place._sync_folder"]


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Makes one step of the writing fail with the first of these, once a temporary file is about to be made."""
    failures: list[BaseException] = []
    owner, name = str(request.param).split(".")
    module = {"os": os, "place": place, "Path": Path}[owner]
    original = getattr(module, name)

    def failing(*arguments: object, **named: object) -> object:
        writing = name != "open" or "seatrial-" in str(arguments[0])
        if failures and writing:
            raise failures.pop()
        return original(*arguments, **named)

    monkeypatch.setattr(module, name, failing)
    return failures


@pytest.mark.parametrize("failure", [Interrupted(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("existing", [None, b"PORT=1\n"])
def test_a_failure_at_any_moment_leaves_the_old_file_or_the_new_one(
    folder: Path, moment: list[BaseException], failure: BaseException, existing: bytes | None
) -> None:
    path = folder / ".env"
    if existing is not None:
        path.write_bytes(existing)
        path.chmod(0o600)
    moment.append(failure)
    try:
        result = run(folder)
        failed = result.problems != ()
    except Interrupted:
        failed = True
    now = path.read_bytes() if path.exists() else None
    complete = now is not None and b"KEY=" in now and now.endswith(b"\n")
    assert now == existing or complete
    assert failed or complete
    assert not [name for name in files(folder) if name.endswith(".tmp")]
    moment.clear()
    assert run(folder).problems == ()


HANGS_WHILE_WRITING = """
import os, random, sys, time
from datetime import datetime
from pathlib import Path
def hang(_descriptor):
    print("writing", flush=True)
    time.sleep(60)
os.fsync = hang
from seatrial.env.init import init
init(Path(".env.schema"), Path(".env"), ask=None, now=datetime(2026, 11, 22), source=random.Random(1))
"""


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_file_and_no_lock(folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORT=1\n")
    (folder / ".env").chmod(0o600)
    environ = {**os.environ, "PYTHONPATH": str(Path(place.__file__).parents[2])}
    command = [sys.executable, "-c", HANGS_WHILE_WRITING]
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"writing\n"
        assert "another" in run(folder).problems[0].message
        child.kill()
    assert (folder / ".env").read_bytes() == b"PORT=1\n"
    (leftover,) = (name for name in files(folder) if name.endswith(".tmp"))
    assert stat.S_IMODE((folder / leftover).stat().st_mode) == 0o600
    assert run(folder).changed
    assert files(folder) == [".env", ".env.schema"]


def test_what_a_killed_run_left_is_removed_by_the_next(folder: Path) -> None:
    (folder / ".env.seatrial-0123.tmp").write_text("TOKEN=secret")
    run(folder)
    assert files(folder) == [".env", ".env.schema"]


def test_all_of_the_file_is_on_disk_before_it_gets_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync

    def recorded(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        assert (folder / ".env").exists() == (len(synced) > 1)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    run(folder)
    assert synced[0] == (folder / ".env").stat().st_size
    assert len(synced) == 2  # the file, then the folder that holds its name


def test_a_full_disk_is_one_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run(folder)
    assert rules(result) == ["CannotWrite"]
    assert "no space left" in result.problems[0].message
    assert files(folder) == [".env.schema"]


# Two at once --------------------------------------------------------------------------------------------------------


def test_the_second_of_two_at_once_is_turned_away(folder: Path) -> None:
    seconds: list[Result] = []

    def ask(_item: Item, _complaint: str) -> None:
        seconds.append(run(folder))

    first = run(folder, ask)
    assert first.changed
    assert [rules(each) for each in seconds] == [["CannotWrite"]]
    assert "another" in seconds[0].problems[0].message


@pytest.mark.parametrize("existing", [None, b"PORT=1\n"])
def test_a_file_that_an_editor_changes_meanwhile_is_not_overwritten(folder: Path, existing: bytes | None) -> None:
    path = folder / ".env"
    if existing is not None:
        path.write_bytes(existing)

    def ask(_item: Item, _complaint: str) -> str:
        path.write_bytes(b"PORT=2\n")
        return "abcdef"

    result = run(folder, ask)
    assert "CannotWrite" in rules(result)
    assert not result.changed
    assert path.read_bytes() == b"PORT=2\n"
    assert files(folder) == [".env", ".env.schema"]
