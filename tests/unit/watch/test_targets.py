"""Targets of the other kind: refused, each with its fix, in whichever container they are found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.attached import Mount
from seatrial.engine.memory import MemoryEngine
from seatrial.engine.memory_files import File, Files
from seatrial.engine.observed import Container
from seatrial.errors import ConfigurationInvalid
from seatrial.stack import Service, Stack
from seatrial.watch.rule import Rule
from seatrial.watch.targets import check_targets, collisions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def conf(tmp_path: Path) -> str:
    (tmp_path / "conf").touch()
    (tmp_path / "src").mkdir()
    return str(tmp_path / "conf")


@pytest.fixture
def engine() -> MemoryEngine:
    """Two containers of one service; only the second one has anything in it."""
    made = MemoryEngine(Stack("p", (Service("web", "image"),)))
    made.containers = {i: Container(i, f"p-web-{i}", "web", "exited") for i in ("1", "2")}
    made.files["2"] = Files({
        "/app/precious": File(), "/link": File("link", b"/app"), "/file": File(), "/linked": File("link", b"/file"),
    })  # fmt: skip
    return made


def sync(path: str, target: str, number: int = 1) -> Rule:
    return Rule("web", "sync", path, target, number=number)


@pytest.mark.parametrize("target", ["/app", "/link"])
def test_a_file_onto_a_folder_is_refused_with_the_slash(engine: MemoryEngine, conf: str, target: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        check_targets(engine, "p", [sync(conf, target)])
    assert f"rule 1 of web (`develop.watch`) would replace the folder {target}" in refused.value.what
    assert f"`target: {target}/`" in str(refused.value.fix)


def test_a_file_onto_a_mount_or_what_holds_one_is_refused(
    engine: MemoryEngine, conf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.files["2"].by_path["/srv"] = File("folder")
    (facts,) = engine.facts(["2"])
    mounted = replace(facts, mounts=(Mount("volume", "/srv/data"),))
    monkeypatch.setattr(engine, "facts", lambda ids: [mounted] if ids == ["2"] else [])
    for target in ("/srv/data", "/srv"):
        with pytest.raises(ConfigurationInvalid):
            check_targets(engine, "p", [sync(conf, target)])


@pytest.mark.parametrize("target", ["/file", "/file/below", "/linked"])
def test_a_folder_onto_a_file_is_refused(engine: MemoryEngine, tmp_path: Path, conf: str, target: str) -> None:
    del conf
    with pytest.raises(ConfigurationInvalid, match="/file is a file in the container"):
        check_targets(engine, "p", [sync(str(tmp_path / "src"), target)])


def test_what_fits_or_is_not_there_yet_is_let_through(engine: MemoryEngine, tmp_path: Path, conf: str) -> None:
    src, missing = str(tmp_path / "src"), str(tmp_path / "missing")
    good = [sync(conf, "/file"), sync(conf, "/linked"), sync(conf, "/app/conf"), sync(conf, "/new/conf")]
    check_targets(engine, "p", [*good, sync(src, "/app"), sync(src, "/link"), sync(src, "/new"), sync(missing, "/app")])


def test_a_file_where_another_rule_needs_a_folder_is_a_collision(tmp_path: Path, conf: str) -> None:
    src = str(tmp_path / "src")
    for other in ("/app", "/app/src"):
        (found,) = collisions([sync(conf, "/app"), sync(src, other, 2)])
        assert "where rule 2 needs a folder" in found.what
        assert "`target: /app/`" in found.fix
    assert not list(collisions([sync(conf, "/app/conf"), sync(src, "/app", 2), sync(conf, "/app/conf", 3)]))
