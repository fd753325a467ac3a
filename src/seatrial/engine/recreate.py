"""Makes a service's containers anew from the same configuration: their own layer is gone afterwards, volumes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine import translate
from seatrial.engine.child import answer
from seatrial.engine.command import compose

if TYPE_CHECKING:
    from seatrial.project import Project


def recreate(project: Project, service: str, limit_s: float) -> None:
    """Nothing is built, and what it depends on is touched only if its configuration has changed. Raises `RunFailed`.

    With `--no-deps` Compose 2.26 labels the container with another hash, and the next `up` makes it anew once more.
    """
    arguments = ("up", "--detach", "--no-build", "--force-recreate", service)
    done = answer(compose(project, *arguments), limit_s=limit_s)
    if done.returncode:
        raise translate.failure(done.stderr, doing=f"recreate {service}")
