"""How it goes, while it goes: a table that is drawn over at a terminal, a line for each change elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from seatrial.lifecycle.readiness import Standing
from seatrial.report import terminal
from seatrial.report.build_log import BuildLog

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from seatrial.lifecycle.wait import Outcome

# What is over in a moment is not drawn.
_QUIET_S = 0.7
_COLUMNS = ("service", "", "seconds")
_STYLES = {Standing.READY: "green", Standing.DONE: "green", Standing.FAILED: "red"}
# How every service begins.
_PLAIN = ("no container", "created, not started")


class Progress:
    """Told of lines and of outcomes, from any thread; shows them on standard error."""

    def __init__(self) -> None:
        self._build = BuildLog(steps=True)
        self._told: set[tuple[str, str]] = set()
        self._live: Any = None
        self._drawn = terminal.draws()
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def line(self, text: str) -> None:
        """A line of Compose or a build: of a build steps that really ran, of Compose no warning (they quote values)."""
        if text.strip() and "level=warning" not in text:
            for kept in self._build.worth(text):
                if self._live:
                    self._live.console.print(terminal.redacted(kept), markup=False, highlight=False)
                elif not (self._drawn and _is_compose(kept)):
                    terminal.talk(kept)

    def outcome(self, outcome: Outcome) -> None:
        """Where every service stands."""
        if self._drawn:
            self._draw(outcome)
            return
        for verdict in outcome.verdicts:
            found = outcome.times.get(verdict.service)
            if verdict.standing in (Standing.READY, Standing.DONE) and found and found.ready is not None:
                self._tell(verdict.service, "ready", f"{verdict.service}: {verdict.reason} after {found.ready:.1f} s")
            elif verdict.standing is Standing.WAITING and verdict.reason not in _PLAIN:
                self._tell(verdict.service, verdict.reason, f"{verdict.service}: {verdict.reason}")
            elif verdict.standing is Standing.FAILED:
                self._tell(verdict.service, "failed", f"{verdict.service}: {verdict.reason}")

    def _tell(self, service: str, state: str, text: str) -> None:
        if (service, state) not in self._told:
            self._told.add((service, state))
            terminal.talk(text)

    def _draw(self, outcome: Outcome) -> None:
        if self._live is None:
            if time.monotonic() - self._began < _QUIET_S or outcome.up:
                return
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), transient=True, refresh_per_second=8)
            self._live.start()
        self._live.update(_table(outcome))


def _is_compose(line: str) -> bool:
    return line.lstrip().startswith(("Container ", "Network ", "Volume "))


def _table(outcome: Outcome) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in _COLUMNS:
        table.add_column(column)
    for verdict in outcome.verdicts:
        found = outcome.times.get(verdict.service)
        since = f"{found.ready:.1f}" if found and found.ready is not None else ""
        style = _STYLES.get(verdict.standing, "")
        table.add_row(verdict.service, Text(terminal.redacted(verdict.reason), style=style), since)
    table.add_row("", "", f"{outcome.seconds:.1f}")
    return table
