"""The examples of the documentation come up, stop gracefully and come back; a change of theirs arrives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from conftest import ROOT
from e2e.examples.images import stand_in
from e2e.watch.watching import Watching

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

EXAMPLES = ROOT / "docs" / "examples"
# Each has one source that `watch` sends, and the event after which it is served.
SOURCES = {
    "python": ("app.py", "restarted"),
    "node": ("server.mjs", "restarted"),
    "nginx": ("pages/index.html", "synced"),
}
DRILLS = ("health-config", "stop-config", "restart-config", "anatomy", "graceful-stop", "crash-restart")


@pytest.mark.parametrize("name", SOURCES)
def test_an_example_comes_up_is_drilled_and_watched(
    name: str,
    project: ComposeProject,
    base_image: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    image = stand_in(name, base_image, tmp_path_factory.mktemp(name))
    shutil.copytree(EXAMPLES / name, project.folder, dirs_exist_ok=True)
    # Port 0: the engine finds a free one.
    project.environ |= {"COMPOSE_PROJECT_NAME": project.name, "PORT": "0", f"{name.upper()}_IMAGE": image}

    up = project.run("up", "--json")
    assert up.returncode == 0, up.stderr
    assert "hello" in answered(project)

    done = project.run("drill", "--json", *(word for drill in DRILLS for word in ("--only", drill)))
    verdicts = {one["drill"]: (one["verdict"], one["summary"]) for one in json.loads(done.stdout)["verdicts"]}
    assert {verdict for verdict, _ in verdicts.values()} == {"PASS"}, verdicts
    assert len(verdicts) == len(DRILLS)

    source, last_event = SOURCES[name]
    with Watching(project, "--no-up") as watching:
        file = project.folder / source
        file.write_text(file.read_text().replace("hello", "good morning"))
        watching.until(last_event)
        assert "good morning" in answered(project)


def answered(project: ComposeProject) -> str:
    (service,) = json.loads(project.run("ps", "--json").stdout)["services"]
    (url,) = service["containers"][0]["urls"]
    with urlopen(url, timeout=5) as answer:  # noqa: S310  from the engine
        return str(answer.read(), "utf-8")


def test_every_example_has_a_file_of_its_own_here() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_the_page_on_examples_tells_of_each(name: str) -> None:
    assert f"[{name}]({name}/" in Path(EXAMPLES / "README.md").read_text(encoding="utf-8")
