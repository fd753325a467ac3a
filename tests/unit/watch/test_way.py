from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.way import way

if TYPE_CHECKING:
    from pathlib import Path


def test_the_way_leads_through_links_of_links_and_goes_on_where_nothing_is(root: Path) -> None:
    (root / "releases" / "2").mkdir(parents=True)
    (root / "latest").symlink_to("releases/2")
    (root / "current").symlink_to(f"{root}/./latest")
    names = list(way(str(root / "current" / "src" / "missing")))
    start = names.index(str(root / "current"))
    again = names[start + 1 :].index(str(root)) + start + 1
    assert [name.removeprefix(str(root)) for name in names[start:]] == [
        "/current",
        *(name.removeprefix(str(root)) for name in names[start + 1 : again + 1]),
        "/latest",
        "/releases",
        "/releases/2",
        "/releases/2/src",
        "/releases/2/src/missing",
    ]


def test_links_in_a_circle_end(root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("../project/one")
    assert len(list(way(str(root / "one")))) < 200
