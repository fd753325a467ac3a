"""What containers were made from is remembered without a value."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.observed import Container, Snapshot
from seatrial.kept import of_checkout
from seatrial.lifecycle.causes.fields import difference, fields
from seatrial.lifecycle.causes.made_from import MadeFrom, made, recalled, remember
from seatrial.project import Project
from seatrial.stack import Stack, parse

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2Zx9kQw"
KEY = bytes(32)


def stack(password: str = SECRET) -> Stack:
    web = {"image": "nginx", "environment": {"PASSWORD": password, "LEVEL": "info"}}
    return parse(json.dumps({"name": "shop", "services": {"web": web, "db": {"image": "postgres"}}}))


def container(service: str, label: str = "h1", **more: bool) -> Container:
    return Container(f"{service}-{label}", f"shop-{service}-1", service, "running", config_hash=label, **more)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Project(tmp_path, (tmp_path / "compose.yaml",))


def test_what_is_new_is_remembered_field_by_field() -> None:
    known = made(MadeFrom(KEY), stack(), Snapshot(), Snapshot((container("web"),)))
    old = known.fields_of("web", "h1")
    assert old is not None
    new = known.digests(fields(json.loads(stack("other").resolved)["services"]["web"]))
    assert difference(old, new) == "environment: PASSWORD changed"
    assert known.fields_of("db", "h1") is None


def test_a_container_that_somebody_else_made_is_not_known() -> None:
    known = made(MadeFrom(KEY), stack(), Snapshot(), Snapshot((container("web"),)))
    assert known.fields_of("web", "h2") is None


def test_what_was_there_before_and_what_was_run_once_teach_nothing() -> None:
    there = Snapshot((container("web"),))
    assert made(MadeFrom(KEY), stack(), there, there).services == {}
    assert made(MadeFrom(KEY), stack(), Snapshot(), Snapshot((container("web", one_off=True),))).services == {}


def test_the_file_holds_no_value_and_is_its_owners_only(project: Project) -> None:
    remember(project, stack(), Snapshot(), Snapshot((container("web"),)))
    file = of_checkout("made", project, "shop")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "environment.PASSWORD" in file.read_text()
    assert SECRET not in file.read_text()
    assert recalled(project, "shop").fields_of("web", "h1")


def test_each_file_has_a_key_of_its_own_so_that_no_table_of_guesses_fits_two(project: Project) -> None:
    after = Snapshot((container("web"),))
    remember(project, stack(), Snapshot(), after)
    first = json.loads(of_checkout("made", project, "shop").read_text())
    of_checkout("made", project, "shop").unlink()
    remember(project, stack(), Snapshot(), after)
    second = json.loads(of_checkout("made", project, "shop").read_text())
    assert first["services"]["web"]["hash"] == second["services"]["web"]["hash"]
    assert not set(first["services"]["web"]["fields"].values()) & set(second["services"]["web"]["fields"].values())


def test_other_services_stay_remembered(project: Project) -> None:
    remember(project, stack(), Snapshot(), Snapshot((container("web"), container("db"))))
    remember(project, stack(), Snapshot((container("web"),)), Snapshot((container("web"), container("db", "h2"))))
    known = recalled(project, "shop")
    assert known.fields_of("web", "h1") is not None
    assert known.fields_of("db", "h2") is not None


def test_nothing_new_writes_nothing(project: Project) -> None:
    there = Snapshot((container("web"),))
    remember(project, stack(), there, there)
    assert not of_checkout("made", project, "shop").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 1, "key": "00", "services": {}}', "\0"])
def test_a_record_that_is_broken_is_none(project: Project, text: str) -> None:
    remember(project, stack(), Snapshot(), Snapshot((container("web"),)))
    of_checkout("made", project, "shop").write_text(text)
    assert recalled(project, "shop").services == {}


def test_a_record_that_others_can_read_is_not_believed(project: Project) -> None:
    remember(project, stack(), Snapshot(), Snapshot((container("web"),)))
    of_checkout("made", project, "shop").chmod(0o644)
    assert recalled(project, "shop").services == {}


def test_a_folder_that_cannot_be_written_is_no_failure(project: Project) -> None:
    of_checkout("made", project, "shop").parent.parent.mkdir(parents=True)
    of_checkout("made", project, "shop").parent.write_text("a file")
    remember(project, stack(), Snapshot(), Snapshot((container("web"),)))
    assert recalled(project, "shop").services == {}
