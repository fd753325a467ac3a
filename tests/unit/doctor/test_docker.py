"""Client, plugins, engine and clock, judged by what `docker info` answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.doctor.compose_file import log_limits
from seatrial.doctor.docker import buildx, client, clock, compose, engine
from seatrial.doctor.docker.info import Info, numbers, read
from seatrial.doctor.finding import Status
from unit.doctor.found import only

if TYPE_CHECKING:
    from pathlib import Path

INFO = Info("28.2.2", {"compose": "2.40.3", "buildx": "0.29.1"}, "28.2.2")


def test_one_answer_tells_of_client_plugins_and_engine() -> None:
    told = {
        "ServerVersion": "26.1.5",
        "SystemTime": "1970-01-01T00:01:40.5Z",
        "MemTotal": 7,
        "HttpsProxy": "http://proxy",
        "ClientInfo": {"Version": "28.2.2", "Plugins": [{"Name": "compose", "Version": "2.26.1-4"}]},
    }
    info = read(json.dumps(told), "", 99.0, 101.0)
    assert (info.client, info.plugins, info.engine, info.memory) == ("28.2.2", {"compose": "2.26.1-4"}, "26.1.5", 7)
    assert (info.clock_s, info.clock_error_s) == (0.5, 1.0)
    assert info.proxies == {"HTTPS_PROXY": "http://proxy"}


@pytest.mark.parametrize("text", ["", "{}", "not json"])
def test_without_an_engine_the_clients_words_are_kept(text: str) -> None:
    info = read(text, "Cannot connect to the Docker daemon at unix:///x\n", 0, 0)
    found = only(engine.judge(info))
    assert found.status is Status.FAILURE
    assert "no Docker engine answers" in found.found
    assert "systemctl start docker" in found.fix


def test_a_socket_that_is_closed_to_this_user_is_told_apart() -> None:
    found = only(engine.judge(Info("28", trouble="permission denied while trying to connect to the docker API")))
    assert found.status is Status.FAILURE
    assert "usermod -aG docker" in found.fix


def test_an_engine_that_is_too_old_fails() -> None:
    assert only(engine.judge(replace(INFO, engine="24.0.7"))).status is Status.FAILURE
    assert only(engine.judge(replace(INFO, engine="25.0.0"))).status is Status.OK


def test_no_client_is_a_failure_and_a_script_is_told() -> None:
    assert only(client.judge(None, "", script=False)).status is Status.FAILURE
    assert "is a script" in only(client.judge("/bin/docker", "28", script=True)).notes[0]


@pytest.mark.parametrize(
    ("version", "does", "status"),
    [
        ("2.23.9", (), Status.FAILURE),
        ("2.24.0", (), Status.OK),
        ("2.24.0", ("ports",), Status.WARNING),
        ("2.26.1-4", ("ports",), Status.OK),
        ("2.26.1-4", ("env_files",), Status.WARNING),
        ("2.39.0", ("env_files", "ports"), Status.OK),
        ("dev", ("ports",), Status.OK),
    ],
)
def test_compose_is_judged_by_its_version_and_what_the_project_does(
    version: str, does: tuple[str, ...], status: Status
) -> None:
    info = replace(INFO, plugins={"compose": version})
    assert only(compose.judge(info, does)).status is status


def test_faults_of_watching_are_told_to_who_watches() -> None:
    busy = "busy ignored file"
    assert any(busy in note for note in only(compose.judge(INFO, ("watch",))).notes)
    assert not any(busy in note for note in only(compose.judge(INFO, ())).notes)
    older = replace(INFO, plugins={"compose": "2.26.1"})
    assert not any(busy in note for note in only(compose.judge(older, ("watch",))).notes)


def test_a_missing_plugin_is_a_failure() -> None:
    assert only(compose.judge(replace(INFO, plugins={}), ())).status is Status.FAILURE
    assert only(buildx.judge(replace(INFO, plugins={}), builds=True)).status is Status.FAILURE
    assert only(buildx.judge(replace(INFO, plugins={}), builds=False)).status is Status.WARNING


def test_compose_that_refuses_to_build_with_this_buildx_is_found() -> None:
    old = replace(INFO, plugins={"compose": "2.40.3", "buildx": "0.13.1+ds1"})
    assert only(buildx.judge(old, builds=True)).status is Status.FAILURE
    assert only(buildx.judge(old, builds=False)).status is Status.WARNING
    assert only(buildx.judge(replace(old, plugins={"compose": "2.26.1", "buildx": "0.13.1"}), builds=True)).found
    fine = replace(INFO, plugins={"compose": "2.26.1", "buildx": "0.13.1"})
    assert only(buildx.judge(fine, builds=True)).status is Status.OK


@pytest.mark.parametrize(
    ("offset_s", "error_s", "status"),
    [
        (0.1, 0.2, Status.OK),
        (-1.9, 0.0, Status.OK),
        (3.0, 2.0, Status.OK),
        (-3.0, 0.1, Status.WARNING),
        (500.0, 0.1, Status.FAILURE),
    ],
)
def test_a_clock_is_wrong_only_beyond_the_error_of_the_measurement(
    offset_s: float, error_s: float, status: Status
) -> None:
    assert only(clock.judge(replace(INFO, clock_s=offset_s, clock_error_s=error_s))).status is status


def test_versions_are_read_with_whatever_is_behind_them() -> None:
    assert numbers("v2.26.1-4") == (2, 26, 1)
    assert numbers("26.1.5+dfsg1") == (26, 1, 5)
    assert numbers("dev") == ()


def test_users_are_mapped_by_rootless_engines_and_desktops() -> None:
    assert replace(INFO, security=("name=seccomp", "name=rootless")).maps_users
    assert replace(INFO, system="Docker Desktop").maps_users
    assert not INFO.maps_users


def test_of_a_client_that_tells_nothing_no_plugin_is_missing() -> None:
    silent = read("", 'context "nope": context not found', 0, 0)
    assert only(compose.judge(silent, ())).status is Status.SKIPPED
    assert only(buildx.judge(silent, builds=True)).status is Status.SKIPPED
    assert only(engine.judge(silent)).status is Status.FAILURE


def test_what_an_engine_that_maps_users_cannot_give_is_told() -> None:
    rootless = only(engine.judge(replace(INFO, security=("name=rootless",), cgroups="none")))
    assert (rootless.status, rootless.found) == (Status.OK, "Docker Engine 28.2.2, rootless")
    assert [note.partition(":")[0] for note in rootless.notes] == ["rootless", "no cgroups"]
    remapped = only(engine.judge(replace(INFO, security=("name=userns",), cgroups="systemd")))
    assert (remapped.found, remapped.notes) == ("Docker Engine 28.2.2, users remapped", ())


def test_a_rootless_engine_has_settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rootless = replace(INFO, security=("name=rootless",))
    assert (INFO.settings, rootless.settings) == ("/etc/docker/daemon.json", "~/.config/docker/daemon.json")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not log_limits.limited_by_engine(rootless.settings)
    file = tmp_path / ".config" / "docker" / "daemon.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"log-opts": {"max-size": "10m"}}')
    assert log_limits.limited_by_engine(rootless.settings)
    found = only(log_limits.judge({"a": {}}, "json-file", (), limited=False, settings=rootless.settings))
    assert found.fix.endswith("in ~/.config/docker/daemon.json")
