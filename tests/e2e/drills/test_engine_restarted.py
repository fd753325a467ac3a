"""An engine that is restarted in the middle of a drill: nothing is judged, and all is put back."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from e2e.engine_events import listening
from e2e.mortal_engine import mortal_engine

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ComposeProject
    from e2e.mortal_engine import MortalEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a second engine"),
    pytest.mark.skipif(not shutil.which("dockerd"), reason="no dockerd on PATH to start a second engine of"),
]
LIMIT_S = 90
SERVER = (
    "const s = require('http').createServer((q, r) => q.resume().on('end', () => r.end('ok'))).listen(8080);"
    " process.on('SIGTERM', () => { s.close(() => process.exit(0)); s.closeIdleConnections() })"
)


def test_nothing_is_judged_and_policies_and_containers_are_put_back(
    project: ComposeProject, base_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = {"image": base_image, "init": True, "command": ["node", "-e", SERVER], "expose": [8080]}
    common["stop_grace_period"] = "2s"
    services = {"kept": {**common, "restart": "unless-stopped"}, "plain": {**common, "depends_on": ["kept"]}}
    project.file.write_text(json.dumps({"name": project.name, "services": services}), encoding="utf-8")
    with mortal_engine(tmp_path, base_image) as engine, monkeypatch.context() as there:
        there.setenv("DOCKER_HOST", engine.host)
        project.through = engine.through
        assert project.run("up").returncode == 0
        before = condition(project)
        # Its policy is taken away at that moment: an engine that is killed would leave it down, and without one.
        cut_short(project, engine, "KILL", "update", "--only", "dependency-crash")
        assert condition(project) == before
        # An engine does not start again what it has stopped by request, whatever the policy says.
        cut_short(project, engine, "TERM", "kill", "--only", "graceful-stop", "--only", "crash-restart")
        assert condition(project) == before


def cut_short(project: ComposeProject, engine: MortalEngine, signal: str, seen: str, *chosen: str) -> None:
    of_kept = (f"container={project.container('kept')}", f"event={seen}")
    with listening(*of_kept) as stream, project.start("drill", *chosen, "--json") as run:
        assert stream.readline(), f"no {seen}"
        engine.end(signal)
        engine.start()
        out, err = run.communicate(timeout=LIMIT_S)
    assert "Traceback" not in err, err
    told = json.loads(out)
    assert (run.returncode, told["unrestored"]) == (3, []), out + err
    assert {verdict["verdict"] for verdict in told["verdicts"]} == {"INCONCLUSIVE"}, out
    assert all("the engine was restarted" in verdict["summary"] for verdict in told["verdicts"])


def condition(project: ComposeProject) -> Any:
    """Both containers with their states and policies, and no helper."""
    names = [project.container("kept"), project.container("plain")]
    assert len(project.docker("ps", "-aq").split()) == len(names)
    return project.docker("inspect", "--format", "{{.Id}} {{.State.Status}} {{.HostConfig.RestartPolicy}}", *names)
