"""The socket is the one that the docker client would talk to."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from seatrial.engine.api.endpoint import far, socket_path

SOCKET = "/var/run/docker.sock"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    return {"HOME": str(tmp_path), "PATH": str(program.parent)}


def settings(environ: dict[str, str], text: str) -> None:
    folder = Path(environ["HOME"]) / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text(text)


def context(environ: dict[str, str], name: str, host: str) -> None:
    folder = Path(environ["HOME"], ".docker", "contexts", "meta", hashlib.sha256(name.encode()).hexdigest())
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))


def test_it_is_the_usual_one_where_nothing_is_said(environ: dict[str, str]) -> None:
    assert socket_path(environ) == SOCKET


def test_the_environment_comes_first(environ: dict[str, str]) -> None:
    settings(environ, '{"currentContext": "other"}')
    assert socket_path(environ | {"DOCKER_HOST": "unix:///run/mine.sock"}) == "/run/mine.sock"


@pytest.mark.parametrize("host", ["tcp://10.0.0.1:2376", "ssh://me@there", "npipe:////./pipe/docker"])
def test_only_the_client_gets_to_other_engines(environ: dict[str, str], host: str) -> None:
    assert socket_path(environ | {"DOCKER_HOST": host}) is None


@pytest.mark.parametrize(
    ("host", "machine"),
    [
        ("", ""),
        ("unix:///run/mine.sock", ""),
        ("tcp://127.0.0.1:2375", ""),
        ("tcp://[::1]:2375", ""),
        ("npipe:////./pipe/docker", ""),
        ("tcp://10.0.0.1:2376", "10.0.0.1"),
        ("ssh://me@there", "there"),
    ],
)
def test_an_engine_on_another_machine_is_known_by_its_address(environ: dict[str, str], host: str, machine: str) -> None:
    assert far(environ | {"DOCKER_HOST": host}) == machine
    if host:
        settings(environ, '{"currentContext": "other"}')
        context(environ, "other", host)
        assert far(environ) == machine


def test_a_context_leads_to_its_own(environ: dict[str, str]) -> None:
    settings(environ, '{"currentContext": "rootless"}')
    context(environ, "rootless", "unix:///run/user/1000/docker.sock")
    context(environ, "far", "ssh://me@there")
    assert socket_path(environ) == "/run/user/1000/docker.sock"
    assert socket_path(environ | {"DOCKER_CONTEXT": "far"}) is None
    assert socket_path(environ | {"DOCKER_CONTEXT": "default"}) == SOCKET
    # The client says best what is wrong with it.
    assert socket_path(environ | {"DOCKER_CONTEXT": "nonesuch"}) is None


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_settings_that_cannot_be_read_are_the_clients_business(environ: dict[str, str], text: str) -> None:
    settings(environ, text)
    assert socket_path(environ) is None


def test_a_script_in_dockers_place_may_talk_to_anything(environ: dict[str, str]) -> None:
    Path(environ["PATH"], "docker").write_text('#!/bin/sh\nexec podman "$@"\n')
    assert socket_path(environ) is None


def test_without_a_client_there_is_no_engine(environ: dict[str, str]) -> None:
    os.remove(Path(environ["PATH"], "docker"))  # noqa: PTH107
    assert socket_path(environ) is None
