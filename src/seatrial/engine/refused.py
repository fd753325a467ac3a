"""A model that Compose refuses, told with what its files hold: they are read for that only now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.errors import SeatrialError

_IN_FILE = re.compile(r"(?:validating|parsing) ([^\n:]+\.ya?ml)")


def refused(stderr: str, files: Sequence[Path]) -> SeatrialError:
    """The error for what Compose wrote; files are told as somebody here sees them.

    Args:
        stderr: all that it wrote.
        files: of the project, absolute. Others that they include or extend may be named in the text.
    """
    if trouble := translate.engine_trouble(stderr):
        return trouble
    from seatrial.engine.compose_text import near, read

    here = Path.cwd()
    every = tuple(dict.fromkeys((*files, *map(Path, _IN_FILE.findall(stderr)))))
    for file in every:
        stderr = stderr.replace(str(file), near(str(file), here))
    return translate.configuration(stderr, [Path(near(str(file), here)) for file in files], read(every, here))
