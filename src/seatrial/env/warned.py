"""What Compose only warns of, with place and fix: variables that are set nowhere, files beside those that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.compose_variables import FILE, NO_ENV_FILE, lookup
from seatrial.engine.env_sample import copying
from seatrial.engine.warned import unset
from seatrial.env.paths import shown
from seatrial.env.problem import Problem, Severity
from seatrial.project import FILE_NAMES, OVERRIDE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.engine.compose_text import Source
    from seatrial.engine.variable_places import VariableUse
    from seatrial.env.examination import Examination
    from seatrial.project import Project

# What every verb that starts something shows too: the start goes on, with another model than the file seems to say.
SHOWN_AT_START = frozenset({"UnsetVariable", "ComposeWarning", "OtherComposeFile"})
_MOST_PLACES = 3


def warned(found: Examination, project: Project) -> Iterator[Problem]:
    """Each warning of Compose's as a problem. A variable that the schema declares is the schema's business."""
    warnings = found.stack.warnings if found.stack else ()
    declared = found.schema.by_key() if found.schema else {}
    names = [name for name in unset(warnings) if name not in declared]
    if names:
        from seatrial.engine.compose_text import related

        yield from _unset(names, related(project.files, project.root), found, project)
    for text in warnings:
        if not unset((text,)) and "`version` is obsolete" not in text:  # doctor reports that one, and fixes it
            place = shown(project.files[0], project)
            fix = f"change {place} as the warning says"
            if "from a symlink" in text and found.stack:
                fix = f"write `name: {found.stack.name}` at the top of {place}, or change to the folder itself"
            message = f"Compose warns: {text}"
            yield Problem(place, None, None, "ComposeWarning", message, fix, Severity.WARNING)


def other_files(project: Project, environ: Mapping[str, str]) -> Iterator[Problem]:
    """Compose files that Compose ignores for another one in the same folder, without a flag or variable that chose."""
    if project.files_named or lookup(FILE, environ, project.env_files):
        return
    for names in (FILE_NAMES, OVERRIDE_NAMES):
        used = [file for file in project.files if file.name in names]
        for other in (used[0].with_name(name) for name in names) if used else ():
            if other not in project.files and other.exists():
                message = f"{used[0].name} is the compose file that counts; this one beside it is not read"
                fix = f"remove it, or name both: --file {used[0].name} --file {other.name}"
                yield Problem(
                    shown(other, project), None, None, "OtherComposeFile", message, fix, Severity.WARNING
                )  # fmt: skip


def to_set(name: str, found: Examination, project: Project) -> str:
    """Where a variable is to be set so that it counts."""
    if project.env_files_chosen and not found.own_files:
        return f"set {name}=... in the shell ({NO_ENV_FILE} switches env files off)"
    return (
        copying(project, name) or f"set {name}=... in {found.own_files[0].shown if found.own_files else found.target}"
    )


def _unset(names: Sequence[str], sources: Sequence[Source], found: Examination, project: Project) -> Iterator[Problem]:
    from seatrial.engine.variable_places import uses

    every = list(uses(sources))
    for name in names:
        places = [use for use in every if use.name == name]
        if places:
            yield _problem(name, places, found, project)
        elif not any(name in statement.value for file in found.files for statement in file.statements):
            message = "a variable that is set nowhere (its name is not shown): Compose puts nothing in its place"
            fix = "write $$ for a literal dollar, or set it"
            yield Problem(
                shown(project.files[0], project), None, None, "UnsetVariable", message, fix, Severity.WARNING
            )  # fmt: skip


def _problem(name: str, places: Sequence[VariableUse], found: Examination, project: Project) -> Problem:
    first, *others = places
    file = shown(first.file, project)
    literal = any(use.literal for use in places)
    subject = "a `$` and a name that is set nowhere" if literal else f"{name} is set nowhere"
    lost = "them: a part of the value is lost" if literal else "it"
    if "ports" in first.path:
        lost += ", and the engine picks the port"
    also = ", ".join(use.place for use in others[:_MOST_PLACES])
    more = f" (also at {also}{' and more' if len(others) > _MOST_PLACES else ''})" if also else ""
    message = f"{subject}: Compose puts nothing in place of {lost}, in {'.'.join(first.path)}{more}"
    fix = f"{to_set(name, found, project)}, or give it a default there: ${{{name}:-...}}"
    return Problem(
        file, first.line, None if literal else name, "UnsetVariable", message,
        "write $$ for a literal dollar" if literal else fix, Severity.WARNING,
    )  # fmt: skip
