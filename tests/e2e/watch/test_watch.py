"""Saves reach real containers, whatever happens to files, containers and the watch itself."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from e2e.watch.watching import Watching, eventually, inside

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def synced(project: ComposeProject, image: str, *, action: str = "sync", extra: str = "", command: str = "") -> None:
    """A service that gets `src`, and whose image was built from a first state of it."""
    source = project.folder / "src"
    source.mkdir(exist_ok=True)
    (source / "first.txt").write_text("first")
    (project.folder / "Dockerfile").write_text(f"FROM {image}\nCOPY src /app\n")
    ran = command or json.dumps(["sleep", "1d"])
    project.write(
        f"  web:\n    build: .\n    init: true\n    command: {ran}\n    stop_grace_period: 1s\n{extra}"
        f"    develop: {{watch: [{{action: {action}, path: ./src, target: /app, ignore: [cache/]}}]}}\n"
    )


def equal(project: ComposeProject) -> bool:
    return project.run("watch", "--verify").returncode == 0


def test_every_kind_of_change_arrives_and_equality_is_proven(project: ComposeProject, base_image: str) -> None:
    synced(project, base_image)
    source = project.folder / "src"
    with Watching(project) as watching:
        app = inside(project, "/app")

        (source / "new file.txt").write_text("one")
        event = watching.until("synced", lambda e: e["files"] == ["/app/new file.txt"])
        assert (event["service"], event["written"], event["deleted"]) == ("web", 1, 0)
        assert (app / "new file.txt").read_text() == "one"

        draft = source / ".new.swp"  # as editors save
        draft.write_text("two")
        draft.rename(source / "new file.txt")
        eventually(lambda: (app / "new file.txt").read_text() == "two")
        assert not (app / ".new.swp").exists()

        (source / "deep" / "er").mkdir(parents=True)
        (source / "deep" / "er" / "run.sh").write_text("#!/bin/sh\n")
        (source / "deep" / "er" / "run.sh").chmod(0o755)
        (source / "empty").mkdir()
        (source / "link").symlink_to("first.txt")
        (source / "dangling").symlink_to("nowhere")
        eventually(lambda: os.access(app / "deep" / "er" / "run.sh", os.X_OK))
        eventually((app / "empty").is_dir)
        eventually(lambda: (app / "link").readlink().name == "first.txt")
        eventually(lambda: (app / "dangling").readlink().name == "nowhere")

        (source / "deep").rename(source / "moved")
        eventually(lambda: (app / "moved" / "er" / "run.sh").exists() and not (app / "deep").exists())
        (source / "moved" / "er" / "run.sh").write_text("echo renamed")  # in a folder that was renamed under watch
        eventually(lambda: (app / "moved" / "er" / "run.sh").read_text() == "echo renamed")

        (source / "first.txt").unlink()
        (source / "first.txt").mkdir()  # a file becomes a folder ...
        (source / "first.txt" / "in it").write_text("x")
        eventually(lambda: (app / "first.txt" / "in it").read_text() == "x")
        (source / "first.txt" / "in it").unlink()
        (source / "first.txt").rmdir()
        (source / "first.txt").write_text("a file again")  # ... and back
        eventually(lambda: (app / "first.txt").read_text() == "a file again")

        (source / "cache").mkdir()
        (source / "cache" / "x").write_text("ignored")
        odd = os.fsdecode(b"odd \xff\nname")
        (source / odd).write_text("odd")
        eventually(lambda: (app / odd).read_text() == "odd")
        assert not (app / "cache").exists()
        assert equal(project)

        (app / "link").unlink()
        (app / "new file.txt").write_text("somebody else's")
        done = project.run("watch", "--verify", "--json")
        assert done.returncode == 1
        (container,) = json.loads(done.stdout)["containers"]
        assert [(d["path"], d["how"]) for d in container["differences"]] == [("/app/new file.txt", "differs")]
        assert watching.interrupt() == 130


def test_containers_that_are_made_anew_restarted_or_added_become_equal(
    project: ComposeProject, base_image: str
) -> None:
    synced(project, base_image)
    source = project.folder / "src"
    with Watching(project) as watching:
        (source / "saved.txt").write_text("saved")
        (source / "first.txt").unlink()
        eventually(lambda: (inside(project, "/app/saved.txt")).read_text() == "saved")
        watching.until("synced", lambda e: e["deleted"] == 1)

        compose = ["docker", "compose", "up", "-d", "--scale", "web=2", "--force-recreate", "-t", "0"]
        subprocess.run(compose, cwd=project.folder, check=True, capture_output=True, env=project.environment())
        eventually(lambda: inside(project, "/app/saved.txt").read_text() == "saved")
        eventually(lambda: inside(project, "/app/saved.txt", number=2).read_text() == "saved")
        eventually(lambda: not inside(project, "/app/first.txt").exists())
        eventually(lambda: not inside(project, "/app/first.txt", number=2).exists())

        project.docker("kill", project.container("web"))
        (source / "saved.txt").write_text("while it was down")
        project.docker("start", project.container("web"))
        eventually(lambda: inside(project, "/app/saved.txt").read_text() == "while it was down")

        project.docker("pause", project.container("web", 2))
        (source / "saved.txt").write_text("while it was paused")
        (source / "gone.txt").write_text("x")
        eventually(lambda: inside(project, "/app/saved.txt").read_text() == "while it was paused")
        project.docker("unpause", project.container("web", 2))
        eventually(lambda: inside(project, "/app/saved.txt", number=2).read_text() == "while it was paused")
        names = {project.container("web"), project.container("web", 2)}  # not those that Compose gives in passing
        assert {event["container"] for event in watching.told("synced")} == names


def test_what_changed_while_nobody_watched_is_made_good(project: ComposeProject, base_image: str) -> None:
    synced(project, base_image)
    source = project.folder / "src"
    (source / "second.txt").write_text("second")
    with Watching(project) as watching:
        (source / "third.txt").write_text("third")
        watching.until("synced")
    # It was killed, with nothing to say goodbye with.
    (source / "first.txt").write_text("changed meanwhile")
    (source / "second.txt").unlink()
    with Watching(project, "--no-up") as watching:
        event = watching.until("synced", lambda e: e["deleted"] == 1)
        assert event["cause"] == "watching has begun"
        assert event["written"] == 1
        app = inside(project, "/app")
        assert (app / "first.txt").read_text() == "changed meanwhile"
        assert sorted(path.name for path in app.iterdir()) == ["first.txt", "third.txt"]


def test_a_service_is_restarted_for_its_files_and_a_bad_edit_is_told_and_mended(
    project: ComposeProject, base_image: str
) -> None:
    command = json.dumps(["sh", "-c", "trap 'exit 0' TERM; for f in /app/*.sh; do . $$f; done; sleep 1d & wait"])
    (project.folder / "src").mkdir()
    (project.folder / "src" / "run.sh").write_text("echo good one\n")
    synced(project, base_image, action="sync+restart", command=command, extra="    scale: 2\n")
    script = project.folder / "src" / "run.sh"
    with Watching(project) as watching:
        script.write_text("echo good two\n")
        event = watching.until("restarted")
        assert (event["service"], event["up"], event["error"]) == ("web", True, "")
        assert "good two" in project.docker("logs", project.container("web"))

        script.write_text("echo broken; exit 7\n")
        event = watching.until("restarted")
        assert event["up"] is False
        assert "exit" in event["failures"][0]["reason"]

        script.write_text("echo good three\n")
        assert watching.until("restarted")["up"] is True
        assert "good three" in project.docker("logs", project.container("web"))

        script.touch()  # the same content is no change
        (project.folder / "src" / "other.txt").write_text("x")
        watching.until("restarted")
        assert len(watching.told("restarted")) == 4

        bad = project.folder / "src" / "bad.sh"
        bad.write_text("exit 7\n")
        assert watching.until("restarted")["up"] is False
        bad.unlink()  # reaches a container that does not run, and is a change like any other
        assert watching.until("restarted")["up"] is True


def test_an_image_is_rebuilt_and_while_a_build_fails_the_old_one_goes_on(
    project: ComposeProject, base_image: str
) -> None:
    source = project.folder / "src"
    source.mkdir()
    (source / "words.txt").write_text("one")
    dockerfile = project.folder / "Dockerfile"
    dockerfile.write_text(
        f"FROM {base_image}\nCOPY src /app\n"
        "RUN if grep -q bad /app/words.txt; then echo no such word: bad >&2; exit 3; fi\n"
    )
    project.write(
        "  web:\n    build: .\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n"
        "    depends_on: [db]\n"
        "    develop: {watch: [{action: rebuild, path: ./src}]}\n"
        f"  db:\n    image: {base_image}\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n"
    )
    with Watching(project) as watching:
        database = project.docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", project.container("db"))
        (source / "words.txt").write_text("two")
        assert watching.until("building")["services"] == ["web"]
        event = watching.until("rebuilt")
        assert (event["services"], event["error"], event["up"], event["renewed"]) == (["web"], "", True, True)
        assert inside(project, "/app/words.txt").read_text() == "two"
        assert project.docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", project.container("db")) == database

        running = project.docker("inspect", "-f", "{{.Id}}", project.container("web"))
        (source / "words.txt").write_text("bad")
        event = watching.until("rebuilt")
        assert "no such word: bad" in event["error"] + " ".join(event["log"])
        assert (
            project.docker("inspect", "-f", "{{.Id}} {{.State.Status}}", project.container("web"))
            == f"{running} running"
        )

        (source / "words.txt").write_text("three")
        watching.until("building")
        for number in range(5):  # all of these during the build lead to one more
            (source / f"f{number}").write_text("x")
        watching.until("rebuilt")
        eventually(lambda: inside(project, "/app/f4").exists())
        watching.until("rebuilt")
        assert len(watching.told("building")) == 4
