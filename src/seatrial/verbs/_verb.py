"""What every verb shares: the options that choose a project, and the one door through which a verb ends."""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from invoke import Argument, Context, Exit, Task, task

from seatrial import settings
from seatrial.errors import DONE, INTERRUPTED, SeatrialError, Several
from seatrial.report import terminal
from seatrial.verbs._argument import CheckedArgument
from seatrial.verbs._run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_SHARED = {
    "file": "compose file, repeatable; default: as Compose finds them, or compose/compose.yaml",
    "profile": "profile to enable, repeatable",
    "project_name": "project name; default: as Compose derives it",
    "dry": "print what would be done, with the cause of each step, and change nothing",
}
_DEFAULTS = {"project_name": "", "dry": False}
_HELP = {
    "json": "print JSON",
    "repeat": "how often each drill that acts is done; one that fails only sometimes is a WARN",
    "service": "only this service, repeatable",
    "timeout": "seconds to wait until services are ready",
}


class _Verb(Task[Any]):
    """A task with checked arguments, which can be asked for more than once: Invoke drops the help at the first time."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        words = dict(self.help)
        try:
            return [CheckedArgument.of(plain) for plain in super().get_arguments(ignore_unknown_help)]
        finally:
            self.help = words


def verb(**options: Any) -> Callable[[Callable[..., int | None]], Any]:
    """Make an Invoke task of `body(run, *, flags...)`, which returns an exit code; None is 0.

    Short flags are off: Invoke hands them out by order, and a habit of the hand would change its meaning.
    """

    def make(body: Callable[..., int | None]) -> Any:
        own = list(inspect.signature(body).parameters.values())[1:]
        iterable = [*options.pop("iterable", []), "file", "profile", *(p.name for p in own if p.name == "service")]
        words = {p.name: _HELP[p.name] for p in own if p.name in _HELP} | _SHARED | options.pop("help", {})

        @functools.wraps(body)
        def entry(c: Context, **flags: Any) -> None:
            shared = {name: flags.pop(name, None) for name in _SHARED}
            # A repeatable flag that was not used arrives as None or []; a body sees the default that it wrote down.
            _through_the_door(body, c, shared, {k: v for k, v in flags.items() if v not in (None, [])})

        entry.__signature__ = _signature(own)  # type: ignore[attr-defined]
        return task(klass=_Verb, iterable=iterable, help=words, auto_shortflags=False, **options)(entry)

    return make


def _signature(own: list[inspect.Parameter]) -> inspect.Signature:
    """What Invoke makes the flags from. It takes the kind from the default, and a repeatable one must have none."""
    context = inspect.Parameter("c", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [p.replace(default=None) if p.default == () else p for p in own]
    shared = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name)) for name in _SHARED]
    return inspect.Signature([context, *parameters, *shared])


def _through_the_door(
    body: Callable[..., int | None], c: Context, shared: dict[str, Any], flags: dict[str, Any]
) -> None:
    """Three kinds of end: an error with a fix, an interrupt, or a defect of ours, whose details go to a file."""
    with terminal.redacting():
        _ended(body, c, shared, flags)


def _ended(body: Callable[..., int | None], c: Context, shared: dict[str, Any], flags: dict[str, Any]) -> None:
    as_json = bool(flags.get("json"))
    run: Run | None = None
    try:
        with _terminated_like_interrupted():
            run = _run(c, shared, flags)
            code = body(run, **flags)
    except SeatrialError as error:
        if run:
            run.keep_own_secrets()
        _show(error, as_json=as_json)
        raise Exit(code=error.exit_code) from None
    except KeyboardInterrupt:
        terminal.talk("interrupted")
        raise Exit(code=INTERRUPTED) from None
    except Exit:
        raise
    except Exception as error:
        _unexpected(error, as_json=as_json)
        raise
    if code:
        raise Exit(code=code)


def _unexpected(error: Exception, *, as_json: bool) -> None:
    """Raise `Exit`, unless the traceback is wanted."""
    from seatrial.verbs import _streams

    if isinstance(error, BrokenPipeError) and _streams.reader_gone():
        _streams.silence()  # the reader (`| head`) has had enough
        raise Exit(code=DONE) from None
    from seatrial.verbs._defect import DEBUG, explained

    if os.environ.get(DEBUG):
        return
    told = explained(error)
    try:
        _show(told, as_json=as_json)
    except OSError:  # the output is what cannot be written
        _streams.silence()
    raise Exit(code=told.exit_code) from None


def _show(error: SeatrialError, *, as_json: bool) -> None:
    if as_json:
        each = error.each if isinstance(error, Several) else (error,)
        terminal.show_json({"version": 1, "error": _as_data(error), "errors": [_as_data(one) for one in each]})
    terminal.show_error(error)


def _as_data(error: SeatrialError) -> dict[str, Any]:
    return {"what": error.what, "detail": list(error.detail), "fix": error.fix, "exit_code": error.exit_code}


def _run(c: Context, shared: dict[str, Any], flags: dict[str, Any]) -> Run:
    configured = c.config.get("seatrial", {})
    given = {
        "files": shared["file"],
        "profiles": shared["profile"],
        "project_name": shared["project_name"],
        "timeout": flags.get("timeout"),
    }
    rest = tuple(sys.argv[sys.argv.index("--") + 1 :]) if c.remainder and "--" in sys.argv else ()
    return Run(
        settings.read(configured, given),
        dry=bool(shared["dry"] or c.config.run.dry),
        json=bool(flags.get("json")),
        rest=rest,
        engine_factory=configured.get("engine"),
    )


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM takes the same way out as ^C, so that no child process is left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread: somebody else's program, and its signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
