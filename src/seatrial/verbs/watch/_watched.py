"""What `watch`, `watch --verify` and `up --watch` share."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatrial.errors import RuleRefused, UsageError
from seatrial.report import terminal
from seatrial.verbs import _brought_up as up
from seatrial.verbs import _watch_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from seatrial.engine import Engine
    from seatrial.stack import Stack
    from seatrial.verbs._run import Run
    from seatrial.watch.adoption import Meant
    from seatrial.watch.definitions import Definitions
    from seatrial.watch.happenings import Happening
    from seatrial.watch.rules import Rule
    from seatrial.watch.scene import Scene
    from seatrial.watch.session import Session

# Set for the process that `--detach` leaves behind: the file that it tells into.
LOG = "SEATRIAL_WATCH_LOG"


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is to be watched: the flags of `watch`."""

    service: Sequence[str] = ()
    everything: bool = False
    up: bool = True
    logs: bool = False
    as_json: bool = False


def watched(run: Run, wish: Wish, first: up.Wish | None = None) -> int:
    """Bring the services up, as `first` says, and keep them equal to the sources until ^C."""
    from seatrial.report import watch as shown
    from seatrial.watch.following import Following
    from seatrial.watch.last import Last
    from seatrial.watch.memory import remembered
    from seatrial.watch.session import Session
    from seatrial.watch.status import Noted, alone

    first = first or up.Wish(service=wish.service)
    definitions = _definitions(run)
    with every_wrong_rule(run):
        meant = up.found(run, first)
    rules = _rules(run, meant.stack, wish)
    tell = Last(shown.shower(run.project.directory, as_json=wish.as_json))
    if run.dry:
        return _planned(run, rules, first, meant, wish)
    with alone(meant.stack.name):
        noted = Noted(run.project, meant.stack.name, tell, os.environ.get(LOG, ""))
        scene = _scene(run, meant, rules, tell)
        following = Following(definitions, lambda: _meant_now(run, wish))
        session = Session(scene, following, remembered(run.project, meant.stack), noted)
        try:
            with session:  # from here on every save is noticed, while it comes up too
                _follow(run, session, meant, first, wish)
        finally:
            noted.remove()
    return 0


def _follow(run: Run, session: Session, meant: up.Found, first: up.Wish, wish: Wish) -> None:
    from seatrial.watch.memory import remember

    try:
        if wish.up:
            stack = _up_first(run, first, meant, session.scene.tell, wish)
            session.scene = replace(session.scene, project=run.project, stack=stack)  # ports may have moved
        _watch_rules.check(run.engine, run.project, meant.stack, run.start, session.scene.rules)
        with ExitStack() as beside:
            if wish.logs:
                services = session.scene.services
                beside.callback(_follow_logs(run.engine, meant.stack, services, as_json=wish.as_json))
            session.run()
    finally:
        remember(run.project, meant.stack.name, session.sources.ever)


def _up_first(run: Run, first: up.Wish, meant: up.Found, tell: Callable[[Happening], None], wish: Wish) -> Stack:
    """A service that is not up is told, and watched all the same: the next save may mend it.

    Raises:
        SeatrialError: nothing stands that could be watched.
    """
    from seatrial.errors import SeatrialError
    from seatrial.report import show
    from seatrial.watch.happenings import Up

    stack, result = up.brought_up(run, first, meant)
    if result.trouble and not result.outcome.snapshot.containers:
        raise result.trouble
    if wish.as_json:
        tell(Up(result))
        return stack
    try:
        show.up(stack, result, as_json=False)
    except SeatrialError as error:
        terminal.show_error(error)
    return stack


def verified(run: Run, wish: Wish) -> int:
    """Compare what the containers hold with what is on disk."""
    from seatrial.report import watch as shown
    from seatrial.watch.memory import remembered
    from seatrial.watch.scene import Scene
    from seatrial.watch.verify import verify

    with every_wrong_rule(run):
        stack = run.engine.stack(run.project)
    # Of what is mounted file by file too: nobody sends it, but the container may have another file.
    scene = Scene(run.engine, run.project, stack, _rules(run, stack, wish, singles=True), lambda _: None)
    _watch_rules.check(run.engine, run.project, stack, run.start, scene.rules)
    sends = any(rule.syncs for rule in scene.rules)
    found = verify(scene, remembered(run.project, stack)) if sends else ()
    return shown.verified(found, run.project.directory, sends=sends, as_json=wish.as_json)


