"""Compose is asked once for the hashes of a model."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatrial import places, plugin, stack
from seatrial.engine import hashes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODEL = '{"name": "shop", "services": {"web": {"image": "x"}}}'

pytestmark = pytest.mark.compose


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on nobody answers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def nobody(*_: object, **__: object) -> None:
        pytest.fail("asked again")

    return lambda: monkeypatch.setattr(hashes, "ask", nobody)


def test_the_same_model_is_not_asked_for_again(deaf: Callable[[], None]) -> None:
    found = hashes.hashes(stack.parse(MODEL))
    deaf()
    assert hashes.hashes(stack.parse(MODEL)) == found
    assert list(found) == ["web"]


def test_another_model_is(deaf: Callable[[], None]) -> None:
    hashes.hashes(stack.parse(MODEL))
    deaf()
    with pytest.raises(pytest.fail.Exception):
        hashes.hashes(stack.parse(MODEL.replace('"x"', '"y"')))
    with pytest.raises(pytest.fail.Exception):
        hashes.hashes(replace(stack.parse(MODEL), name="other"))


def test_another_compose_is(deaf: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hashes.hashes(stack.parse(MODEL))
    newer = tmp_path / "docker-compose"
    newer.symlink_to(str(plugin.compose(os.environ)))
    monkeypatch.setattr(plugin, "compose", lambda _: str(newer))
    deaf()
    with pytest.raises(pytest.fail.Exception):
        hashes.hashes(stack.parse(MODEL))


def test_a_record_that_is_broken_is_as_none(deaf: Callable[[], None]) -> None:
    found = hashes.hashes(stack.parse(MODEL))
    (places.cache() / "hashes" / "shop.json").write_text("{")
    assert hashes.hashes(stack.parse(MODEL)) == found
    deaf()
    assert hashes.hashes(stack.parse(MODEL)) == found


def test_a_context_that_an_inactive_service_builds_is_left_out_of_what_is_hashed() -> None:
    build = {"context": "/p", "additional_contexts": {"base": "service:base"}}
    resolved = json.dumps({"name": "shop", "services": {"web": {"image": "w", "build": build}, "none": None}})
    plain = json.loads(hashes.plain_builds(stack.Stack("shop", services=(), resolved=resolved)))
    assert plain["services"] == {"web": {"image": "w", "build": {"context": "/p"}}, "none": None}
