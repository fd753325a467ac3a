"""A model that Compose refuses, as an error with what its files hold: they are read for that only now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine import translate
from seatrial.engine.env_sample import copying
from seatrial.engine.warned import unset, warnings
from seatrial.errors import ConfigurationInvalid
from seatrial.project import here

if TYPE_CHECKING:
    from seatrial.engine.compose_text import Source
    from seatrial.errors import SeatrialError
    from seatrial.project import Project

_IN_FILE = re.compile(r"(?:validating|parsing) ([^\n:]+\.ya?ml)")
_WORD = re.compile(r"\S+")


def refused(stderr: str, project: Project) -> SeatrialError:
    """Return the error for what Compose wrote; files are named as the caller sees them.

    Args:
        stderr: all that it wrote.
        project: others than its files, which they include or extend, may be named in the text.
    """
    from seatrial.engine.refused_input import input_trouble

    if trouble := translate.engine_trouble(stderr) or input_trouble(stderr, project):
        return trouble
    from seatrial.engine.compose_text import near, related

    start = here()
    every = tuple(dict.fromkeys((*project.files, *map(Path, _IN_FILE.findall(stderr)))))
    for file in every:
        stderr = stderr.replace(str(file), near(str(file), start))
    sources = related(every, start)
    error = translate.configuration(stderr, [Path(near(str(file), start)) for file in project.files], sources)
    return _by_unset_variable(error, stderr, sources, project) or error


def _by_unset_variable(
    error: SeatrialError, stderr: str, sources: tuple[Source, ...], project: Project
) -> SeatrialError | None:
    """The same for a value that Compose refuses because a variable in it is set nowhere; None for another reason."""
    names = unset(warnings(stderr))
    if not names:
        return None
    from seatrial.engine.variable_places import blank, uses

    said = error.what + "\n" + "\n".join(error.detail)
    words = {word.strip("\"'`").rstrip(":,") for word in _WORD.findall(said)}
    guilty = [u for u in uses(sources) if u.name in names and not u.literal and (
        u.place in said or (blank(u, names) in words) or ".".join(u.path) in words
    )]  # fmt: skip
    if not guilty:
        return None
    first, copy = guilty[0], copying(project, guilty[0].name)
    wanted = ", ".join(dict.fromkeys(use.name for use in guilty if use.place == first.place))
    return ConfigurationInvalid(
        f"{first.place}: {'.'.join(first.path)} is `{first.text}`, and {wanted} is set nowhere",
        fix=(f"{copy}\nor " if copy else "")
        + f"set {wanted} in the env file or the shell, or give it a default there: ${{{first.name}:-...}}",
        detail=tuple(line for line in said.splitlines() if line),
    )
