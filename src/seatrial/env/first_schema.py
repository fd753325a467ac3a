"""Writes a first `.env.schema` out of an example file. What is there already is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env import place
from seatrial.env.init import Result
from seatrial.env.problem import Problem, errors
from seatrial.env.schema import load
from seatrial.env.schema.example import schema_from_example
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.project import Project

_NAMES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env")


def places(project: Project, named: Path | None) -> tuple[Path, Path]:
    """The example, and the schema that goes beside it: `env/` and the root are looked through for usual names.

    Raises:
        UsageError: there is no such file.
    """
    folders = (project.root / "env", project.root)
    candidates = [named] if named else [folder / name for folder in folders for name in _NAMES]
    example = next((file for file in candidates if file.is_file()), None)
    if example is None:
        what = str(named) if named else f".env.example in {folders[0]} or {folders[1]}"
        raise UsageError(f"there is no {what}", fix="name the file to start from: env.init --from-example=PATH")
    beside = example.parent if example.parent in folders else project.root
    return example, beside / ".env.schema"


def first_schema(example: Path, target: Path) -> Result:
    """Write the schema that `example` makes to `target`, which must not be there. Mistakes come back as problems."""
    try:
        data = place.read(example).data
    except OSError as error:
        return _refused(target, str(example), "Unreadable", _reason(error), f"make {example} a file that you may read")
    made = schema_from_example(data, example.name)
    if errors(made.problems):
        return Result(target, problems=made.problems)
    try:
        place.create(target, made.text.encode())
    except place.ChangedError:
        fix = f"change it by hand, or move it away first: {target}"
        return _refused(target, str(target), "SchemaExists", "there is a schema already; it is left as it is", fix)
    except OSError as error:
        return _refused(target, str(target), "CannotWrite", _reason(error), "put that right and run it again")
    loaded = load(made.text.encode(), str(target))
    return Result(target, True, True, loaded.schema.keys, problems=_both(made.problems, loaded.problems))


def _both(*found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problems in found for problem in problems)


def _refused(target: Path, file: str, rule: str, message: str, fix: str) -> Result:
    return Result(target, problems=(Problem(file, None, None, rule, message, fix),))


def _reason(error: OSError) -> str:
    return f"the file cannot be used: {(error.strerror or 'unknown reason').lower()}"
