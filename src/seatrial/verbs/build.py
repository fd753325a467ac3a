"""`build`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.verbs._run import Run


@verb(help={"cache": "with --no-cache: build every step anew"})
def build(run: Run, *, service: Sequence[str] = (), cache: bool = True, json: bool = False) -> int:
    """Build the images of services that have a build section."""
    from seatrial.lifecycle.building.build import BuildOptions
    from seatrial.lifecycle.plan import Plan, Step
    from seatrial.lifecycle.stale.images import build as built
    from seatrial.report import show

    stack = run.engine.stack(run.project)
    names = [name for name in stack.chosen(service) if stack.service(name).builds]
    plan = Plan(tuple(Step("build", name, "asked for" if service else "has a build section") for name in names))
    if run.dry:
        return show.plan(plan, as_json=json)
    run.engine.about()
    tell = show.teller()
    if names:
        for line in built(run.engine, run.project, stack, names, BuildOptions(cache=cache, all_platforms=True)):
            tell(line)
    return show.done(stack, plan, as_json=json)
