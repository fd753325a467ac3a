"""The stack of a test session: the one that runs, or one that is brought up for it and taken down afterwards."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from seatrial import settings
from seatrial.engine import UpRequest
from seatrial.errors import EngineError, RunFailed, SeatrialError
from seatrial.lifecycle import lock
from seatrial.lifecycle.bring_up import bring_up
from seatrial.lifecycle.readiness import Rules
from seatrial.lifecycle.stage import Stage
from seatrial.places import cache
from seatrial.pytest_plugin.files import ready
from seatrial.pytest_plugin.outcome import outcome
from seatrial.report import show, terminal
from seatrial.report.stack import failure_lines, url
from seatrial.verbs._brought_up import Wish as UpWish
from seatrial.verbs._checkout import check_owner, choose_ports, planned
from seatrial.verbs._run import Run
from seatrial.verbs.drill._drilled import Wish, carried_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seatrial.engine.observed import Snapshot
    from seatrial.lifecycle.plan import Plan
    from seatrial.pytest_plugin.files import Files
    from seatrial.pytest_plugin.outcome import Outcome
    from seatrial.stack import Stack

# How long one worker of pytest-xdist waits for the drills of the others.
_PATIENCE_S = 1800.0
_DOWN, _STOP = "down", "stop"


class RunningStack:
    """A compose project that is up.

    Attributes:
        name: of the project.
        services: names of its active services.
    """

    def __init__(self, run: Run, stack: Stack, config: pytest.Config, files: Files) -> None:
        self._run, self._stack, self._config, self._files = run, stack, config, files
        self.name, self.services = stack.name, stack.names

    def __repr__(self) -> str:
        return f"<stack {self.name}: {', '.join(self.services)}>"

    def url(self, service: str, port: int | None = None) -> str:
        """Where the service is reached from here now: `http://localhost:49153`, without a scheme where none is known.

        It fails the test when no port is published, or not the container's `port`.
        """
        __tracebackhide__ = True
        with _Told(self._config, self._run, frame=True):
            model = self._stack.service(self._stack.chosen([service])[0])
            for container in self._run.engine.snapshot(self.name).of(service):
                for address in container.addresses:
                    if port in (None, address.target):
                        return url(address, model)
            which = f"port {port}" if port else "port"
            raise RunFailed(
                f"service {service} publishes no {which}", fix="add it to its ports, or use its own address"
            )

    def drill(self, name: str, *, service: str = "", dependency: str = "", repeat: int = 1) -> Outcome:
        """Do one drill; with an empty `service` of all."""
        __tracebackhide__ = True
        wish = Wish((name,), (service,) if service else (), repeat=repeat, wait_s=_PATIENCE_S)
        with _Told(self._config, self._run, frame=True):
            report = carried_out(self._run, wish).report
            self._files.reports.append(report)
            found = [one for one in report.verdicts if dependency in ("", one.dependency)]
            if not found:
                edge = f" and {dependency}" if dependency else ""
                text = f"there is nothing to drill with {name} between {service or 'any service'}{edge}"
                raise RunFailed(text, fix="name services that depend on each other, see depends_on")
            return outcome(name, found, report.unrestored, terminal.redacted)


@contextmanager
def opened(config: pytest.Config, folder: Path | None) -> Iterator[RunningStack]:
    """The stack for the time of the session; in a worker of pytest-xdist, word is left in `folder` of what is owed."""
    run = _run(config)
    with _Told(config, run):
        files = ready(config)
        run.engine.about()
        choose_ports(run, shift=False, plain=False)
        stack = run.engine.stack(run.project)
        with lock.held(cache(), stack.name, "up", wait_s=_PATIENCE_S):
            stack, owed = _up(run, stack, keep=config.getoption("seatrial_keep"))
    if folder and owed:
        with suppress(FileExistsError), (folder / "owed").open("x") as word:
            word.write(owed)
    try:
        yield RunningStack(run, stack, config, files)
        with _Told(config, run):
            files.write(run, stack.name)
    finally:
        if owed and not folder and not config.getoption("seatrial_keep"):
            with _Told(config, run):
                _down(run, owed)


def taken_down(config: pytest.Config, folder: Path) -> None:
    """What workers have brought up, now that all of them are done."""
    if config.getoption("seatrial_keep"):
        return
    run = _run(config)
    with terminal.redacting():
        try:
            _down(run, (folder / "owed").read_text(encoding="utf-8"))
        except SeatrialError as error:
            run.keep_own_secrets()
            terminal.show_error(error)


def _run(config: pytest.Config) -> Run:
    here = config.invocation_params.dir
    files = [str(here / name) for name in config.getoption("seatrial_file")] or config.getini("seatrial_files")
    configured = {
        "files": [str(file) for file in files],
        "project_name": config.getini("seatrial_project_name"),
        "timeout": config.getini("seatrial_timeout"),
    }
    flags = {"project_name": config.getoption("seatrial_project_name")}  # only this says which project is meant
    try:
        return Run(settings.read(configured, flags), start=config.rootpath)
    except SeatrialError as error:
        pytest.fail(str(error), pytrace=False)


class _Told:
    """What goes wrong inside ends the test in words, and no secret is shown.

    Args:
        frame: a test is in the middle of it, and its file and line are told, ours are not.
    """

    def __init__(self, config: pytest.Config, run: Run, *, frame: bool = False) -> None:
        self._config, self._run, self._frame = config, run, frame
        self._redacting = terminal.redacting()

    def __enter__(self) -> None:
        self._redacting.__enter__()
        self._run.keep(())

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, _: object) -> None:
        __tracebackhide__ = True
        try:
            if not isinstance(wrong, SeatrialError):
                return
            self._run.keep_own_secrets()
            text = terminal.redacted(str(wrong))
        finally:
            self._redacting.__exit__(None, None, None)
        if isinstance(wrong, EngineError) and skips(self._config.getini("seatrial_no_engine"), os.environ):
            raise pytest.skip.Exception(text) from None
        raise pytest.fail.Exception(text, pytrace=self._frame) from None  # else it is told as a second failure


def skips(chosen: str, environ: Mapping[str, str]) -> bool:
    """Whether a test without an engine is skipped, by `seatrial_no_engine`; else it fails.

    In CI a test that did not run must not look green; at a desk without Docker it should not be in the way.
    """
    return chosen == "skip" or (chosen == "auto" and not environ.get("CI"))


def _up(run: Run, stack: Stack, *, keep: bool) -> tuple[Stack, str]:
    """Bring up what does not run; what is owed for it: "" for a stack that ran, also when only a part of it did."""
    before = run.engine.snapshot(stack.name)
    if all(_stands(before, name) for name in stack.names):
        check_owner(run, stack, before, stack.names, fate="tested")
        return stack, ""
    found = run.sound_environment()
    request = UpRequest((), timeout_s=run.settings.timeout_s.value)
    stack, plan = planned(run, stack, before, request, UpWish())
    owed = _owed(before)
    rules = Rules(stable_s=run.settings.stable_s.value)
    stage = Stage(run.engine, run.project, stack, before, show.teller(), rules, found.contained)
    try:
        _brought_up(stage, request, plan)
    except BaseException:
        if owed and not keep:
            _down(run, owed)
        raise
    return stack, owed


def _owed(before: Snapshot) -> str:
    """What puts it back; nothing where a part of it ran, for somebody else works with that."""
    if any(c.state == "running" for c in before.containers):
        return ""
    return _STOP if before.containers else _DOWN


def _brought_up(stage: Stage, request: UpRequest, plan: Plan) -> None:
    result = bring_up(stage, request, plan)
    if result.trouble and not result.failures:
        raise result.trouble
    if result.failures or not result.outcome.up:
        lines = [line for failure in result.failures for line in failure_lines(failure)]
        name = stage.stack.name
        raise RunFailed(f"project {name} is not up", fix="see above; `seatrial up` tells the same", detail=lines)


def _stands(snapshot: Snapshot, service: str) -> bool:
    own = snapshot.of(service)
    return bool(own) and all(c.state == "running" or (c.state == "exited" and c.exit_code == 0) for c in own)


def _down(run: Run, owed: str) -> None:
    if owed == _DOWN:
        run.engine.down(run.project, volumes=False)
    else:
        run.engine.stop(run.project, ())
