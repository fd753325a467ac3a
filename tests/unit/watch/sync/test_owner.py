"""Whose numbers a container's user has, as the engine finds them."""

from __future__ import annotations

import pytest

from seatrial.watch.sync.header import Owner
from seatrial.watch.sync.owner import owner

PASSWD = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\nodd line\n"
GROUP = "root:x:0:\nstaff:x:50:node\n"


@pytest.mark.parametrize(
    ("user", "numbers"),
    [
        ("", (0, 0)),
        ("0", (0, 0)),
        ("root", (0, 0)),
        ("1000", (1000, 1001)),  # the group of its entry
        ("4000", (4000, 0)),
        ("1000:1000", (1000, 1000)),
        ("node", (1000, 1001)),
        ("node:staff", (1000, 50)),
        ("node:7", (1000, 7)),
        ("4000:staff", (4000, 50)),
        (":staff", (0, 50)),
    ],
)
def test_every_form_of_a_user_gives_numbers(user: str, numbers: tuple[int, int]) -> None:
    found = owner(user, lambda: PASSWD, lambda: GROUP)
    assert (found.owner, found.doubt) == (Owner(*numbers), "")


@pytest.mark.parametrize(("user", "numbers"), [("nobody", (0, 0)), ("node:nogroup", (1000, 0))])
def test_a_name_that_stands_nowhere_is_root_with_the_reason(user: str, numbers: tuple[int, int]) -> None:
    found = owner(user, lambda: PASSWD, lambda: GROUP)
    assert found.owner == Owner(*numbers)
    assert user in found.doubt or "nogroup" in found.doubt
    assert owner("node", lambda: "", lambda: "").doubt != ""


def test_files_of_the_container_are_read_only_where_they_decide() -> None:
    def never() -> str:
        raise AssertionError

    assert owner("5:6", never, never).owner == Owner(5, 6)
    assert owner("", never, never).owner == Owner(0, 0)
    assert owner("node", lambda: PASSWD, never).owner == Owner(1000, 1001)
