"""Which files a directory means: Compose's own rules, and `compose/` beside them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from seatrial import project
from seatrial.errors import ComposeFileMissing, UsageError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_composes_names_are_preferred_in_composes_order(tmp_path: Path) -> None:
    touch(tmp_path, "docker-compose.yml", "compose.yml", "compose.yaml", "compose/compose.yaml")
    assert project.find(tmp_path, environ={}).files == (tmp_path / "compose.yaml",)


def test_the_override_file_follows(tmp_path: Path) -> None:
    touch(tmp_path, "compose.yaml", "compose.override.yml")
    assert [f.name for f in project.find(tmp_path, environ={}).files] == ["compose.yaml", "compose.override.yml"]


@pytest.mark.parametrize("start", [".", "compose", "env", "compose/gateway/src"])
def test_a_compose_folder_means_the_same_root_from_wherever_one_stands(tmp_path: Path, start: str) -> None:
    touch(tmp_path, "compose/compose.yaml", "env/.env", "compose/gateway/src/main.ts")
    found = project.find(tmp_path / start, environ={})
    assert (found.root, found.directory, found.env_file) == (tmp_path, tmp_path / "compose", tmp_path / "env" / ".env")


def test_the_env_file_is_looked_for_in_env_first_then_in_the_root(tmp_path: Path) -> None:
    touch(tmp_path, "compose.yaml", ".env")
    assert project.find(tmp_path, environ={}).env_file == tmp_path / ".env"
    touch(tmp_path, "env/.env")
    assert project.find(tmp_path, environ={}).env_file == tmp_path / "env" / ".env"


@pytest.mark.parametrize("variable", ["COMPOSE_ENV_FILES", "COMPOSE_DISABLE_ENV_FILE"])
def test_composes_own_say_over_env_files_is_left_alone(tmp_path: Path, variable: str) -> None:
    touch(tmp_path, "compose.yaml", ".env")
    assert project.find(tmp_path, environ={variable: "1"}).env_file is None


def test_compose_file_names_files_in_order_with_its_own_separator(tmp_path: Path) -> None:
    touch(tmp_path, "a.yaml", "b.yaml")
    environ = {"COMPOSE_FILE": "b.yaml;a.yaml", "COMPOSE_PATH_SEPARATOR": ";"}
    assert [f.name for f in project.find(tmp_path, environ=environ).files] == ["b.yaml", "a.yaml"]


def test_compose_file_may_stand_in_the_env_file_beside_it(tmp_path: Path) -> None:
    touch(tmp_path, "other.yaml", "compose.yaml")
    (tmp_path / ".env").write_text("COMPOSE_FILE=other.yaml\n")
    assert project.find(tmp_path, environ={}).files == (tmp_path / "other.yaml",)


def test_flags_beat_the_environment(tmp_path: Path) -> None:
    touch(tmp_path, "a.yaml", "b.yaml")
    found = project.find(tmp_path, environ={"COMPOSE_FILE": "a.yaml"}, files=["b.yaml"])
    assert [f.name for f in found.files] == ["b.yaml"]


def test_a_named_file_that_is_missing_says_who_named_it(tmp_path: Path) -> None:
    with pytest.raises(ComposeFileMissing, match=r"gone\.yaml \(named by COMPOSE_FILE\)"):
        project.find(tmp_path, environ={"COMPOSE_FILE": "gone.yaml"})


def test_standard_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="standard input"):
        project.find(tmp_path, environ={}, files=["-"])


@pytest.mark.parametrize("start", [".", "src/deep"])
def test_compose_file_of_the_env_file_counts_from_below_too(tmp_path: Path, start: str) -> None:
    touch(tmp_path, "docker/dev.yaml", "docker/.env", "compose.yaml", "src/deep/x")
    (tmp_path / ".env").write_text("COMPOSE_FILE=docker/${STAGE:-dev}.yaml\n")
    found = project.find(tmp_path / start, environ={})
    assert (found.root, found.files) == (tmp_path, (tmp_path / "docker" / "dev.yaml",))
    assert found.env_files == (tmp_path / "docker" / ".env", tmp_path / ".env")  # the last one wins


def test_relative_env_files_count_from_the_caller(tmp_path: Path) -> None:
    touch(tmp_path, "docker/compose.yaml", "docker/dev.env", "dev.env")
    environ = {"COMPOSE_ENV_FILES": "dev.env,/x/../y.env,~/own.env"}
    found = project.find(tmp_path, environ=environ, files=["docker/compose.yaml"])
    assert found.env_files == (tmp_path / "dev.env", Path("/y.env"), Path.home() / "own.env")


def test_a_folder_is_called_by_the_link_that_led_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "real/compose.yaml", "other/compose.yaml")
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path / "link")
    for pwd, folder in (("link", "link"), ("other", "real"), ("gone", "real"), ("link/../link", "link")):
        monkeypatch.setenv("PWD", str(tmp_path / pwd))
        assert project.find(project.here(), environ={}).directory == tmp_path / folder


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a socket"])
def test_a_compose_file_that_is_no_file_is_refused_at_once(tmp_path: Path, kind: str, named: bool) -> None:
    place = tmp_path / "compose.yaml"
    if kind == "a folder":
        place.mkdir()
    elif kind == "a pipe":
        os.mkfifo(place)
    else:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(os.path.relpath(place))
    with pytest.raises(ComposeFileMissing, match=r"compose\.yaml is a "):
        project.find(tmp_path, environ={}, files=["compose.yaml"] if named else [])


def test_what_a_process_has_open_is_no_compose_file(tmp_path: Path) -> None:
    with pytest.raises(ComposeFileMissing, match="not a file"):
        project.find(tmp_path, environ={}, files=["/dev/stdin"])


def test_a_switch_that_compose_cannot_read_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "compose.yaml")
    with pytest.raises(UsageError, match="COMPOSE_DISABLE_ENV_FILE is `maybe`"):
        project.find(tmp_path, environ={"COMPOSE_DISABLE_ENV_FILE": "maybe"})


def test_an_env_file_that_compose_finds_by_itself_is_not_named_on_its_command_line(tmp_path: Path) -> None:
    touch(tmp_path, "compose.yaml", ".env", "other.env")
    assert project.find(tmp_path, environ={}).env_file_flags == ()
    chosen = project.find(tmp_path, environ={"COMPOSE_ENV_FILES": "other.env"})
    assert chosen.env_file_flags == (tmp_path / "other.env",)
    touch(tmp_path, "env/.env")
    assert project.find(tmp_path, environ={}).env_file_flags == (tmp_path / "env" / ".env",)


def test_an_address_is_no_file_here(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is an address"):
        project.find(tmp_path, environ={}, files=["https://example.org/x.git"])
