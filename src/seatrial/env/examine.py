"""Asks the installed Compose what every container would get, and holds it against the schema. Starts nothing.

Three questions are asked at once: the model as it is written, what each variable stands for, and the model as it is
resolved. What Compose refuses is explained from the files' own text, because Compose quotes values when it complains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.together import together
from seatrial.env.paths import PROFILES, no_file, own_files, reserved
from seatrial.env.words import likely_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.env.examination import Examination
    from seatrial.env.secret import Secret
    from seatrial.project import Project


def examine(
    engine: Engine,
    project: Project,
    environ: Mapping[str, str],
    start: Path,
    keep_secret: Callable[[Iterable[Secret]], None] = lambda _: None,
) -> Examination:
    """All problems in one run. `start` is where the person stands: an env file there may mislead other tools.

    `keep_secret` is told secrets as soon as they are known: before anything that Compose says can be shown.

    Raises:
        ConfigurationInvalid: Compose refuses the project for a reason that is not in the environment.
        EngineError: there is no docker client.
    """
    if _would_hang(project):
        from seatrial.env.gather import unreadable

        return unreadable(project, environ)
    with together() as asking:
        names = sorted({PROFILES, *likely_names(project)})
        source = asking.ask(lambda: engine.uninterpolated(project))
        model = asking.ask(lambda: engine.stack(project))
        values = asking.ask(lambda: engine.values(project, names))
        # While Compose works: what is needed to understand its answers takes as long to load as it takes to answer.
        from seatrial.env.gather import Asked, gathered

        return gathered(Asked(engine, source, model, values), project, environ, start, keep_secret)


def _would_hang(project: Project) -> bool:
    """Whether Compose would wait for a pipe, or read past what is no file."""
    paths = [path for _, path in reserved(project)]
    every = (*paths, project.directory / ".env", *own_files(project))
    return any(no_file(path) and not path.is_dir() for path in every)
