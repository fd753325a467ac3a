"""Engines that map users: what is seen inside of containers is right there too, and what cannot be is said."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import pytest

from e2e.mapped_engine import ROOTLESS, remapped_engine, rootless_engine

if TYPE_CHECKING:
    from conftest import ComposeProject
    from e2e.mapped_engine import MappedEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a second engine"),
    pytest.mark.skipif(not shutil.which("dockerd"), reason="no dockerd on PATH to start a second engine of"),
]
LIMIT_S = 60
NEEDED = ("rootlesskit", "newuidmap", "slirp4netns")
MISSING = [name for name in NEEDED if not shutil.which(name)] + [ROOTLESS] * (not Path(ROOTLESS).exists())
SERVER = """
const server = require("http").createServer((q, r) => q.resume().on("end", () => r.end("ok"))).listen(8080);
const late = () => server.closeAllConnections();
process.on("SIGTERM", () => { server.close(() => process.exit(0)); setTimeout(late, 1500); });
""".replace("\n", " ").strip()
SERVICES = """
  swallows:
    image: {image}
    command: [sh, -c, 'node -e "$$SERVER"; true']
    environment: {{SERVER: '{server}'}}
    restart: unless-stopped
    stop_grace_period: 1s
    x-seatrial: {{drill: {{skip: {skipped}}}}}
  user:
    image: {image}
    user: "1000:1000"
    command: [node, -e, '{server}']
    init: true
    restart: unless-stopped
    stop_grace_period: 10s
    ports: ["8080"]
    develop: {{watch: [{{action: sync, path: ./src, target: /tmp/src}}]}}
"""
DRILLS = ("anatomy", "image", "graceful-stop", "crash-restart")


def test_under_userns_remap_all_is_seen_as_anywhere_and_synced_files_are_the_service_s_own(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    with remapped_engine(tmp_path, base_image) as engine:
        brought_up(project, base_image, engine, "graceful-stop")
        assert owner_of_a_synced_file(project) == "1000:1000"

        drilled, found = judged(project)
        assert drilled["engine"]["apart"] is None
        assert ", in flight " in found["user", "graceful-stop"]["summary"]
        assert "published" not in found["user", "graceful-stop"]["summary"]


@pytest.mark.skipif(bool(MISSING), reason=f"no rootless engine without {', '.join(MISSING)}")
def test_a_rootless_engine_s_containers_are_asked_at_published_ports_only_and_that_is_said(
    project: ComposeProject, base_image: str, tmp_path: Path
) -> None:
    with rootless_engine(tmp_path, base_image) as engine:
        brought_up(project, base_image, engine)
        assert owner_of_a_synced_file(project) == "1000:1000"

        drilled, found = judged(project)
        assert drilled["engine"]["apart"] == "rootless"
        assert found["user", "graceful-stop"]["summary"].endswith(", via a published port")
        unasked = found["swallows", "graceful-stop"]
        assert (unasked["verdict"], unasked["cause"]) == ("FAIL", "shell-swallows-signal")
        assert "nothing in flight" in unasked["summary"]

        # Without cgroups the engine tells of every container what the whole machine uses.
        figures = json.loads(project.run("status", "--json").stdout)["services"][0]["containers"][0]["memory_bytes"]
        assert (figures is None) == (docker(project, "info", "--format", "{{.CgroupDriver}}") == "none")


def brought_up(project: ComposeProject, image: str, engine: MappedEngine, *skipped: str) -> None:
    """Without the drills `skipped` of the service that is stopped by SIGKILL, which take long."""
    project.environ |= engine.environ
    project.through = engine.through
    project.write(SERVICES.format(image=image, server=SERVER, skipped=json.dumps(dict.fromkeys(skipped, "takes long"))))
    source = project.folder / "src" / "page"
    source.parent.mkdir()
    source.write_text("one")
    told = json.loads(project.run("up", "--json").stdout)
    assert told["up"], told


def owner_of_a_synced_file(project: ComposeProject) -> str:
    """As the container counts."""
    with project.start("watch", "--no-up", "--json") as watch:
        assert watch.stdout is not None
        limit = Timer(LIMIT_S, watch.kill)
        limit.start()
        next(line for line in watch.stdout if json.loads(line)["event"] == "synced")
        limit.cancel()
        return docker(project, "exec", project.container("user"), "stat", "-c", "%u:%g", "/tmp/src/page")


def judged(project: ComposeProject) -> tuple[dict[str, Any], dict[tuple[str, str], dict[str, Any]]]:
    """What drills tell, by service and drill; what must be the same on every engine."""
    done = project.run("drill", "--json", *(word for name in DRILLS for word in ("--only", name)))
    drilled = json.loads(done.stdout)
    found = {(one["service"], one["drill"]): one for one in drilled["verdicts"]}
    assert not drilled["unrestored"]
    verdicts = {place: (one["verdict"], one["cause"], one["confidence"]) for place, one in found.items()}
    verdicts.pop(("swallows", "graceful-stop"))
    assert verdicts == {
        ("swallows", "anatomy"): ("FAIL", "shell-swallows-signal", "certain"),
        ("swallows", "image"): ("WARN", "runs-as-root", "certain"),
        ("swallows", "crash-restart"): ("PASS", None, None),
        ("user", "anatomy"): ("PASS", None, None),
        ("user", "image"): ("PASS", None, None),
        ("user", "graceful-stop"): ("PASS", None, None),
        ("user", "crash-restart"): ("PASS", None, None),
    }
    return drilled, found


def docker(project: ComposeProject, *command: str) -> str:
    done = subprocess.run(["docker", *command], env=project.environment(), check=True, capture_output=True, text=True)
    return done.stdout.strip()
