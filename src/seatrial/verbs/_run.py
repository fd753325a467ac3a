"""What a verb works with."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from seatrial import places, project
from seatrial.errors import SeatrialError
from seatrial.report import terminal
from seatrial.verbs._engine import Discreet, real_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from seatrial.engine import Engine
    from seatrial.engine.observed import Snapshot
    from seatrial.env.examination import Examination
    from seatrial.env.problem import Problem
    from seatrial.env.secret import Secret
    from seatrial.env.sound import Sound
    from seatrial.project import Project
    from seatrial.settings import Settings
    from seatrial.stack import Stack

_MOST_WARNINGS = 5


@dataclass(slots=True)
class Run:
    """What a verb works with: this call's settings, project and engine.

    Attributes:
        dry: print the plan and stop (Invoke's own `--dry`, which by itself only stops `c.run`).
        json: print JSON to standard output.
        rest: what stood behind `--`, word by word.
    """

    settings: Settings
    dry: bool = False
    json: bool = False
    rest: tuple[str, ...] = ()
    start: Path = field(default_factory=project.here)
    engine_factory: Callable[[], Engine] | None = None
    _project: Project | None = None
    _written: Project | None = None
    _plain: Engine | None = None
    _engine: Engine | None = None
    _secrets: dict[Secret, None] = field(default_factory=dict)
    _public: frozenset[str] = frozenset()
    _warned: set[Problem] = field(default_factory=set)
    _redactor: Callable[[str], str] = str
    _owed: list[Callable[[], None]] = field(default_factory=list)
    _paying: threading.RLock = field(default_factory=threading.RLock)

    @property
    def project(self) -> Project:
        if self._project is None:
            self.find_again()
        return cast("Project", self._project)

    @property
    def as_written(self) -> Project:
        """The project without the ports that were moved for this checkout."""
        if self._written is None:
            self._written = project.find(
                self.start,
                environ=os.environ,
                files=self.settings.files.value,
                name=self.settings.project_name.value,
                profiles=self.settings.profiles.value,
            )
        return self._written

    def find_again(self) -> None:
        """Lay over the project what is remembered of this checkout now."""
        if not (places.state() / "checkouts").is_dir():
            self._project = self.as_written
            return
        from seatrial.lifecycle.ports.remembered import applied  # only where something is remembered: it takes time

        self._project = applied(self.as_written, self._plain_engine, os.environ)

    def enable(self, profiles: Iterable[str]) -> None:
        """Enable profiles from here on, beside those that are."""
        both = tuple(dict.fromkeys((*self.project.profiles, *profiles)))
        self._project, self._written = replace(self.project, profiles=both), replace(self.as_written, profiles=both)

    @property
    def engine(self) -> Engine:
        """The engine. Whoever has it can show what it says: the secrets of the project are kept out of sight."""
        if self._engine is None:
            self._before_anything_is_shown(self.keep_own_secrets)
            self._engine = cast("Engine", Discreet(self._plain_engine(), self))
        return self._engine

    def standing(self, *, every_profile: bool = False) -> Stack:
        """The stack, for a verb that only looks at what runs or ends it.

        While Compose refuses the project, the labels of its containers are gone by, from here on by the engine too.

        Raises:
            ConfigurationInvalid: Compose refuses the project, and there is no container to go by.
        """
        from seatrial.lifecycle.standing import standing

        meant = replace(self.project, profiles=(*self.project.profiles, "*")) if every_profile else self.project
        found = standing(self.engine, meant, os.environ)
        if found.refused:
            self._project = found.project
            self._show_public_words(found.stack)
            self.keep(found.secrets)
            by = f"this goes by the labels on the containers of {found.stack.name}"
            terminal.talk(f"warning: {found.refused.what}; {by} (`env` tells what is wrong)")
        return found.stack

    def everything(self) -> tuple[Stack, Snapshot]:
        """All that the project has: services of every profile, and those that only its containers still tell of.

        Without what was made from other compose files under the same name: somebody else's, who will miss it.
        """
        from seatrial.lifecycle.belonging import of_other_files, without
        from seatrial.lifecycle.stop_order import with_orphans

        stack = self.standing(every_profile=True)
        seen = self.engine.snapshot(stack.name)
        if seen.services <= set(stack.names):
            return stack, seen
        others = of_other_files(self.project, stack.names, seen)
        if others:
            terminal.talk(f"left as they are, made from other compose files: {', '.join(c.name for c in others)}")
            seen = without(seen, others)
        return with_orphans(stack, self.engine.stacks_by_label(replace(self.project, name=stack.name))), seen

    def _plain_engine(self) -> Engine:
        if self._plain is None:
            self._plain = (self.engine_factory or real_engine)()
        return self._plain

    def environment(self) -> Examination:
        """What every container would get, examined; from here on nothing that is secret in it is shown."""
        from seatrial.env.examine import examine
        from seatrial.env.record import watched

        before = watched(self.project)
        found = examine(self._plain_engine(), self.project, os.environ, self.start, self.keep)
        self._show_public_words(found.stack)
        from seatrial.env.remember import remember  # what it needs is loaded by now: Compose did not wait for it

        remember(self.project, os.environ, found, before)
        return found

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Where the environment was in order, and is as it was: ask Compose for the model while the rest is loaded."""
        from seatrial.env.cache import recall

        if recall(self.project, os.environ):
            with self._plain_engine().ahead(self.project):
                yield
        else:
            yield

    def sound_environment(self) -> Sound:
        """The same, for a verb that starts something: what was in order and has not changed is not asked again.

        Raises:
            ConfigurationInvalid: with every problem in it.
        """
        from seatrial.env.cache import recall
        from seatrial.env.sound import Sound, sound

        if recall(self.project, os.environ):
            engine = self.engine
            self.ready_to_show()  # what this loads is needed in the end, and Compose is at work
            stack = engine.stack(self.project)
            if remembered := recall(self.project, os.environ):  # else a file was edited while Compose read it
                self._warn(remembered.problems)
                return sound(stack)
        found = self.environment()
        from seatrial.env.examination import stop_on_errors

        self._warn(found.problems)
        stop_on_errors(found)
        return Sound(found.stack or self.engine.stack(self.project), found.contained)

    def _warn(self, problems: Iterable[Problem]) -> None:
        """Show what Compose itself warns of at a start, each once in a run."""
        if not problems:
            return
        from seatrial.env.warned import SHOWN_AT_START

        new = [p for p in problems if p.rule in SHOWN_AT_START and p not in self._warned]
        self._warned.update(new)
        for problem in new[:_MOST_WARNINGS]:
            where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
            terminal.talk(f"warning: {where}: {problem.message}\n  fix: {problem.fix}")
        if len(new) > _MOST_WARNINGS:
            terminal.talk(f"warning: {len(new) - _MOST_WARNINGS} more of this kind: `env` shows all of them")

    def keep_own_secrets(self) -> None:
        """Show no secret that can be known without asking Compose; before other people's text is shown."""
        from seatrial.env.gather import own_secrets

        with suppress(SeatrialError):
            self.keep(own_secrets(self.project, os.environ))

    def keep(self, secrets: Iterable[Secret]) -> None:
        """Show none of these from now on, nor those that were kept before."""
        from seatrial.env.known import hideable
        from seatrial.env.secret import Redactor

        with self._paying:
            self._secrets |= dict.fromkeys(secrets)
            self._redactor = Redactor(hideable(self._secrets, self._public), self._public)
            terminal.keep_secret(self._redacted)

    def learn(self, stack: Stack) -> Stack:
        """Keep the secrets that a model holds."""

        def keep() -> None:
            from seatrial.env.gather import model_secrets

            self.keep(model_secrets(stack, self.project, os.environ))
            self._show_public_words(stack)

        self._before_anything_is_shown(keep)
        return stack

    def _before_anything_is_shown(self, keep: Callable[[], None]) -> None:
        """Have `keep` keep secrets when the first text is to be shown: what it needs takes long to load."""
        with self._paying:
            self._owed.append(keep)
            terminal.keep_secret(self._redacted)

    def _redacted(self, text: str) -> str:
        from seatrial.env.secret_shapes import without_shapes

        self.ready_to_show()
        return without_shapes(self._redactor(text))

    def ready_to_show(self) -> None:
        """Know all secrets that are to be kept: the first text that is shown waits for it."""
        with self._paying:  # who prints from another thread meanwhile waits
            while self._owed:
                owed, self._owed = self._owed, []  # what is shown meanwhile, by us, goes by what is known
                try:
                    for keep in owed:
                        keep()
                except BaseException:
                    self._owed = owed + self._owed
                    raise

    def _show_public_words(self, stack: Stack | None) -> None:
        """What everybody sees in `docker ps` cannot be hidden, and a name that is blanked out helps nobody."""
        from seatrial.env.known import public_words

        if stack:
            self._public |= public_words(stack)
            self.keep(())

    def discreet(self, error: SeatrialError) -> SeatrialError:
        """The error without what it quotes of a secret."""
        from seatrial.env.discretion import discreet

        self.ready_to_show()
        return discreet(error, self._secrets, self.project)
