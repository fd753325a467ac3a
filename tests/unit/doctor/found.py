"""What the tests of checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.doctor.finding import Finding


def only(findings: Iterable[Finding]) -> Finding:
    """The finding of a check that has one."""
    (one,) = findings
    return one
