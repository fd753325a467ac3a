"""What the page of an `up` holds, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.lifecycle.last_start import start_of
from seatrial.report import stack as words
from seatrial.report.comparison import Comparison
from seatrial.report.page.start_chart import start_chart
from seatrial.report.page.trend import Trend, trends

if TYPE_CHECKING:
    from seatrial.drill.provenance import Provenance
    from seatrial.lifecycle.bring_up import Result
    from seatrial.lifecycle.failure import Failure
    from seatrial.report.page.start_chart import StartChart
    from seatrial.stack import Stack


@dataclass(frozen=True, slots=True)
class UpPage:
    """The page of an `up`.

    Attributes:
        columns, rows: every service, as the terminal shows them.
        remarks: what is worth knowing, a line each.
    """

    project: str
    up: bool
    seconds: float
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    start: StartChart
    remarks: tuple[str, ...]
    failures: tuple[Failure, ...]
    trends: tuple[Trend, ...]
    provenance: Provenance | None = None


def up_page(stack: Stack, result: Result, provenance: Provenance | None) -> UpPage:
    """Put together how an `up` went, and how it was before."""
    outcome = result.outcome
    return UpPage(
        stack.name,
        outcome.up and not result.mismatches,
        outcome.seconds,
        words.UP_COLUMNS,
        tuple(words.up_rows(stack, outcome)),
        start_chart(start_of(stack, outcome)),
        tuple(words.up_remarks(stack, result)),
        result.failures,
        tuple(trends(Comparison(result.before, result.now))),
        provenance,
    )
