from __future__ import annotations

import queue
from contextlib import closing

from seatrial.watch.observer.hint import Hint, Lost
from seatrial.watch.observer.storm import Storm
from unit.watch.watching import LIMIT_S


def test_the_last_of_many_writes_is_told_though_the_first_was_a_moment_ago() -> None:
    mailbox: queue.SimpleQueue[Hint | Lost] = queue.SimpleQueue()
    with closing(Storm(mailbox.put, window_s=0.2)) as storm:
        for _ in range(100):
            storm.writing("log")
        assert mailbox.get_nowait() == Hint("log", "writing")
        assert mailbox.empty()
        assert mailbox.get(timeout=LIMIT_S) == Hint("log", "writing")


def test_a_file_that_is_written_again_after_it_was_closed_is_told_at_once() -> None:
    mailbox: queue.SimpleQueue[Hint | Lost] = queue.SimpleQueue()
    with closing(Storm(mailbox.put, window_s=3600)) as storm:
        storm.writing("file")
        storm.settled("file")
        storm.writing("file")
        assert [mailbox.get_nowait(), mailbox.get_nowait()] == [Hint("file", "writing")] * 2
