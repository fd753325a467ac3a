"""What a service is built from, as far as it can be watched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.composed import undoubled
from seatrial.lifecycle.dockerignore import candidates, ignored, in_force
from seatrial.lifecycle.patterns import NO_PATTERNS, Patterns
from seatrial.watch.mounts import relative
from seatrial.watch.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Building:
    """A build section, with links followed as Compose does it for the paths of rules.

    Attributes:
        context: absolute; "" where it is no folder here (a repository, an archive) or nothing is built.
        dockerignore: what is taken out of it.
        read: files that the builder reads whatever is taken out: the Dockerfile, and the file with the patterns.
        sources: paths that hold all that is built from: the context, further ones, a Dockerfile that lies elsewhere.
    """

    context: str = ""
    dockerignore: Patterns = NO_PATTERNS
    read: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: Mapping[str, Any]) -> Building:
        """From the resolved model of a service."""
        build = model.get("build") or {}
        places = _places(build)
        if places is None:
            return cls()
        context, dockerfile = places
        files = {in_force(context, dockerfile), None if build.get("dockerfile_inline") else dockerfile}
        read = frozenset(os.path.realpath(file) for file in files if file)
        further = (undoubled(other) for other in (build.get("additional_contexts") or {}).values())
        folders = [str(context), *(os.path.realpath(other) for other in further if Path(other).is_dir())]
        lonely = sorted(file for file in read if not any(relative(folder, file) is not None for folder in folders))
        return cls(str(context), ignored(context, dockerfile), read, (*folders, *lonely))

    def sieve(self, path: str) -> Sieve:
        """What counts below a path for a build that nobody wrote a rule for."""
        return Sieve(path, context=self.context, dockerignore=self.dockerignore, kept=self.read)


def ignore_files(model: Mapping[str, Any]) -> tuple[Path, ...]:
    """The files, there or not, that take something out of what a service is built from."""
    places = _places(model.get("build") or {})
    return candidates(*places) if places else ()


def _places(build: Mapping[str, Any]) -> tuple[Path, Path] | None:
    """The context and the Dockerfile; None where the context is no folder of this machine."""
    written = undoubled(build.get("context") or "")
    if not Path(written).is_absolute():
        return None
    context = Path(os.path.realpath(written))
    return context, context / undoubled(build.get("dockerfile") or "Dockerfile")
