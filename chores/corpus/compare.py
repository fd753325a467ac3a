"""One compose file, brought up by both commands: is the outcome the same?"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chores.corpus.cases import Case
from chores.corpus.snapshot import container_ids, snapshot, troubles
from chores.corpus.stand_ins import model_images

_SEATRIAL = str(Path(sys.executable).with_name("seatrial"))
_LIMIT_S = 120
Provide = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for one case.

    Attributes:
        kind: `same`; `stricter`: only seatrial ends with an error, and the engine shows why; `different`: anything
            else that differs; `error`: one of the commands did not end.
        reason: one line.
        details: every difference, one line each, and the last lines that both commands printed.
    """

    title: str
    kind: str
    reason: str
    details: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return all fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Side:
    """One command's result on a project that was not there."""

    exit_code: int
    output: str
    state: dict[str, Any]
    troubles: list[str]
    # Names of containers that the other command, run afterwards, replaced or removed.
    replaced: list[str]
    other_exit_code: int


def compare(case: Case, name: str, provide: Provide) -> Outcome:
    """Bring a case up with Compose, then seatrial, and the other way round, from nothing each time."""
    files = [word for file in case.files for word in ("-f", file)]
    compose = ["docker", "compose", *files]
    seatrial = [_SEATRIAL, *files, "up", "--timeout", "25"]
    try:
        model = _run([*compose, "config", "--format", "json"], case.folder, name)
        images = [] if model.returncode else list(model_images(model.stdout, case.folder))
        provide(images)
        theirs = _side([*compose, "up", "-d"], seatrial, compose, case.folder, name)
        provide(images)  # the first side has removed them at its end, with the images that it built
        ours = _side(seatrial, [*compose, "up", "-d"], compose, case.folder, name)
    except subprocess.TimeoutExpired as error:
        _down(compose, case.folder, name)
        return Outcome(case.title, "error", f"`{' '.join(map(str, error.cmd))}` did not end in {error.timeout:g} s")
    return outcome(case.title, theirs, ours)


def _side(command: list[str], other: list[str], compose: list[str], folder: Path, name: str) -> Side:
    done = _run(command, folder, name)
    state, before = snapshot(name), container_ids(name)
    wrong = troubles(name)
    again = _run(other, folder, name)
    after = container_ids(name)
    replaced = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    wrong = list(dict.fromkeys([*wrong, *troubles(name)]))
    _down(compose, folder, name)
    return Side(done.returncode, done.stdout + done.stderr, state, wrong, replaced, again.returncode)


def outcome(title: str, theirs: Side, ours: Side) -> Outcome:
    details = []
    both_failed = bool(theirs.exit_code and ours.exit_code)
    if not both_failed:
        details += list(differences(theirs.state, ours.state))
        details += [f"`up` after Compose replaced {item}" for item in theirs.replaced]
        details += [f"Compose after `up` replaced {item}" for item in ours.replaced]
    stricter = not theirs.exit_code and bool(ours.exit_code) and bool(ours.troubles)
    if stricter:  # what seatrial did not start any more cannot be the same
        details = [line for line in details if "started" not in line]
    if bool(theirs.exit_code) != bool(ours.exit_code) and not stricter:
        details.insert(0, f"exit codes: Compose {theirs.exit_code}, seatrial {ours.exit_code}")
    tails = (f"Compose: {_tail(theirs.output)}", f"seatrial: {_tail(ours.output)}")
    if details:
        return Outcome(title, "different", f"{len(details)} differences: {details[0]}"[:200], (*details, *tails))
    if stricter:
        return Outcome(title, "stricter", "; ".join(ours.troubles)[:160], (*ours.troubles, *tails))
    return Outcome(title, "same", "both fail" if both_failed else "both succeed", tails if both_failed else ())


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Each place at which two values of JSON differ, as one line."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))
    elif one != other:
        yield f"{path}: Compose {one!r}, seatrial {other!r}"[:400]


def _tail(output: str) -> str:
    return " | ".join(output.strip().splitlines()[-6:])[-700:]


def _run(command: list[str], folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COMPOSE_")}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment | {"COMPOSE_PROJECT_NAME": name},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_LIMIT_S,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def _down(compose: list[str], folder: Path, name: str) -> None:
    """Remove all of the project, by its label where Compose refuses the file."""
    if _run(
        [*compose, "--profile", "*", "down", "-v", "--rmi", "all", "--remove-orphans", "-t", "0"], folder, name
    ).returncode:
        _run(["docker", "compose", "-p", name, "down", "-v", "--remove-orphans", "-t", "0"], Path("/"), name)
