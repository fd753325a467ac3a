"""Whatever ends a run of drills in the middle, the stack is as before: ^C, a defect, SIGKILL, the engine gone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING

import psutil
import pytest

from conftest import PREFIX, ComposeProject
from e2e.drills.edges import SOUND, brought_up, helpers, pairs
from e2e.engine_events import listening
from e2e.engine_socket import proxied
from e2e.gateway.shell import until
from seatrial.drill.journal import read
from seatrial.engine.inside import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine

BACK = f"{SOUND}-back"
LIMIT_S = 60
# A defect of ours, in the middle of an outage.
DEFECT = (
    "import seatrial.drill.outage.disturbing as module\n"
    "module._endure = lambda *_: 1 / 0\n"
    "from seatrial.program import main\n"
    "main(['seatrial', 'drill', '--only', 'dependency-hang'])\n"
)
# The engine does not come back for as long as it is waited for.
AWAY = (
    "import seatrial.drill.live.engine_back as module\n"
    "module._PATIENCE_S = 1\n"
    "from seatrial.program import main\n"
    "main(['seatrial', 'drill', '--only', 'dependency-cut'])\n"
)


class Watch:
    """Events of the project, from now on, as `pause NAME`."""

    def __init__(self, project: ComposeProject, stream: IO[str]) -> None:
        self._project, self._stream = project, stream

    def until(self, action: str, service: str = BACK) -> None:
        name = self._project.container(service) if action not in ("connect", "disconnect") else self._project.name
        heard = []
        for line in self._stream:
            heard += [line.strip()] if self._project.name in line else []
            if line.startswith(f"{action} {name}"):
                return
        pytest.fail(f"no {action} of {service}: {heard}")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[ComposeProject]:
    """One for all: each test leaves it as it was."""
    folder = tmp_path_factory.mktemp("broken off") / "project"
    folder.mkdir()
    project = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    model = pairs(base_image, (SOUND,))
    # It ends two seconds after it was told to: somebody who starts it again at once does nothing.
    model["services"][BACK] |= {"restart": "on-failure:2", "environment": {"DEAF": "1"}}
    try:
        brought_up(project, model)
        yield project
    finally:
        project.remove()


@contextmanager
def watched(project: ComposeProject) -> Iterator[Watch]:
    form = "{{.Action}} {{.Actor.Attributes.name}}"
    with listening("type=container", "type=network", form=form) as stream:
        yield Watch(project, stream)


def condition(project: ComposeProject) -> dict[str, object]:
    """What a drill may not change."""
    told = json.loads(project.docker("inspect", project.container(SOUND), project.container(BACK)))
    return {
        one["Name"]: (
            one["State"]["Status"],
            one["HostConfig"]["RestartPolicy"],
            {name: sorted(end["Aliases"]) for name, end in one["NetworkSettings"]["Networks"].items()},
        )
        for one in told
    }


def test_interrupted_it_joins_what_it_has_cut_off_and_another_run_was_refused_meanwhile(
    stack: ComposeProject,
) -> None:
    before = condition(stack)
    with watched(stack) as watch, stack.start("drill", "--only", "dependency-cut") as run:
        watch.until("disconnect")
        run.send_signal(signal.SIGSTOP)  # however long the second one takes
        second = stack.run("drill", "--only", "stop-config")
        assert second.returncode == 2
        assert "`drill` (process " in second.stderr
        run.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGCONT)
        out, err = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 130, out + err
    assert "Traceback" not in err, err
    assert "NOT AS BEFORE" not in err
    assert condition(stack) == before
    assert helpers(stack) == ""


def test_interrupted_in_a_stop_it_starts_again_and_shows_what_ended(stack: ComposeProject, tmp_path: Path) -> None:
    before = condition(stack)
    kept = tmp_path / "j"
    drills = ("--only", "stop-config", "--only", "stop-order", "--journal", str(kept))
    with watched(stack) as watch, stack.start("drill", *drills) as run:
        watch.until("kill", SOUND)
        assert "note: `drill` (process " in stack.run("status").stdout
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 130, out + err
    assert condition(stack) == before
    assert "the run did not get to its end; 2 drills did: " in err
    assert {recording.drill for recording in read(kept)} == {"stop-config"}


def test_a_defect_of_ours_is_shown_and_the_stack_is_put_back_all_the_same(stack: ComposeProject) -> None:
    before = condition(stack)
    done = subprocess.run(
        [sys.executable, "-c", DEFECT],
        cwd=stack.folder,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert "ZeroDivisionError" in done.stderr, done.stdout + done.stderr
    assert condition(stack) == before
    assert helpers(stack) == ""


@pytest.mark.parametrize(
    ("drill", "seen", "back"),
    [
        pytest.param("dependency-cut", "disconnect", "connect", id="cut-off"),
        pytest.param("dependency-crash", "die", "start", id="crashed"),
        pytest.param("dependency-stop", "kill", "start", id="stopping"),
    ],
)
def test_killed_it_leaves_somebody_who_puts_back(stack: ComposeProject, drill: str, seen: str, back: str) -> None:
    before = condition(stack)
    with watched(stack) as watch:
        with stack.start("drill", "--only", drill) as run:
            watch.until(seen)
            os.kill(run.pid, signal.SIGKILL)
            run.wait(LIMIT_S)
        watch.until(back)
        assert condition(stack) == before
        again = stack.run("drill", "--only", "stop-config")  # the lock is free
        assert again.returncode == 0, again.stderr
    assert helpers(stack) == ""


def test_killed_it_lets_those_go_on_that_it_froze(stack: ComposeProject) -> None:
    before = condition(stack)
    number = int(stack.docker("inspect", "--format", "{{.State.Pid}}", stack.container(BACK)))
    with opened(f"{stack.name}-test") as inside, stack.start("drill", "--only", "dependency-hang") as run:

        def frozen() -> bool:
            return all(process.state in ("T", "Z") for process in inside.processes(number))

        until(frozen, "it is frozen", LIMIT_S)
        os.kill(run.pid, signal.SIGKILL)
        run.wait(LIMIT_S)
        until(lambda: not frozen(), "it goes on", LIMIT_S)
    assert condition(stack) == before
    until(lambda: not helpers(stack), "the helper has gone", LIMIT_S)


def test_a_container_that_somebody_replaces_is_not_judged(stack: ComposeProject) -> None:
    with watched(stack) as watch, stack.start("drill", "--only", "dependency-stop", "--json") as run:
        watch.until("kill")
        stack.docker("rm", "--force", stack.container(BACK))  # what `up --recreate` begins with
        replaced = stack.run("up")
        assert replaced.returncode == 0, replaced.stderr
        out, err = run.communicate(timeout=LIMIT_S)
    assert "Traceback" not in err, err
    told = json.loads(out)
    (verdict,) = told["verdicts"]
    assert verdict["verdict"] == "INCONCLUSIVE", verdict
    assert "removed by somebody else meanwhile" in verdict["summary"]
    assert any(f"{BACK}: container" in line for line in told["unrestored"])


def test_with_the_engine_gone_it_ends_with_4_and_puts_back_when_there_is_one_again(
    stack: ComposeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = condition(stack)
    way = tmp_path / "engine.sock"
    monkeypatch.setitem(stack.environ, "DOCKER_HOST", f"unix://{way}")
    with watched(stack) as watch, ExitStack() as open_:
        with proxied(way):
            command = [sys.executable, "-c", AWAY]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            run = open_.enter_context(
                subprocess.Popen(command, cwd=stack.folder, env=stack.environment(), **pipes)  # type: ignore[call-overload]
            )
            watch.until("disconnect")
        out, err = run.communicate(timeout=LIMIT_S)
        assert run.returncode == 4, out + err
        assert "Traceback" not in err, err
        # A command that can be typed as it stands.
        assert re.search(
            rf"NOT PUT BACK YET: docker network connect .*--alias {BACK} .*{stack.container(BACK)}$", err, re.MULTILINE
        )
        assert "put back by itself when it answers" in err
        (guardian,) = (one for one in psutil.process_iter(["environ"]) if str(way) in str(one.info["environ"]))
        with proxied(way):
            watch.until("connect")
        guardian.kill()  # it would look for an engine for five minutes
    assert condition(stack) == before
