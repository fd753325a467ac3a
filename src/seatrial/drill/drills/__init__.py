"""The drills, one file each, all of one shape: NAME, SUMMARY and `judge(subject) -> Verdict`. This is the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from seatrial.drill.drills import health_config, restart_config, stop_config

if TYPE_CHECKING:
    from seatrial.drill.subject import Subject
    from seatrial.drill.verdict import Verdict


class Drill(Protocol):
    """A module is one."""

    NAME: str
    SUMMARY: str

    def judge(self, subject: Subject) -> Verdict: ...


DRILLS: tuple[Drill, ...] = (health_config, stop_config, restart_config)
