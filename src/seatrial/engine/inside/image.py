"""Which image the helper runs: one with `sh`, `cat` and `ls`, preferably one that needs no registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.inside import own_image
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUSYBOX = "busybox"
FIX = 'name an image that has `sh`, `cat` and `ls`: ns.configure({"seatrial": {"helper_image": "..."}}) in tasks.py'
_PULL_S = 120.0


class Unfit(HelperUnavailable):
    """This image cannot be had or does not work; another one may."""

    def __init__(self, what: str) -> None:
        """Every image that is unfit has the same way out."""
        super().__init__(what, fix=FIX)


def ways(configured: str) -> Iterator[Callable[[], str]]:
    """Ways to an image, best first; each gives a name or id, or raises `Unfit`."""
    if configured:
        yield lambda: configured if _present(configured) else _pulled(configured)
        return
    present = _local()
    for name in (*sorted(name for name in present if name.startswith(f"{BUSYBOX}:")), own_image.NAME):
        if name in present:
            yield lambda name=name: name  # type: ignore[misc]
    if own_image.NAME not in present and own_image.possible():
        yield _assembled
    yield lambda: _pulled(BUSYBOX)


def _local() -> frozenset[str]:
    done = answer(
        ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]
        + [word for name in (BUSYBOX, own_image.REPOSITORY) for word in ("--filter", f"reference={name}")]
    )
    if done.returncode:
        raise translate.failure(done.stderr, doing="list the images")
    return frozenset(done.stdout.split())


def _present(name: str) -> bool:
    return answer(["image", "inspect", "--format", "-", name]).returncode == 0


def _assembled() -> str:
    try:
        return own_image.assemble()
    except OSError as error:
        raise Unfit(f"no helper image could be put together from this machine's programs: {error}") from None


def _pulled(name: str) -> str:
    done = answer(["pull", "--quiet", name], limit_s=_PULL_S)
    if done.returncode:
        said = " ".join(translate.last_words(done.stderr, 1)) or f"exit code {done.returncode}"
        raise Unfit(f"the image {name} is not on this machine and cannot be pulled ({said})")
    return name
