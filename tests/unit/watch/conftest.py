from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from unit.watch.watching import Watching, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from seatrial.watch.rule import Rule


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def watch(tmp_path: Path, root: Path) -> Iterator[Callable[..., Watching]]:
    with ExitStack() as stack:

        def begin(*rules: Rule, poll_s: float = 1.0) -> Watching:
            watching = Watching(tmp_path / "tidings", rules or (rule(root),), poll_s=poll_s)
            stack.enter_context(closing(watching))
            return watching

        yield begin
