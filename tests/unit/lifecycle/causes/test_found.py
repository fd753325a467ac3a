"""Causes are looked up in what is remembered of a container, by the hash on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seatrial.engine import UpRequest
from seatrial.engine.observed import Snapshot
from seatrial.lifecycle.causes.found import NO_FIELD, causes
from seatrial.lifecycle.causes.made_from import remember
from seatrial.project import Project
from seatrial.stack import Stack, parse
from seatrial.testing import MemoryEngine

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.engine.observed import Container


def stack(**web: object) -> Stack:
    return parse(json.dumps({"name": "shop", "services": {"web": {"image": "nginx", **web}}}))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Project(tmp_path, (tmp_path / "compose.yaml",))


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(stack())


@pytest.fixture
def container(engine: MemoryEngine, project: Project) -> Container:
    """Made from the stack as it is, which is remembered."""
    list(engine.create(project, UpRequest()))
    (made,) = engine.snapshot("shop").containers
    remember(project, stack(), Snapshot(), Snapshot((made,)))
    return made


def test_what_is_remembered_names_the_fields(engine: MemoryEngine, project: Project, container: Container) -> None:
    assert causes(engine, project, stack(user="app"), {"web": container}) == {"web": "user added"}
    assert causes(engine, project, stack(image="nginx:2"), {"web": container}) == {
        "web": "image: sha256:nginx -> nginx:2"  # as this engine calls images
    }


def test_where_no_field_differs_no_change_is_claimed(
    engine: MemoryEngine, project: Project, container: Container
) -> None:
    assert causes(engine, project, stack(), {"web": container}) == {"web": NO_FIELD}


def test_a_container_that_has_gone_meanwhile_has_no_cause(
    engine: MemoryEngine, project: Project, container: Container
) -> None:
    engine.remove_container(container.id, volumes=False)
    assert causes(engine, project, stack(user="app"), {"web": container}) == {}
