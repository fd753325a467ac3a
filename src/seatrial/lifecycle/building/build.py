"""Builds images, all at once. Of a build that fails the step is told: where it stands, what it ran, what that said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatrial.errors import ImageMissing, RunFailed
from seatrial.lifecycle.building import dockerfile
from seatrial.lifecycle.building.model import build_model
from seatrial.lifecycle.building.steps import Steps, line_of
from seatrial.lifecycle.missing_image import located
from seatrial.plain_file import other_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.lifecycle.building.steps import Failed
    from seatrial.project import Project
    from seatrial.stack import Stack

_SOLVE = "failed to solve: "


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How images are built.

    Attributes:
        cache: use the builder's cache.
        all_platforms: build for every platform that a build section lists, not only for the one that runs here.
    """

    cache: bool = True
    all_platforms: bool = False


TO_RUN = BuildOptions()


def built(
    engine: Engine, project: Project, stack: Stack, names: Sequence[str], options: BuildOptions = TO_RUN
) -> Iterator[str]:
    """Yields the builder's lines. Raises `RunFailed`."""
    _stop_at_a_pipe(stack, names, project)
    steps = Steps(names)
    try:
        model = build_model(stack, names, dockerfile.text, all_platforms=options.all_platforms)
        for line in engine.build(project, names, cache=options.cache, model=model):
            steps.read(line)
            yield line
    except ImageMissing as error:
        raise located(error, stack, engine.made) from None
    except RunFailed as error:
        if type(error) is not RunFailed:
            raise  # it says better what is wrong
        raise _told(error, steps.failed, names, stack, project) from None


def _stop_at_a_pipe(stack: Stack, names: Sequence[str], project: Project) -> None:
    """Raise for a file of a build that the builder would wait for: it has no time limit."""
    secrets = stack.parsed().get("secrets") or {}
    for name, build in stack.builds().items():
        for path in dockerfile.read_files(build, secrets) if name in names else ():
            kind = other_kind(path)
            if kind not in {"", "a folder"}:
                shown = _shown(path, project.root)
                raise RunFailed(
                    f"the image of {name} could not be built: {shown} is {kind}, and the builder would wait for it",
                    fix=f"put a plain file in place of {shown}",
                )


def _told(error: RunFailed, failed: Failed | None, names: Sequence[str], stack: Stack, project: Project) -> RunFailed:
    service = failed.service if failed else names[0] if len(names) == 1 else ""
    who = f"the image of {service}" if service else f"an image of {', '.join(names)}"
    build = stack.builds().get(service) or {}
    if failed is None:
        reasons = [line.removeprefix(_SOLVE) for line in error.detail if line.startswith(_SOLVE)]
        where = _shown(dockerfile.path(build), project.root) if build and not build.get(dockerfile.INLINE) else ""
        fix = f"correct {where}" if where else "correct its Dockerfile"
        return RunFailed(f"{who} could not be built", fix=fix, detail=reasons) if reasons else error
    step = f"step {failed.count}" + (f" of {failed.stage}" if failed.stage else "")
    return RunFailed(
        f"{who} could not be built: {step} failed: {failed.why}",
        fix="mend that step, or what it works on; what runs was left as it is",
        detail=[f"{_place(build, failed.command, project)}{failed.command}", *(f"  {line}" for line in failed.said)],
    )


def _place(build: Mapping[str, Any], command: str, project: Project) -> str:
    """`app/Dockerfile:12: `, as far as it is known."""
    text = dockerfile.text(build)
    if text is None:
        return ""
    line = line_of(text, command)
    where = "dockerfile_inline" if build.get(dockerfile.INLINE) else _shown(dockerfile.path(build), project.root)
    return f"{where}:{line}: " if line else f"{where}: "


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
