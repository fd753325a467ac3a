"""Which image the helper runs: one with `sh`, `cat` and `ls`, preferably one that needs no registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.inside import own_image
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection

BUSYBOX = "busybox"
FIX = 'name an image that has `sh`, `cat` and `ls`: ns.configure({"seatrial": {"helper_image": "..."}}) in tasks.py'
_PULL_S = 120.0


class Unfit(HelperUnavailable):
    """This image cannot be had or does not work; another one may."""

    def __init__(self, what: str) -> None:
        """Every image that is unfit has the same way out."""
        super().__init__(what, fix=FIX)


@dataclass(frozen=True, slots=True)
class Way:
    """How to come by an image: `present` it is, `assembled` it can be, or `pulled`."""

    how: str
    name: str


def ways(configured: str, present: Collection[str], *, can_assemble: bool) -> tuple[Way, ...]:
    """What to try, best first; a configured image is the only one. Pure."""
    if configured:
        return (Way("present" if configured in present else "pulled", configured),)
    own = own_image.NAME
    found = (
        *sorted(name for name in present if name.startswith(f"{BUSYBOX}:")),
        *(name for name in present if name == own),
    )
    made = (Way("assembled", own),) if can_assemble and own not in found else ()
    return (*(Way("present", name) for name in found), *made, Way("pulled", BUSYBOX))


def present(configured: str) -> frozenset[str]:
    """Which of the images that come into question are there."""
    if configured:
        there = answer(["image", "inspect", "--format", "-", configured]).returncode == 0
        return frozenset([configured] if there else [])
    filters = [word for name in (BUSYBOX, own_image.REPOSITORY) for word in ("--filter", f"reference={name}")]
    done = answer(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", *filters])
    if done.returncode:
        raise translate.failure(done.stderr, doing="list the images")
    return frozenset(done.stdout.split())


def had(way: Way) -> str:
    """The image's name, once it is there. Raises `Unfit`."""
    if way.how == "assembled":
        try:
            own_image.assemble(way.name)
        except OSError as error:
            raise Unfit(f"no helper image could be put together from this machine's programs: {error}") from None
    if way.how == "pulled":
        done = answer(["pull", "--quiet", way.name], limit_s=_PULL_S)
        if done.returncode:
            said = " ".join(translate.last_words(done.stderr, 1)) or f"exit code {done.returncode}"
            raise Unfit(f"the image {way.name} is not on this machine and cannot be pulled ({said})")
    return way.name
