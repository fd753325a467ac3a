"""The traps between files, shell and compose model. Pure but for looking whether a path is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env import given
from seatrial.env.check import Found, check_item
from seatrial.env.problem import Problem, Severity
from seatrial.env.references import INHERIT
from seatrial.env.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seatrial.env.examination import Examination
    from seatrial.env.schema import Schema
    from seatrial.project import Project

_DEMANDS = (":?", "?")
# Linux takes no argument and no variable of a process that is longer, name and `=` included (MAX_ARG_STRLEN).
LONGEST_BYTES = 128 * 1024 - 1


def demanded(found: Examination, told: Collection[str | None], file: str) -> Iterator[Problem]:
    """`${NAME:?}` and `${NAME?}` without a value, all of them: Compose stops at the first, in any profile."""
    demands = [use for use in found.references.uses if use.operator in _DEMANDS and use.name not in told]
    for name in sorted({use.name for use in demands}):
        value = found.values.get(name)
        uses = [u for u in demands if u.name == name and (value is None or (u.operator == ":?" and not value))]
        if uses:
            reason = uses[0].argument
            said = f": {reason}" if reason and "$" not in reason else ""
            state = "is empty" if value is not None else "has no value"
            message = f"{name} {state}, and {uses[0].place} demands one{said}"
            yield Problem(file, None, name, "RequiredByCompose", message, f"set {name}=... in the env file")


def in_services(schema: Schema, found: Examination, project: Project) -> Iterator[Problem]:
    """The schema's rules for what a service gets, where it gets something else than the project's value."""
    for service, env in found.contained.items():
        for item in schema.items:
            value = env.get(item.key)
            # Nothing in the project and empty in the service is one matter, told of the project.
            if value is not None and value != (found.values.get(item.key) or Secret("")):
                place, line = given.to_service(item.key, service, found, project)
                yield from check_item(item, Found(value, place, line, by_init=place == found.target))


def too_long(found: Examination, project: Project) -> Iterator[Problem]:
    """A value that the engine accepts and with which no process can be started."""
    for service, env in found.contained.items():
        for key, value in env.items():
            size = len(f"{key}={value.reveal()}".encode("utf-8", "surrogatepass"))
            if size > LONGEST_BYTES:
                place, line = given.to_service(key, service, found, project)
                message = f"{key} is {size} bytes long in service {service}; no process starts with more than"
                fix = "put it into a file, and mount that as a volume, a config or a secret"
                yield Problem(place, line, key, "TooLong", f"{message} {LONGEST_BYTES}", fix)


def env_file_ignores_shell(found: Examination) -> Iterator[Problem]:
    """One value in `${NAME}` and another in the container, because `env_file` never asks the shell."""
    files = given.by_path(found.files)
    for entry in found.references.env_files:
        file, inside = files.get(entry.path), found.contained.get(entry.service, {})
        for key in sorted(file.keys) if file else ():
            text, project = inside.get(key), found.values.get(key)
            if file is None or text is None or project is None or project == text:
                continue
            if (entry.service, key) not in found.references.declared:
                message = f"service {entry.service} gets {key} from this file, while ${{{key}}} stands for another"
                fix = f"write `{key}: ${{{key}}}` under environment: of {entry.service}, or set it in one place only"
                yield _trap(file.shown, file.line_of(key), key, "EnvFileIgnoresShell", f"{message} value", fix)


def removed_by_pass_through(found: Examination) -> Iterator[Problem]:
    """`- NAME` under `environment:` that is set nowhere takes away what `env_file` gives."""
    files = given.by_path(found.files)
    for use in found.references.uses:
        if use.operator != INHERIT or use.name in found.contained.get(use.service, {use.name: Secret("")}):
            continue
        for entry in found.references.files_of(use.service):
            file = files.get(entry.path)
            if file and use.name in file.keys:
                message = f"service {use.service} passes {use.name} through from outside, where it is not set; that"
                fix = f"remove `{use.name}` from environment: of {use.service}"
                message += " takes away the value of this file"
                yield _trap(file.shown, file.line_of(use.name), use.name, "PassThroughRemoves", message, fix)


def _trap(file: str, line: int | None, key: str, rule: str, message: str, fix: str) -> Problem:  # noqa: PLR0913, PLR0917
    return Problem(file, line, key, rule, message, fix, Severity.WARNING)
