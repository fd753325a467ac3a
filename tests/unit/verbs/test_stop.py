"""What `stop` and `down` show: short when all went well, and who used how much of its grace."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from invoke import Exit

from seatrial import settings
from seatrial.errors import RunFailed
from seatrial.lifecycle.plan import Plan
from seatrial.lifecycle.stopped import Asked, Stopped, Stops
from seatrial.report import stop as shown
from seatrial.report import terminal
from seatrial.stack import Dependency, Service, Stack
from seatrial.testing import MemoryEngine, context
from seatrial.verbs._run import Run
from seatrial.verbs.down import down
from seatrial.verbs.stop import stop
from seatrial.verbs.up import up

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = Stack("shop", (Service("web", depends_on=(Dependency("db"),)), Service("db")))
PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
QUICK = Stopped("web", "shop-web-1", Asked(0.0, 0.3), 0.12, 10, 143)
KILLED = Stopped("db", "shop-db-1", Asked(0.3, 10.2), 10.0, 10, 137, killed=True)


@pytest.fixture
def compose_file(tmp_path: Path) -> Path:
    file = tmp_path / "compose.yaml"
    file.write_text("services: {}\n")
    return file


@pytest.fixture
def engine(compose_file: Path, capsys: pytest.CaptureFixture[str]) -> MemoryEngine:
    running = MemoryEngine(STACK)
    up(context(running, compose_file=compose_file, stable=0))
    capsys.readouterr()
    return running


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "seen", lambda: True)


def show(stops: Stops, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = shown.stopped(STACK, Plan(), stops, shown.summary(stops, Plan()), as_json=False)
    return code, *capsys.readouterr()


def test_a_line_for_each_in_the_order_of_their_ends_where_nobody_watches(
    engine: MemoryEngine, compose_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stop(context(engine, compose_file=compose_file))
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(
        r"web: ended after 0.0 of 10 s, exit code 143\ndb: ended after 0.0 of 10 s, exit code 143\n"
        r"stopped: 2 services in \d\.\d s\n",
        err,
    )
    stop(context(engine, compose_file=compose_file))
    assert capsys.readouterr().err == "nothing to do\n"


@pytest.mark.usefixtures("at_a_terminal")
def test_one_line_at_a_terminal_when_all_was_quick(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(Stops((QUICK,), 0.3), capsys) == (0, "", "stopped: 1 service in 0.3 s\n")


@pytest.mark.usefixtures("at_a_terminal")
def test_a_table_at_a_terminal_when_one_had_to_be_killed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = show(Stops((QUICK, KILLED), 10.5), capsys)
    assert (code, [line.split() for line in out.splitlines()][1:]) == (
        0,
        [
            ["web", "0.1/10", "s", "143", "0.0", "s", "0.3", "s"],
            ["db", "10.0/10", "s", "137,", "killed", "0.3", "s", "10.5", "s"],
        ],
    )
    assert "did not end within 10 s and was killed; drill.stop --service db explains why" in err


def test_replicas_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = show(Stops((QUICK, replace(QUICK, container="shop-web-2"))), capsys)
    assert [line.split(":")[0] for line in err.splitlines()] == ["shop-web-1", "shop-web-2", "stopped"]


def test_one_without_a_signal_and_one_without_a_limit(capsys: pytest.CaptureFixture[str]) -> None:
    stops = Stops(
        (replace(QUICK, used_s=None, exit_code=3), replace(KILLED, grace_s=None, killed=False, exit_code=None))
    )
    _, _, err = show(stops, capsys)
    assert err.splitlines()[:2] == [
        "web: needed no signal, exit code 3",
        "db: ended after 10.0 of no limit, removed by somebody else",
    ]


def test_what_cannot_be_stopped_ends_with_one_and_says_what_was_left(capsys: pytest.CaptureFixture[str]) -> None:
    failures = {"web": RunFailed("it does not end", fix="look into it")}
    code, _, err = show(Stops((), 1.0, failures, ("db",), ("shop-web-1",)), capsys)
    assert code == 1
    assert "web: error: it does not end\n  fix: look into it\n" in err
    assert "left running, for what still runs needs it: db" in err
    assert "shop-web-1 runs again" in err


def test_down_removes_nothing_more_when_something_cannot_be_stopped(
    engine: MemoryEngine, compose_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RunFailed("it does not end", fix="look into it")

    monkeypatch.setattr(engine, "stop_container", fail)
    with pytest.raises(Exit) as end:
        down(context(engine, compose_file=compose_file))
    assert end.value.code == 1
    assert len(engine.containers) == 2


def test_the_answer_and_its_page_have_the_same_keys(
    engine: MemoryEngine, compose_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    section = PAGE.split("## stop, down")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, re.MULTILINE))
    names = {name for names in documented for name in re.findall(r"\w+", names)}
    stop(context(engine, compose_file=compose_file), json=True)
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) | set(answer["stopped"][0]) == names | {"version", "plan", "project"}
    assert [one["service"] for one in answer["stopped"]] == ["web", "db"]


@pytest.fixture
def run(tmp_path: Path, compose_file: Path) -> Iterator[Run]:
    (tmp_path / ".env").write_text("DB_PASSWORD=hunter2hunter2\n")
    with terminal.redacting():
        yield Run(
            settings.read({}, {"files": [str(compose_file)]}),
            start=tmp_path,
            engine_factory=lambda: MemoryEngine(STACK),
        )


def test_the_first_text_that_is_shown_has_no_secret_in_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.engine
    assert run._owed  # they are looked for when something is shown, and not before
    terminal.talk("it says hunter2hunter2")
    assert capsys.readouterr().err == "it says [REDACTED]\n"


def test_a_text_from_another_thread_waits_until_the_secrets_are_known(run: Run) -> None:
    begun, known = threading.Event(), threading.Event()

    def late() -> None:
        begun.set()
        known.wait(10)
        run.keep_own_secrets()

    run._before_anything_is_shown(late)
    knowing = threading.Thread(target=run.ready_to_show)
    knowing.start()
    begun.wait(10)
    told: list[str] = []
    showing = threading.Thread(target=lambda: told.append(run._redacted("hunter2hunter2")))
    showing.start()
    known.set()
    knowing.join(10)
    showing.join(10)
    assert told == ["[REDACTED]"]


def test_secrets_that_could_not_be_looked_for_are_still_owed(run: Run) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    run._before_anything_is_shown(interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run.ready_to_show()
