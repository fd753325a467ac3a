"""The way of other systems, tried on this one, where watchdog's own observer stands on inotify too."""

from __future__ import annotations

import queue
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from seatrial.watch.observer.elsewhere import Elsewhere
from seatrial.watch.observer.hint import Hint, Lost
from seatrial.watch.tree import Tree
from unit.watch.watching import LIMIT_S, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Mailbox = queue.SimpleQueue[Hint | Lost]


# watchdog warns of a folder that it enters twice, in its reader's thread: as an error that would end the reader.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")


@pytest.fixture
def mailbox() -> Mailbox:
    return queue.SimpleQueue()


@pytest.fixture
def elsewhere(mailbox: Mailbox) -> Iterator[Elsewhere]:
    with closing(Elsewhere(mailbox.put)) as source:
        yield source


def follow(mailbox: Mailbox, tree: Tree, until: Path) -> None:
    """Refresh what is told, up to the hint that one file was written."""
    told = None
    while told != Hint(str(until), "written"):
        told = mailbox.get(timeout=LIMIT_S)
        assert isinstance(told, Hint)
        tree.refresh([told.path])


def test_saves_renames_and_new_folders_are_told(root: Path, mailbox: Mailbox, elsewhere: Elsewhere) -> None:
    (root / "old").mkdir()
    (root / "old" / "file").touch()
    tree = Tree([rule(root)], elsewhere.enter, leave=elsewhere.leave, guard=elsewhere.guard)
    tree.scan()
    (root / "old").rename(root / "new")
    (root / "made" / "deep").mkdir(parents=True)
    (root / "made" / "deep" / "file").touch()
    (root / "new" / "file").unlink()
    (root / "end").touch()
    follow(mailbox, tree, root / "end")
    afresh = Tree([rule(root)])
    afresh.scan()
    assert tree.entries == afresh.entries


def test_a_root_that_is_not_there_yet_is_told_when_it_comes(root: Path, mailbox: Mailbox, elsewhere: Elsewhere) -> None:
    place = root / "later"
    tree = Tree([rule(place)], elsewhere.enter, leave=elsewhere.leave, guard=elsewhere.guard)
    tree.scan()
    place.mkdir()
    (root / "other").touch()
    follow(mailbox, tree, root / "other")
    assert set(tree.entries) == {str(place)}


def test_a_silent_observer_is_noticed(elsewhere: Elsewhere) -> None:
    assert elsewhere.trouble() is None
    assert elsewhere._canary._heard.wait(LIMIT_S)
    elsewhere._observer.unschedule_all()
    assert elsewhere.trouble() is None
    elsewhere._canary._patience_s = 0
    assert elsewhere.trouble() == "the observer is silent"


def test_a_dead_observer_is_noticed(elsewhere: Elsewhere) -> None:
    elsewhere._observer.stop()
    elsewhere._observer.join()
    assert elsewhere.trouble() == "a thread of the observer ended"
