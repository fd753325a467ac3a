"""Images whose base is built by a service that is not active."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seatrial.engine.memory import MemoryEngine
from seatrial.engine.observed import Made
from seatrial.lifecycle.stale.images import judged
from seatrial.project import Project
from seatrial.stack import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pytest


def test_the_sources_of_a_base_that_an_inactive_service_builds_are_reported_as_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "Dockerfile").write_text("FROM shop-base\nFROM shop/own:1\nFROM other/base:1\n", encoding="utf-8")
    web = {"build": {"context": str(tmp_path), "additional_contexts": {"shop-base": "service:base"}}}
    stack = parse(json.dumps({"name": "shop", "services": {"web": web}}))
    by = {"shop-base": ("shop", "base"), "shop/own:1": ("shop", "web"), "other/base:1": ("other", "base")}

    class Engine(MemoryEngine):
        def made(self, names: Sequence[str]) -> Mapping[str, Made]:
            return {name: Made(f"sha256:{name}", 2**62, built_by=by.get(name, ("", ""))) for name in names}

    found = judged(Engine(stack), Project(tmp_path, (tmp_path / "compose.yaml",)), stack, ["web"])
    note = "the sources of shop-base: service base, which builds it, is not active"
    assert (found.stale, found.unjudged) == ({}, {"web": note})
