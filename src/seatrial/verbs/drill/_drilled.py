"""What `drill`, `drill.stop` and `drill.restart` share, and the pytest plugin does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seatrial.errors import SeatrialError, UsageError
from seatrial.report import terminal
from seatrial.verbs.drill._compared import page, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatrial.drill.drill import Drill
    from seatrial.drill.run import Report
    from seatrial.drill.service.extension.declared import Declared
    from seatrial.engine.observed import Snapshot
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be drilled, and where the outcome is to be kept.

    Attributes:
        only: names of drills; empty is the default set, or all with `deep`.
        service: names of services; empty is all.
        journal: the file for recordings; "" is one below the cache.
        wait_s: how long to wait for another run of drills, or an `up`, on the project to end.
        tries: whether fixes are tried on copies of containers.
    """

    only: Sequence[str] = ()
    service: Sequence[str] = ()
    deep: bool = False
    repeat: int = 1
    journal: str = ""
    wait_s: float = 0.0
    tries: bool = True


class Done(NamedTuple):
    """The end of a run of drills; `journal` is the file with its recordings, `began` in UTC."""

    stack: Stack
    report: Report
    journal: Path
    began: datetime


@dataclass(frozen=True, slots=True)
class Files:
    """Where reports are wanted beside the one that is shown; "" is none."""

    junit: str = ""
    html: str = ""


class _Chosen(NamedTuple):
    stack: Stack
    services: tuple[str, ...]
    drills: tuple[Drill, ...]
    declared: Declared
    snapshot: Snapshot


def drilled(run: Run, wish: Wish, files: Files = Files(), *, as_json: bool) -> int:
    """Drill what is wished, and show the report or, with `--dry`, the plan; its exit code."""
    from seatrial.drill.journal import opened
    from seatrial.report import asked_file, junit_file
    from seatrial.report import drill as show
    from seatrial.report.page import WHAT

    chosen = _chosen(run, wish)
    junit = junit_file.ready(files.junit) if files.junit else None
    html = asked_file.ready(files.html, WHAT) if files.html else None
    if run.dry:
        from seatrial.drill.plan import planned
        from seatrial.drill.unwanted import one_shots
        from seatrial.report.show import plan

        ended = one_shots(chosen.stack, chosen.snapshot)
        return plan(planned(chosen.stack, chosen.services, chosen.drills, chosen.declared, ended), as_json=as_json)
    done = _carried_out(run, wish, chosen, lambda done: show.cut_short(done.report, done.journal, as_json=as_json))
    compared = remembered(run, done)
    if junit:
        junit_file.write(junit, done.stack.name, done.report, done.began, terminal.redacted)
    if html:
        asked_file.write(html, page(run, opened(done.journal), done.report, compared), WHAT)
        terminal.talk(f"report page: {html}")
    return show.report(done.stack, done.report, done.journal, compared, as_json=as_json)


def carried_out(run: Run, wish: Wish) -> Done:
    """Drill what is wished, and keep the recordings."""
    return _carried_out(run, wish, _chosen(run, wish))


def _chosen(run: Run, wish: Wish) -> _Chosen:
    """What the wish means. Everything that can be wrong with it is told before anything is disturbed."""
    from seatrial.drill import ledger
    from seatrial.drill.drills import DRILLS
    from seatrial.drill.run import chosen
    from seatrial.drill.service.extension.declared import declared
    from seatrial.verbs._checkout import check_owner
    from seatrial.verbs._profiles import check_profiles, enable_needed

    if wish.repeat < 1:
        raise UsageError(f"--repeat is {wish.repeat}", fix="give it a number from 1 on")
    drills = chosen(wish.only, deep=wish.deep)
    check_profiles(run)
    stack = run.engine.stack(run.project)
    if set(wish.service) - set(stack.names):
        enable_needed(run, wish.service)
        stack = run.engine.stack(run.project)
    services = tuple(stack.chosen(wish.service))
    said = declared(run.engine, run.project, services, [drill.name for drill in DRILLS])
    run.keep(said.secrets)
    ledger.checked(stack, said, DRILLS)
    seen = run.engine.snapshot(stack.name)
    check_owner(run, stack, seen, stack.closure(services), fate="drilled")
    return _Chosen(stack, services, drills, said, seen)


def _carried_out(run: Run, wish: Wish, chosen: _Chosen, cut_short: Callable[[Done], None] = lambda _: None) -> Done:
    """`cut_short` shows what has ended when the run does not get to its end; that is in the journal, too."""
    from seatrial.drill import journal as journals
    from seatrial.drill.live.scene import Options, opened
    from seatrial.drill.run import Report, finished
    from seatrial.drill.run import run as run_drills
    from seatrial.lifecycle import lock
    from seatrial.lifecycle.profiles import asleep
    from seatrial.places import cache
    from seatrial.verbs._provenance import busy

    stack, services, drills, said, _ = chosen
    kept = Path(wish.journal) if wish.journal else cache() / f"{stack.name}.drill.json"
    began = datetime.now(UTC)
    if not services:
        return Done(stack, Report((), asleep=asleep(run.engine, run.project)), kept, began)
    crowd = busy()
    options = Options(terminal.talk, wish.deep, run.settings.helper_image.value, terminal.redacted, wish.tries)
    with lock.held(cache(), stack.name, "drill", wait_s=wish.wait_s, tell=terminal.talk):
        _check_that_something_runs(run, stack, wish, services)
        journals.prepare(kept)
        with opened(run.engine, run.project, stack, said, options) as scene:
            try:
                report = run_drills(scene, services, drills, repeat=wish.repeat)
            except BaseException:
                with suppress(SeatrialError):
                    partial = finished(scene, services, drills)
                    if partial.recordings:
                        _write(run, Done(stack, partial, kept, began), crowd)
                        cut_short(Done(stack, partial, kept, began))
                raise
    done = Done(stack, report, kept, began)
    _write(run, done, crowd)
    return done


def _write(run: Run, done: Done, crowd: float | None) -> None:
    from seatrial.drill import journal
    from seatrial.verbs._provenance import provenance

    about = provenance(run, done.began, seconds=done.report.seconds, busy=crowd)
    journal.write(done.journal, done.report.recordings, done.stack.name, terminal.redacted, about)


def _check_that_something_runs(run: Run, stack: Stack, wish: Wish, services: Sequence[str]) -> None:
    """Else each drill would say it of each service, and the recordings of the run before be lost for it.

    Raises:
        NotJudged: nothing of the whole stack runs, and something is wanted.
    """
    from seatrial.errors import NotJudged
    from seatrial.lifecycle.stop_order import LIVE

    if not any(stack.service(name).replicas for name in services):
        return
    if not any(container.state in LIVE for container in run.engine.snapshot(stack.name).containers):
        up = " ".join(["up", *(f"--service {name}" for name in wish.service)])
        raise NotJudged(f"no service of {stack.name} runs, so there is nothing to drill", fix=f"start it: {up}")
