"""The stream of events ends in one way, whatever the client's last words are."""

from __future__ import annotations

import io

import pytest

from seatrial.engine.event_lines import EventLines
from seatrial.errors import EngineUnreachable


@pytest.mark.parametrize("rest", ["", "unexpected EOF\n", '{"Action": "di'])
def test_an_engine_that_goes_away_is_unreachable(rest: str) -> None:
    lines = EventLines(io.StringIO(rest))
    with pytest.raises(EngineUnreachable):  # noqa: PT012  the end may come with the last line, or after it
        while True:
            lines.wait(5)
