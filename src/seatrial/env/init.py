"""Makes an env file that fits its schema, or completes one: the only part of this package that writes."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import TypeAlias

from seatrial.env import place as places
from seatrial.env.git import Tracking, tracking
from seatrial.env.merge import Additions, Merged, merged
from seatrial.env.place import Place
from seatrial.env.problem import Problem, Severity, errors
from seatrial.env.schema import Item, Schema, load
from seatrial.env.schema.present import presented
from seatrial.env.secret import Secret
from seatrial.env.types import violations
from seatrial.env.write import NotWritableError, quoted

Ask: TypeAlias = Callable[[Item, str], str | None]
_TOO_OPEN = 0o077


@dataclass(frozen=True, slots=True)
class Result:
    """What `init` did.

    `added` are keys that were appended, `filled` are keys that stood there empty, `missing` are required keys that
    still have no value. `changed` is False when the file was complete, or when an error among `problems` forbade it.
    """

    path: Path
    created: bool = False
    changed: bool = False
    added: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def init(schema_path: Path, env_path: Path, *, ask: Ask | None, now: datetime, source: Random | None = None) -> Result:
    """Write what the schema has and the env file has not.

    `ask(item, complaint)` is called for each required variable without a value, again with a complaint for an answer
    that does not fit, and answers None or "" to leave it; None instead of a callable asks nothing. Mistakes of users
    and of the disk come back as problems and leave the file as it was; so does an exception that `ask` raises.
    """
    loaded = _load(schema_path)
    if isinstance(loaded, Problem):
        return Result(env_path, problems=(loaded,))
    schema, problems = loaded
    if errors(problems):
        return Result(env_path, problems=problems)
    try:
        with places.locked(places.followed(env_path).parent):
            return _Init(schema, env_path, ask, now, source or SystemRandom(), problems).run()
    except OSError as error:
        return Result(env_path, problems=(*problems, _on_disk(env_path, error)))


def _load(path: Path) -> tuple[Schema, tuple[Problem, ...]] | Problem:
    try:
        found = places.read(path)
    except OSError as error:
        return _on_disk(path, error)
    if found.status is None:
        fix = "write one: a line KEY= for each variable, with a comment above that says what it is"
        return Problem(str(path), None, None, "NoSchema", "there is no schema", fix)
    loaded = load(found.data, str(path))
    return loaded.schema, loaded.problems


def _on_disk(path: Path, error: OSError) -> Problem:
    if isinstance(error, places.BusyError):
        message, fix = "another env.init is at work in this folder", "wait until it is done, or end it"
    elif isinstance(error, places.ChangedError):
        message, fix = "the file changed while this ran; nothing was written", "run env.init again"
    else:
        message, fix = (
            f"the file cannot be used: {(error.strerror or 'unknown reason').lower()}",
            "put that right and run env.init again",
        )
    return Problem(str(path), None, None, "CannotWrite", message, fix)


class _Init:
    def __init__(  # noqa: PLR0913, PLR0917  what a run needs
        self, schema: Schema, path: Path, ask: Ask | None, now: datetime, source: Random, problems: tuple[Problem, ...]
    ) -> None:
        self._schema = schema
        self._path = path
        self._ask = ask
        self._now = now
        self._source = source
        self._problems = list(problems)

    def run(self) -> Result:
        place = places.read(self._path)
        self._ask_git(place)
        self._look_at_mode(place)
        plan = self._merged(place, {})
        self._problems += plan.problems
        if errors(self._problems):
            return self._result(place, plan, changed=False)
        if plan.missing and self._ask:
            plan = self._merged(place, self._answers(plan.missing, self._ask))
        changed = plan.data != place.data
        if changed:
            places.write(place, plan.data)
        return self._result(place, plan, changed=changed)

    def _merged(self, place: Place, answers: dict[str, Secret]) -> Merged:
        additions = Additions(self._now.date(), self._source, answers)
        return merged(place.data, self._schema, additions, str(self._path))

    def _result(self, place: Place, plan: Merged, *, changed: bool) -> Result:
        missing = tuple(item.key for item in plan.missing)
        if not changed:
            return Result(self._path, missing=missing, problems=tuple(self._problems))
        created = place.status is None
        return Result(self._path, created, changed, plan.added, plan.filled, missing, tuple(self._problems))

    def _answers(self, missing: tuple[Item, ...], ask: Ask) -> dict[str, Secret]:
        answers = {item.key: Secret(self._answer(item, ask) or "") for item in missing}
        return {key: answer for key, answer in answers.items() if answer}

    @staticmethod
    def _answer(item: Item, ask: Ask) -> str | None:
        complaint = ""
        while answer := ask(item, complaint):
            complaint = _complaint(item, answer)
            if not complaint:
                return answer
        return None

    def _ask_git(self, place: Place) -> None:
        state = tracking(place.path)
        if state is Tracking.TRACKED:
            message = "git tracks this file: the secrets in it would be committed"
            fix = f"run `git rm --cached {os.path.relpath(place.path)}` and add it to .gitignore"
            self._add("TrackedByGit", message, fix, Severity.ERROR)
        elif state is Tracking.NOT_IGNORED:
            fix = f"add the line {place.path.name} to .gitignore"
            self._add("NotIgnoredByGit", "git does not ignore this file", fix, Severity.WARNING)

    def _look_at_mode(self, place: Place) -> None:
        if place.mode & _TOO_OPEN:
            message = f"other users may read this file (mode {place.mode:04o})"
            self._add("OpenToOthers", message, f"run `chmod 600 {os.path.relpath(place.path)}`", Severity.WARNING)

    def _add(self, rule: str, message: str, fix: str, severity: Severity) -> None:
        self._problems.append(Problem(str(self._path), None, None, rule, message, fix, severity))


def _complaint(item: Item, answer: str) -> str:
    try:
        quoted(answer)
    except NotWritableError as error:
        return str(error)
    wrong = [violation for violation in violations(answer, item.type) if violation.severity is Severity.ERROR]
    return presented(answer, item, wrong[0]) if wrong else ""
