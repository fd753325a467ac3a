"""Verbs as functions, on the engine without Docker: what is passed on, what is shown, how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from invoke import Exit

from seatrial.engine.observed import Health
from seatrial.stack import Dependency, HealthCheck, Service, Stack
from seatrial.testing import MemoryEngine, Script, context
from seatrial.verbs import VERBS, ns
from seatrial.verbs.down import down
from seatrial.verbs.logs import logs
from seatrial.verbs.ps import ps
from seatrial.verbs.restart import restart
from seatrial.verbs.stop import stop
from seatrial.verbs.up import up

if TYPE_CHECKING:
    from pathlib import Path

STACK = Stack(
    "shop",
    (
        Service("web", "nginx", depends_on=(Dependency("db", "service_healthy"),)),
        Service("db", "postgres", healthcheck=HealthCheck(("CMD", "true"))),
    ),
    ("shop_data",),
)
HEALTHY = {"db": Script(health=Health("healthy"), log=("ready",))}


@pytest.fixture
def compose_file(tmp_path: Path) -> Path:
    file = tmp_path / "compose.yaml"
    file.write_text("services: {}\n")
    return file


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(STACK, HEALTHY)


def test_up_brings_everything_and_says_so(
    engine: MemoryEngine, compose_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up(context(engine, compose_file=compose_file, stable=0))
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["service", "db", "web"]
    assert "up: 2 services" in err


def test_up_without_a_chosen_service_means_all(engine: MemoryEngine, compose_file: Path) -> None:
    # Invoke gives [] for a repeatable flag that was not used, and python-on-whales takes [] for "none".
    up(context(engine, compose_file=compose_file, stable=0), service=[])
    assert {c.service for c in engine.containers.values()} == {"web", "db"}


def test_a_failed_service_ends_with_one(compose_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = MemoryEngine(STACK, {**HEALTHY, "web": Script("exited", exit_code=3, log=("no config",))})
    with pytest.raises(Exit) as end:
        up(context(engine, compose_file=compose_file, stable=0))
    assert end.value.code == 1
    assert "web: exited with code 3\n  its only log line:\n    no config" in capsys.readouterr().err


def test_an_unknown_service_ends_with_two(engine: MemoryEngine, compose_file: Path) -> None:
    with pytest.raises(Exit) as end:
        up(context(engine, compose_file=compose_file), service=["wbe"])
    assert end.value.code == 2


def test_an_error_is_json_too_when_json_was_asked_for(
    engine: MemoryEngine, compose_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Exit):
        up(context(engine, compose_file=compose_file), service=["wbe"], json=True)
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["exit_code"], error["fix"]) == (2, "use one of web, db")


@pytest.mark.parametrize("verb", [up, down, stop, restart])
def test_dry_carries_nothing_out(verb: Any, engine: MemoryEngine, compose_file: Path) -> None:
    up(context(engine, compose_file=compose_file, stable=0))
    before = dict(engine.containers)
    verb(context(engine, compose_file=compose_file, dry=True))
    assert engine.containers == before


def test_down_of_volumes_without_a_terminal_wants_a_yes(engine: MemoryEngine, compose_file: Path) -> None:
    up(context(engine, compose_file=compose_file, stable=0))
    with pytest.raises(Exit) as end:
        down(context(engine, compose_file=compose_file), volumes=True)
    assert end.value.code == 2
    assert engine.containers
    down(context(engine, compose_file=compose_file), volumes=True, yes=True)
    assert (engine.containers, engine.volume_names) == ({}, ())


def test_ps_and_logs_show_what_is_there(
    engine: MemoryEngine, compose_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up(context(engine, compose_file=compose_file, stable=0))
    capsys.readouterr()
    ps(context(engine, compose_file=compose_file), json=True)
    assert [s["service"] for s in json.loads(capsys.readouterr().out)["services"]] == ["web", "db"]
    logs(context(engine, compose_file=compose_file))
    assert capsys.readouterr().out == "db   | ready\n"
    down(context(engine, compose_file=compose_file))
    capsys.readouterr()
    logs(context(engine, compose_file=compose_file))
    assert capsys.readouterr() == ("", "no container of shop: `up` makes one\n")
    logs(context(engine, compose_file=compose_file), service=["web"])
    assert capsys.readouterr().err == "no container of web in shop: `up --service web` makes one\n"


def test_the_verbs_that_people_type_are_a_promise() -> None:
    names = set(ns.task_names)
    assert {"up", "down", "stop", "restart", "ps", "logs", "build", "exec"} <= names


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb.name))
def test_every_verb_and_every_flag_of_it_has_help(verb: Any) -> None:
    first = verb.__doc__.splitlines()[0]
    assert 0 < len(first) <= 75
    for argument in verb.get_arguments():
        assert argument.help, f"{verb} --{argument.name}"
        assert all(len(name) > 1 for name in argument.names), "short flags drift"
