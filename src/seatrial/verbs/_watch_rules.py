"""The rules of `develop.watch`, with where they stand in the compose files; all that is wrong with them in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import RuleRefused, SeatrialError, together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.project import Project
    from seatrial.stack import Stack
    from seatrial.watch.rules import Rule
    from seatrial.watch.trouble import Place

_WATCH = ("develop", "watch")


def rules(
    project: Project,
    stack: Stack,
    start: Path,
    services: Sequence[str] = (),
    *,
    everything: bool = False,
    singles: bool = False,
) -> tuple[Rule, ...]:
    """The rules of the services, all when none is named; places are told as somebody at `start` sees them.

    `singles`: with what is mounted file by file.

    Raises:
        ConfigurationInvalid: a rule cannot be followed.
        Several: more than one of them.
    """
    from seatrial.watch import rules as watch

    return watch.rules(stack, services, everything=everything, singles=singles, place=_place(project, stack, start))


def check(engine: Engine, project: Project, stack: Stack, start: Path, rules: Sequence[Rule]) -> None:
    """Compare the targets with what the containers have there, before anything is sent. Raises as `rules`."""
    from seatrial.watch.targets import check_targets

    check_targets(engine, stack.name, rules, _place(project, stack, start))


def refused(error: RuleRefused, engine: Engine, project: Project, start: Path) -> SeatrialError:
    """What Compose says of the first rule that it refuses, and what is wrong with any other."""
    from seatrial.engine import compose_text
    from seatrial.engine.translate_watch import which
    from seatrial.watch.as_written import troubles

    try:
        compose = engine.compose_version()
    except SeatrialError:
        compose = ()
    sources = compose_text.read(project.files, start)
    found: list[SeatrialError] = []
    first: SeatrialError | None = error
    for name in compose_text.names(sources, "services"):
        rules = compose_text.items(sources, "services", name, *_WATCH)
        builds = any(compose_text.place(sources, "services", name, key) for key in ("build", "extends"))
        texts, folder = [text for _, text in rules], str(project.directory)
        wrong = troubles(name, texts, folder, builds=builds, compose=compose)
        at = {number: where for number, (where, _) in enumerate(rules, 1)}
        found += [one.error(lambda _, number, at=at: at[number]) for one in wrong]  # type: ignore[misc]
        if error.what.startswith(tuple(which(name, number) for number in {0, *(one.number for one in wrong)} if wrong)):
            first = None  # told better, with all that is wrong with the rule
        elif said := [where for number, where in at.items() if error.what.startswith(which(name, number))]:
            first = RuleRefused(error.what, fix=error.fix, detail=said)
    return together([first, *found] if first else found)


def _place(project: Project, stack: Stack, start: Path) -> Place:
    """By service and number. Where another file than the project's own brings rules in, the line of the service."""

    def place(service: str, number: int) -> str:
        from seatrial.engine import compose_text

        sources = compose_text.read(project.files, start)
        found = compose_text.items(sources, "services", service, *_WATCH)
        if len(found) == len(stack.service_models()[service]["develop"]["watch"]):
            return found[number - 1][0]
        return next(iter(compose_text.place(sources, "services", service)), "")

    return place
