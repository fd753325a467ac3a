"""Gathers what `report` bundles: each part by itself, so that what cannot be had keeps nothing else out."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seatrial.errors import SeatrialError
from seatrial.places import cache
from seatrial.report import terminal
from seatrial.report.bundle import scrub
from seatrial.report.bundle.archive import Member, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run

_LOGGED = {0: "empty: it logged nothing", 1: "the last line it logged"}


class Gathered:
    """`members` are ready to leave the machine: redacted, and without what looks like a secret."""

    def __init__(self, run: Run) -> None:
        self.members: list[Member] = []
        self.missing: list[Missing] = []
        self._run = run

    def everything(self, tail: int) -> None:
        """All that can be had. Secrets are found out first; of what holds them nothing is read before."""
        run = self._run
        stack: Stack | None = None
        seen: Snapshot | None = None
        with self._part("project"):
            run.keep_own_secrets()
            stack = self._known(run)
        if stack:
            with self._part("containers"):
                seen = run.engine.snapshot(stack.name)
                self._keep_those_inside(seen)
        self._about()
        if stack is None:
            return
        if stack.resolved:
            self._configuration(stack)
        self._runs(stack.name)
        if seen is not None:
            self._containers(stack, seen, tail)

    @contextmanager
    def _part(self, what: str) -> Iterator[None]:
        try:
            yield
        except SeatrialError as error:
            self.missing.append(Missing(what, self._told(error)))
        except (OSError, ValueError) as error:
            self.missing.append(Missing(what, self._clean(getattr(error, "strerror", None) or "it cannot be read")))

    def _known(self, run: Run) -> Stack:
        """The stack with all its secrets kept; by its containers where Compose refuses it."""
        from seatrial.env.scattered import scattered

        stack = run.standing(every_profile=True)
        run.keep(scattered(stack.parsed()))
        return stack

    def _keep_those_inside(self, seen: Snapshot) -> None:
        """Containers may run with what the files no longer say."""
        from seatrial.env.gather import inside_secrets

        ids = [container.id for container in seen.containers]
        self._run.keep(inside_secrets(self._run.engine, ids, self._run.project))

    def _about(self) -> None:
        from seatrial.verbs._provenance import command, machine, versions

        told = {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": command(),
            "versions": versions(self._run),
            "machine": machine(),
        }
        self._add("versions.json", "versions of everything, and the machine without its name", told)

    def _configuration(self, stack: Stack) -> None:
        from seatrial.report.bundle.configuration import configuration

        what = "the compose model: names of everything, no values of variables, labels, arguments"
        self._add("configuration.json", what, configuration(stack.parsed()))
        with self._part("environment"):
            problems = [
                {"rule": one.rule, "severity": one.severity.value, "variable": one.key, "line": one.line}
                for one in self._run.environment().problems
            ]
            self._add("environment.json", "what `env` finds, by rule and name", {"problems": problems})

    def _runs(self, name: str) -> None:
        from seatrial.history import keep

        self._add_file(f"runs/{name}.drill.json", "the last run of drills", cache() / f"{name}.drill.json")
        for kind in ("drill", "up"):
            self._add_file(
                f"runs/history-{kind}.json",
                f"figures of the runs of {kind} before",
                keep.place(kind, self._run.project, name),
            )

    def _containers(self, stack: Stack, seen: Snapshot, tail: int) -> None:
        from seatrial.lifecycle.orphans import marks
        from seatrial.report.stack import stack_json

        found = marks(self._run.engine, self._run.project, stack, seen)
        names = tuple(dict.fromkeys((*stack.names, *sorted(seen.services))))
        self._add(
            "containers.json", "state, health and restarts of every container", stack_json(stack, seen, names, found)
        )
        for container in seen.containers:
            with self._part(f"log of {container.name}"):
                lines = self._run.engine.log_tail(container.id, tail)
                text = self._clean("\n".join(lines))  # as one text: a key has several lines
                what = _LOGGED.get(len(lines), f"the last {len(lines)} lines it logged")
                self.members.append(Member(f"logs/{container.name}.txt", what, f"{text}\n"))

    def _told(self, error: SeatrialError) -> str:
        with suppress(SeatrialError):  # there may be no project whose secrets an error could quote
            error = self._run.discreet(error)
        return self._clean(error.what)

    def _add(self, name: str, what: str, value: Any) -> None:
        told = json.dumps(scrub.scrubbed(terminal.redacted(value)), indent=2, ensure_ascii=False)
        self.members.append(Member(name, what, told + "\n"))

    def _add_file(self, name: str, what: str, file: Path) -> None:
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.missing.append(Missing(what, "there is none yet"))
        except (OSError, ValueError):
            self.missing.append(Missing(what, f"{file.name} cannot be read"))
        else:
            self._add(name, what, told)

    def _clean(self, text: str) -> str:
        return scrub.text(terminal.redacted(text))
