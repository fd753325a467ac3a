"""Rules as people write them: missing paths, files, overlaps, other places; and a watch that is broken off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.watch.watching import Watching, eventually, inside

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine


def test_paths_that_are_missing_elsewhere_a_file_or_watched_twice_all_count(
    project: ComposeProject, base_image: str
) -> None:
    elsewhere = project.folder.parent / "elsewhere"
    elsewhere.mkdir()
    (project.folder / "other").mkdir()
    (project.folder / "other" / "c.txt").write_text("of another rule")
    (project.folder / "app.conf").write_text("first")
    (project.folder / "src" / "inner").mkdir(parents=True)
    (project.folder / "src" / "inner" / "a.txt").write_text("a")
    rules = [
        {"action": "sync", "path": "./later", "target": "/new/deep/later"},
        {"action": "sync", "path": "./other", "target": "/elsewhere"},
        {"action": "sync", "path": str(elsewhere), "target": "/elsewhere"},
        {"action": "sync", "path": "./app.conf", "target": "/etc/app.conf"},
        {"action": "sync", "path": "./src", "target": "/all"},
        {"action": "sync", "path": "./src/inner", "target": "/inner"},
    ]
    (project.folder / "Dockerfile").write_text(f"FROM {base_image}\n")
    project.write(
        "  web:\n    build: .\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n"
        f"    develop: {json.dumps({'watch': rules})}\n"
    )
    planned = project.run("watch", "--dry")
    assert planned.returncode == 0
    assert "web: sync app.conf -> /etc/app.conf (1 file" in planned.stdout
    assert not project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}")

    with Watching(project) as watching:
        assert "later (web) is not there" in watching.until("note")["text"]
        eventually(lambda: inside(project, "/etc/app.conf").read_text() == "first")
        eventually(lambda: inside(project, "/all/inner/a.txt").read_text() == "a")
        eventually(lambda: inside(project, "/inner/a.txt").read_text() == "a")
        (project.folder / "later").mkdir()
        (project.folder / "later" / "b.txt").write_text("b")
        (elsewhere / "c.txt").write_text("c")
        draft = project.folder / "app.conf.new"
        draft.write_text("second")
        draft.rename(project.folder / "app.conf")
        (project.folder / "src" / "inner" / "a.txt").unlink()
        eventually(lambda: inside(project, "/new/deep/later/b.txt").read_text() == "b")
        eventually(lambda: inside(project, "/elsewhere/c.txt").read_text() == "c")
        (elsewhere / "c.txt").unlink()
        eventually(lambda: inside(project, "/elsewhere/c.txt").read_text() == "of another rule")
        eventually(lambda: inside(project, "/etc/app.conf").read_text() == "second")
        for path in ("/all/inner/a.txt", "/inner/a.txt"):
            gone = inside(project, path)
            eventually(lambda gone=gone: not gone.exists())  # type: ignore[misc]

        for number in range(3000):  # broken off in the middle of these
            (project.folder / "src" / f"f{number}").write_text("x" * 500)
        assert watching.interrupt() == 130
    with Watching(project, "--no-up"):
        eventually(lambda: project.run("watch", "--verify").returncode == 0)


def test_a_command_is_run_after_a_sync_and_a_restart_follows_files_that_are_only_mounted(
    project: ComposeProject, base_image: str
) -> None:
    for name in ("src", "conf"):
        (project.folder / name).mkdir()
        (project.folder / name / "a.txt").write_text("a")
    alone = project.folder / "alone.conf"
    alone.write_text("old")
    (project.folder / "Dockerfile").write_text(f"FROM {base_image}\nCOPY src /app\n")
    rules = [
        {
            "action": "sync+exec",
            "path": "./src",
            "target": "/app",
            "exec": {"command": ["sh", "-c", "cp /app/a.txt /tmp/seen; id -u > /tmp/user"], "user": "1000"},
        },
        {"action": "restart", "path": "./conf"},
        {"action": "sync", "path": "./alone.conf", "target": "/alone.conf"},
    ]
    project.write(
        "  web:\n    build: .\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n"
        f"    volumes: [./conf:/conf, ./alone.conf:/alone.conf]\n    develop: {json.dumps({'watch': rules})}\n"
    )
    with Watching(project) as watching:
        (project.folder / "src" / "a.txt").write_text("saved")
        ran = watching.until("ran")
        assert (ran["service"], ran["exit_code"]) == ("web", 0)
        assert inside(project, "/tmp/seen").read_text() == "saved"
        assert inside(project, "/tmp/user").read_text() == "1000\n"
        before = project.docker("inspect", "-f", "{{.State.StartedAt}}", project.container("web"))
        (project.folder / "conf" / "a.txt").write_text("another")
        assert watching.until("restarted")["up"] is True
        assert project.docker("inspect", "-f", "{{.State.StartedAt}}", project.container("web")) != before

        # What is mounted alone stays the file that it was: an archive of it would hold the new one.
        draft = project.folder / "alone.conf.new"
        draft.write_text("new")
        draft.rename(alone)
        assert inside(project, "/alone.conf").read_text() == "old"
        found = project.run("watch", "--verify", "--json")
        (container,) = json.loads(found.stdout)["containers"]
        assert [(d["path"], d["how"], d["mounted"]) for d in container["differences"]] == [
            ("/alone.conf", "differs", True)
        ]
        assert (found.returncode, "a mount of a single file" in found.stderr) == (1, True)
    project.docker("restart", "-t", "0", project.container("web"))
    assert project.run("watch", "--verify").returncode == 0


def test_a_compose_file_that_changes_is_followed_and_a_broken_one_is_told_once(
    project: ComposeProject, base_image: str
) -> None:
    for name in ("src", "other"):
        (project.folder / name).mkdir()
        (project.folder / name / "a.txt").write_text("a")

    def write(*rules: dict[str, str], extra: str = "") -> None:
        project.write(
            f"  web:\n    image: {base_image}\n    init: true\n    command: [sleep, 1d]\n    stop_grace_period: 1s\n"
            f"{extra}    develop: {json.dumps({'watch': rules})}\n"
        )

    first = {"action": "sync", "path": "./src", "target": "/app"}
    second = {"action": "sync", "path": "./other", "target": "/deep/other"}
    write(first)
    with Watching(project) as watching:
        container = project.docker("inspect", "-f", "{{.Id}}", project.container("web"))
        eventually(lambda: inside(project, "/app/a.txt").read_text() == "a")

        write({**first, "target": ""}, {**second, "action": "sink"})
        text = watching.until("note", lambda e: e["grave"])["text"]
        assert text.startswith("compose.yaml changed and cannot be followed")
        assert "rule 1 of web" in text
        assert "rule 2 of web" in text
        (project.folder / "src" / "a.txt").write_text("the old rules go on")
        eventually(lambda: inside(project, "/app/a.txt").read_text() == "the old rules go on")

        write(second, extra="    environment: {NEW: '1'}\n")
        assert watching.until("note")["text"] == "compose.yaml changed, and counts from here on; rules: 1 new, 1 gone"
        assert "web changed; containers are made anew for it by `up`" in watching.until("note")["text"]
        assert watching.until("watching")["files"] == 1
        eventually(lambda: inside(project, "/deep/other/a.txt").read_text() == "a")
        (project.folder / "src" / "a.txt").write_text("of no rule")
        (project.folder / "other" / "b.txt").write_text("b")
        assert watching.until("synced", lambda e: not e["cause"])["files"] == ["/deep/other/b.txt"]
        assert inside(project, "/app/a.txt").read_text() == "the old rules go on"
        assert project.docker("inspect", "-f", "{{.Id}}", project.container("web")) == container
        assert len([one for one in watching.told("note") if "cannot be followed" in one["text"]]) == 1
        assert watching.interrupt() == 130


def test_every_rule_that_cannot_be_followed_is_told_with_its_place_and_nothing_is_started(
    project: ComposeProject, base_image: str
) -> None:
    rules = (
        "    develop:\n      watch:\n      - {action: rebuild, path: ./src}\n      - {action: %s, path: ./src, %s}\n"
    )
    for action, more in (("restart", 'ignore: ["!"]'), ("sink", "target: /app")):  # the second is refused by Compose
        both = rules % (action, more)
        project.write(f"  api:\n    image: {base_image}\n{both}  web:\n    image: {base_image}\n{both}")
        done = project.run("watch")
        assert done.returncode == 2
        told = done.stderr.splitlines()
        assert [line.partition(" (")[0] for line in told if line.startswith("error:")] == [
            f"error: rule {number} of {service}" for service in ("api", "web") for number in (1, 2)
        ]
        assert [line.strip() for line in told if "compose.yaml" in line] == [
            f"compose.yaml:{number}"
            for number, line in enumerate(project.file.read_text().splitlines(), 1)
            if "- {action" in line
        ]
        assert done.stderr.count("  fix: ") == 4
    assert not project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}")


def test_a_target_of_the_other_kind_is_refused_before_anything_is_sent_and_while_it_is_watched(
    project: ComposeProject, base_image: str
) -> None:
    """A file onto a folder, a link to one and a volume; a folder onto a file. Nothing in the container changes."""
    (project.folder / "conf.json").write_text("{}")
    (project.folder / "src").mkdir()
    (project.folder / "src" / "a.txt").write_text("a")
    script = "mkdir -p /app && echo 1 >/app/precious && ln -s /app /link && exec sleep 1d"

    def write(*targets: str) -> None:
        rules = [{"action": "sync", "path": "./conf.json", "target": target} for target in targets]
        rules.append({"action": "sync", "path": "./src", "target": "/etc/hosts" if targets else "/src"})
        project.write(
            f"  web:\n    image: {base_image}\n    init: true\n    command: [sh, -c, '{script}']\n"
            f"    volumes: ['data:/data']\n    stop_grace_period: 1s\n    develop: {json.dumps({'watch': rules})}\n",
            "volumes: {data: }\n",
        )

    targets = ("/app", "/link", "/data", "/etc/hosts/x")
    write(*targets)
    assert project.run("up").returncode == 0
    inside(project, "/data/precious").write_text("2")
    for command in (["watch"], ["watch", "--no-up"], ["watch", "--verify"], ["up", "--watch"]):
        done = project.run(*command)
        assert done.returncode == 2
        for target in targets[:3]:
            assert f"the folder {target} in the container by the file conf.json" in done.stderr
            assert f"`target: {target}/`" in done.stderr
        assert done.stderr.count("/etc/hosts is a file in the container") == 2
    write()
    with Watching(project) as watching:
        eventually(lambda: inside(project, "/src/a.txt").read_text() == "a")
        write(*targets)
        assert "`target: /data/`" in watching.until("note", lambda e: e["grave"])["text"]
        (project.folder / "src" / "a.txt").write_text("the old rules go on")
        eventually(lambda: inside(project, "/src/a.txt").read_text() == "the old rules go on")
    assert inside(project, "/app/precious").read_text() == "1\n"
    assert inside(project, "/data/precious").read_text() == "2"
    assert inside(project, "/link").readlink().as_posix() == "/app"
