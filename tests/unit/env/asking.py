"""A project in a folder, examined with the installed Compose."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from seatrial import project
from seatrial.engine.whales import WhalesEngine
from seatrial.env.examine import examine
from seatrial.env.problem import Problem, Severity

STEP_NS = 30_000_000
HEAD = "# @defaultRequired=infer @defaultSensitive=false\n# ---\n\n"

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.env.examination import Examination


@dataclass
class Asking:
    """Writes files and examines; the shell is what `set` says and nothing of Compose's besides."""

    folder: Path
    patch: pytest.MonkeyPatch

    def write(self, **files: str) -> Asking:
        """`compose`, `schema` and `env` are the usual files; any other word is NAME.env."""
        names = {"compose": "compose.yaml", "schema": ".env.schema", "env": ".env"}
        for word, text in files.items():
            body = {"compose": f"name: seatrial-test-asking\nservices:\n{text}", "schema": f"{HEAD}{text}"}
            (self.folder / names.get(word, f"{word}.env")).write_text(body.get(word, text))
        return self

    def settled(self) -> Asking:
        """The clock that stamps files has gone on: what is written from now on can be told from what was."""
        newest = max(file.stat().st_ctime_ns for file in self.folder.rglob("*"))
        while time.time_ns() <= newest + STEP_NS:
            pass
        return self

    def set(self, **shell: str) -> Asking:
        for name, value in shell.items():
            self.patch.setenv(name, value)
        return self

    def project(self, *profiles: str) -> project.Project:
        return project.find(self.folder, environ=os.environ, profiles=profiles)

    def found(self, *profiles: str, start: Path | None = None) -> Examination:
        return examine(WhalesEngine(), self.project(*profiles), os.environ, start or self.folder)

    def problems(self, *profiles: str, start: Path | None = None) -> list[Problem]:
        return list(self.found(*profiles, start=start).problems)

    def rules(self, *profiles: str) -> list[tuple[str, str | None]]:
        return [(problem.rule, problem.key) for problem in self.problems(*profiles)]

    def errors(self) -> list[tuple[str, str | None]]:
        return [(p.rule, p.key) for p in self.problems() if p.severity is Severity.ERROR]


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    for name in os.environ:
        if name.startswith("COMPOSE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    return Asking(folder, monkeypatch)