@contextmanager
def every_wrong_rule(run: Run) -> Iterator[None]:
    """Compose ends at the first rule that it refuses: inside, all of them are told."""
    try:
        yield
    except RuleRefused as error:
        raise _watch_rules.refused(error, run.engine, run.project, run.start) from None


def _rules(run: Run, stack: Stack, wish: Wish, *, singles: bool = False) -> tuple[Rule, ...]:
    from seatrial.watch.rules import notes, some_written

    chosen = stack.chosen(wish.service) if wish.service else ()
    found = _watch_rules.rules(run.project, stack, run.start, chosen, everything=wish.everything, singles=singles)
    for note in notes(stack, chosen, everything=wish.everything):
        terminal.talk(f"warning: {note}")
    if not found and some_written(stack, chosen):
        if singles:
            return ()  # equal, as all of it is mounted in whole folders
        raise UsageError(
            f"nothing to watch: every rule of {', '.join(chosen) or f'project {stack.name}'} is left out",
            fix="see the warnings: drop the mount or the rule; `action: restart` restarts for what is mounted",
        )
    if not found:
        of = f"of {', '.join(chosen)}" if chosen else f"of project {stack.name}"
        raise UsageError(
            f"no service {of} has a `develop.watch` rule",
            fix="write one in the compose file: develop: {watch: [{action: sync, path: ./src, target: /app/src}]}"
            "\nor `watch --all`, which rebuilds services for any file of their build context",
        )
    return found


def _definitions(run: Run) -> Definitions:
    from seatrial.watch.definitions import Definitions

    project = run.as_written
    return Definitions([*project.files, *project.env_files])


def _meant_now(run: Run, wish: Wish) -> Meant:
    """What the files say that have changed under the watch; asked in a thread.

    Raises:
        SeatrialError: they cannot be followed.
    """
    from seatrial.watch.adoption import Meant
    from seatrial.watch.rules import notes

    with every_wrong_rule(run):
        examined = run.sound_environment()
    stack = examined.stack
    chosen = stack.chosen(wish.service) if wish.service else ()
    found = _watch_rules.rules(run.project, stack, run.start, chosen, everything=wish.everything)
    _watch_rules.check(run.engine, run.project, stack, run.start, found)
    return Meant(stack, found, notes(stack, chosen, everything=wish.everything), examined.contained)


def _scene(run: Run, meant: up.Found, rules: tuple[Rule, ...], tell: Callable[[Happening], None]) -> Scene:
    from seatrial.lifecycle.readiness import Rules
    from seatrial.watch.scene import Scene

    return Scene(
        run.engine,
        run.project,
        meant.stack,
        rules,
        tell,
        Rules(stable_s=run.settings.stable_s.value),
        run.settings.timeout_s.value,
        meant.examined.contained,
        run.settings.helper_image.value,
    )


def _planned(run: Run, rules: tuple[Rule, ...], first: up.Wish, meant: up.Found, wish: Wish) -> int:
    from seatrial.report import show
    from seatrial.report import watch as shown

    code = show.plan(up.plan_of(run, first, meant)) if wish.up and not wish.as_json else 0
    return max(code, shown.rules(rules, run.project.directory, as_json=wish.as_json))


def _follow_logs(engine: Engine, stack: Stack, services: Sequence[str], *, as_json: bool) -> Callable[[], None]:
    """Show what the services log from now on, in a thread of its own; gives how to end it."""
    from seatrial.errors import SeatrialError
    from seatrial.lifecycle.logs import Follower, unattached
    from seatrial.report import show

    left = threading.Event()
    services = [name for name in services if name not in unattached(stack)]
    show_entry = show.entry_shower(stack, timestamps=False, as_json=as_json)

    def follow() -> None:
        while not left.is_set():
            with (
                suppress(SeatrialError),
                engine.events(stack.name) as events,
                Follower(engine, services, since="", tail="0", refused=show.log_refused) as follower,
            ):
                follower.read(engine.snapshot(stack.name))
                for entry in follower.entries(events, stack.name):
                    show_entry(entry)
                    if left.is_set():
                        return
            left.wait(1.0)

    thread = threading.Thread(target=copy_context().run, args=(follow,), daemon=True)
    thread.start()
    terminal.talk("showing the logs of " + ", ".join(services))
    return left.set
