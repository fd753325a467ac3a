"""A check as a value, and how all of them are gone through."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, skipped
from seatrial.doctor.look import Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatrial.doctor.scene import Scene


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked after.

    Attributes:
        name: a stable word.
        asks: the question that it answers, for people.
        answers: at least one finding; it waits for looks, and judges what they saw. May raise `Unseen`.
    """

    name: str
    asks: str
    answers: Callable[[Scene], Iterable[Finding]]


def checked(scene: Scene, checks: Iterable[Check]) -> Iterator[Finding]:
    """The findings, check by check, each as soon as it is known. What cannot be seen is skipped, with the reason."""
    for check in checks:
        began = time.monotonic()
        try:
            found = tuple(check.answers(scene))
        except Unseen as unseen:
            found = (skipped(str(unseen)),)
        seconds = round(time.monotonic() - began, 3)
        for finding in found:
            yield replace(finding, check=check.name, seconds=seconds)
