"""What a verb works with."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial import project
from seatrial.errors import SeatrialError
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatrial.engine import Engine
    from seatrial.env.examination import Examination
    from seatrial.env.secret import Secret
    from seatrial.project import Project
    from seatrial.settings import Settings


@dataclass(slots=True)
class Run:
    """What a verb works with: this call's settings, project and engine.

    Attributes:
        dry: print the plan and stop (Invoke's own `--dry`, which by itself only stops `c.run`).
        json: print JSON to standard output.
        rest: what stood behind `--`, word by word.
    """

    settings: Settings
    dry: bool = False
    json: bool = False
    rest: tuple[str, ...] = ()
    start: Path = field(default_factory=Path.cwd)
    engine_factory: Callable[[], Engine] | None = None
    _project: Project | None = None
    _engine: Engine | None = None

    @property
    def project(self) -> Project:
        if self._project is None:
            self._project = project.find(
                self.start,
                environ=os.environ,
                files=self.settings.files.value,
                name=self.settings.project_name.value,
                profiles=self.settings.profiles.value,
            )
        return self._project

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = (self.engine_factory or _real_engine)()
        return self._engine

    def environment(self) -> Examination:
        """What every container would get, examined; from here on nothing that is secret in it is shown."""
        from seatrial.env.cache import remember
        from seatrial.env.examine import examine

        found = examine(self.engine, self.project, os.environ, self.start, self._keep)
        remember(self.project, os.environ, found)
        return found

    def sound_environment(self) -> Examination:
        """The same, for a verb that starts something: what was in order and has not changed is not asked again.

        Raises:
            ConfigurationInvalid: with every problem in it.
        """
        from seatrial.env.cache import recall
        from seatrial.env.examination import stop_on_errors
        from seatrial.env.examine import examine_again

        remembered = recall(self.project, os.environ)
        if remembered is None:
            found = self.environment()
            stop_on_errors(found)
            return found
        self.keep_secrets()
        found = examine_again(self.engine, self.project, remembered.problems, os.environ)
        self._keep(found.secrets)
        return found

    def keep_secrets(self) -> None:
        """Show no secret that can be known without asking Compose; before other people's text is shown."""
        from seatrial.env.examine import own_secrets

        with suppress(SeatrialError):
            self._keep(own_secrets(self.project, os.environ))

    @staticmethod
    def _keep(secrets: tuple[Secret, ...]) -> None:
        from seatrial.env.secret import Redactor

        terminal.keep_secret(Redactor(secrets))


def _real_engine() -> Engine:
    from seatrial.engine.whales import WhalesEngine

    return WhalesEngine()
