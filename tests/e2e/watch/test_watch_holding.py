"""A watch that goes on in the background, is asked how it is, is in somebody's way, or loses its engine."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from e2e.engine_socket import proxied
from e2e.watch.watching import PATIENCE_S, Watching, eventually, inside

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def mounted(project: ComposeProject, image: str, rule: str = "", extra: str = "") -> Path:
    source = project.folder / "src"
    source.mkdir()
    (source / "a.txt").write_text("a")
    (project.folder / "Dockerfile").write_text(f"FROM {image}\nCOPY src /app\n")
    rule = rule or "{action: sync, path: ./src, target: /app}"
    project.write(
        f"  web:\n    build: .\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n{extra}"
        f"    develop: {{watch: [{rule}]}}\n"
    )
    return source


def test_in_the_background_it_tells_how_it_is_and_is_ended(project: ComposeProject, base_image: str) -> None:
    source = mounted(project, base_image)
    nobody = project.run("watch.status")
    assert (nobody.returncode, "nobody watches" in nobody.stdout) == (1, True)
    began = project.run("watch", "--detach")
    assert began.returncode == 0, began.stderr
    try:
        (source / "a.txt").write_text("saved")
        eventually(lambda: inside(project, "/app/a.txt").read_text() == "saved")
        eventually(lambda: status(project)["watch"]["last_sync"] is not None)
        told = status(project)["watch"]
        assert (told["services"], told["rules"], told["pending"], told["errors"]) == (["web"], 1, 0, [])
        assert "last change: web synced" in project.run("watch.status").stdout

        second = project.run("watch", "--no-up")
        assert second.returncode == 2
        assert f"process {told['process']} watches project {project.name} already" in second.stderr
        again = project.run("watch", "--detach")
        assert (again.returncode, "watch.stop" in again.stderr) == (2, True)

        # Killed, it leaves a lock and a status behind that stand in nobody's way.
        os.kill(told["process"], signal.SIGKILL)
        eventually(lambda: not status(project)["watching"])
        assert project.run("watch", "--detach", "--no-up").returncode == 0
    finally:
        ended = project.run("watch.stop")
    assert (ended.returncode, "ended the watch" in ended.stderr) == (0, True)
    assert not status(project)["watching"]
    assert project.run("watch.stop").returncode == 0


def test_one_that_cannot_begin_in_the_background_says_why(project: ComposeProject, base_image: str) -> None:
    project.write(f"  web: {{image: {base_image}}}\n")
    done = project.run("watch", "--detach")
    assert done.returncode == 1
    assert "no service of project" in done.stderr


def test_while_the_engine_is_gone_saves_wait_and_arrive_when_it_is_back(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    source = mounted(project, base_image)
    socket = tmp_path / "engine.sock"
    project.environ["DOCKER_HOST"] = f"unix://{socket}"
    with proxied(socket) as door, Watching(project) as watching:
        door.shut()
        watching.until("note", lambda e: e["grave"])
        (source / "a.txt").write_text("while it was gone")
        with proxied(socket):
            watching.until("synced", lambda e: e["cause"] == "the engine is back")
            assert inside(project, "/app/a.txt").read_text() == "while it was gone"


def test_what_cannot_be_sent_is_told_and_tried_again_and_keeps_nothing_else_back(
    project: ComposeProject, base_image: str
) -> None:
    small = "    tmpfs: [/app/small:size=16k]\n"
    source = mounted(project, base_image, extra=small)
    with Watching(project) as watching:
        (source / "small").mkdir()
        (source / "small" / "big").write_bytes(b"x" * 100_000)
        watching.until("not_synced")
        (source / "b.txt").write_text("b")
        watching.until("synced", lambda e: e["files"] == ["/app/b.txt"])
        assert {path for told in watching.told("not_synced") for path, _ in told["failed"]} == {"/app/small/big"}
        eventually(lambda: inside(project, "/app/b.txt").read_text() == "b")
        eventually(lambda: status(project)["watch"]["errors"])
        (source / "small" / "big").write_bytes(b"x" * 1000)
        watching.until("recovered")
        assert len(inside(project, "/app/small/big").read_bytes()) == 1000


def test_a_service_that_wakes_its_own_watch_is_held_back(project: ComposeProject, base_image: str) -> None:
    rule = "{action: rebuild, path: ./src}"
    extra = "    volumes: [./src:/out]\n"
    source = mounted(project, base_image, rule, extra)
    command = '["sh", "-c", "date +%s%N > /out/stamp; exec sleep 1d"]'
    project.file.write_text(project.file.read_text().replace("[sleep, 1d]", command))
    with Watching(project) as watching:
        (source / "a.txt").write_text("a save that begins it")
        event = watching.until("held")
        assert [path.rsplit("/", 1)[1] for path in event["paths"]] == ["stamp"]


def test_with_its_logs_a_watch_shows_both(project: ComposeProject, base_image: str) -> None:
    source = mounted(project, base_image)
    command = '["sh", "-c", "while sleep 0.2; do echo has $$(cat /app/a.txt); done"]'
    project.file.write_text(project.file.read_text().replace("[sleep, 1d]", command))
    with project.start("watch", "--logs") as watch:
        assert watch.stdout is not None
        limit = threading.Timer(PATIENCE_S, os.killpg, (watch.pid, signal.SIGKILL))
        limit.start()
        lines = iter(watch.stdout.readline, "")
        assert any("watching: 1 rule of web" in line for line in lines)
        (source / "a.txt").write_text("news\n")
        assert any("| has news" in line for line in lines)
        limit.cancel()
        os.killpg(watch.pid, signal.SIGINT)
        assert watch.wait(PATIENCE_S) == 130


def status(project: ComposeProject) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(project.run("watch.status", "--json").stdout)
    return told
