"""Images whose name the engine cannot read: it would refuse them one by one, without saying whose they are. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.paths import shown
from seatrial.env.problem import Problem
from seatrial.env.warned import to_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.env.examination import Examination
    from seatrial.project import Project

# distribution/reference: `host:port/path/name:tag@digest`.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][\w.-]{0,127}"
_DIGEST = r"[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::{_TAG})?(?:@{_DIGEST})?", re.ASCII)


def is_reference(name: str) -> bool:
    """Whether the engine reads it as the name of an image."""
    return bool(_REFERENCE.fullmatch(name))


def unreadable_images(found: Examination, project: Project) -> Iterator[Problem]:
    """A service whose image has a name that is none, by the variable that made it so where one did."""
    services = found.stack.services if found.stack else ()
    wrong = {s.name: s.image for s in services if s.image and not is_reference(s.image)}
    if not wrong:
        return
    from seatrial.engine.compose_text import place, related

    sources = related(project.files, project.root)
    for service, image in wrong.items():
        used = [use.name for use in found.references.uses if use.place == f"services.{service}.image"]
        empty = [name for name in used if not found.values.get(name)]
        at = next(iter(place(sources, "services", service, "image")), shown(project.files[0], project))
        file, _, line = at.rpartition(":") if at[-1].isdigit() else (at, "", "")
        fix = to_set(empty[0], found, project) if empty else "correct it: NAME:TAG, the name in small letters"
        message = f"service {service} has the image `{image}`, and that is no name of an image"
        yield Problem(file, int(line) if line else None, empty[0] if empty else None, "InvalidImage", message, fix)
