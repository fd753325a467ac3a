"""The traps between files, shell and compose model. Pure but for looking whether a path is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.check import Found, check_item
from seatrial.env.dollars import Form, dollars
from seatrial.env.problem import Problem, Severity
from seatrial.env.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from seatrial.env.files import Read
    from seatrial.env.references import References
    from seatrial.env.schema import Schema
    from seatrial.project import Project

_DEMANDS = (":?", "?")


def unusable(root: Path) -> Iterator[Problem]:
    """Something is called `.env` or `.env.schema` and is no file: it would be passed over without a word."""
    for folder in ("env", "."):
        for name in (".env", ".env.schema"):
            path = root / folder / name
            shown = name if folder == "." else f"{folder}/{name}"
            if path.is_dir():
                yield Problem(shown, None, None, "Unreadable", "this is a folder, not a file", f"move {shown} away")
            elif path.is_symlink() and not path.exists():
                message = "this is a link that leads nowhere"
                yield Problem(shown, None, None, "Unreadable", message, f"make it lead to a file, or remove {shown}")


def in_a_subfolder(start: Path, project: Project, files: Sequence[Read]) -> Iterator[Problem]:
    """Compose from 2.27.1 on reads the `.env` where one stands; seatrial reads the project's wherever one stands."""
    here = start / ".env"
    if start.resolve() in (project.root, project.directory) or not here.is_file() or any(f.path == here for f in files):
        return
    message = "Compose run from this folder would read this file (2.27.1 and newer); seatrial does not"
    own = files[0].shown if files else "env/.env"
    yield Problem(str(here), None, None, "SubfolderEnv", message, f"keep what counts in {own}", Severity.WARNING)


def demanded(
    refs: References, values: Mapping[str, str | None], told: Collection[str | None], file: str
) -> Iterator[Problem]:
    """`${NAME:?}` and `${NAME?}` without a value, all of them: Compose stops at the first, in any profile."""
    for name in sorted({use.name for use in refs.uses if use.operator in _DEMANDS} - set(filter(None, told))):
        uses = [use for use in refs.uses if use.name == name and use.operator in _DEMANDS]
        value = values.get(name)
        missing = [use for use in uses if value is None or (use.operator == ":?" and not value)]
        if not missing:
            continue
        reason = missing[0].argument
        said = f": {reason}" if reason and "$" not in reason else ""
        message = f"{name} has no value, and {missing[0].place} demands one{said}"
        yield Problem(file, None, name, "RequiredByCompose", message, f"set {name}=... in the env file")


def in_services(
    schema: Schema, inside: Mapping[str, Mapping[str, str]], values: Mapping[str, Secret | None]
) -> Iterator[Problem]:
    """The schema's rules for what a service gets, where it gets something else than the project's value."""
    for service, env in inside.items():
        for item in schema.items:
            text = env.get(item.key)
            project = values.get(item.key)
            if text is not None and not (project and project.reveal() == text):
                yield from check_item(item, Found(Secret(text), f"service {service}"))


def env_file_ignores_shell(
    refs: References,
    files: Sequence[Read],
    inside: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Secret | None],
) -> Iterator[Problem]:
    """One value in `${NAME}` and another in the container, because `env_file` never asks the shell."""
    by_path = {str(file.path): file for file in files}
    for entry in refs.env_files:
        file = by_path.get(entry.path)
        for key in sorted(file.keys) if file else ():
            text, project = inside.get(entry.service, {}).get(key), values.get(key)
            if text is None or project is None or (entry.service, key) in refs.declared or project.reveal() == text:
                continue
            shown = file.shown if file else entry.path
            message = f"service {entry.service} gets {key} from this file, while ${{{key}}} stands for another value"
            fix = f"write `{key}: ${{{key}}}` under environment: of {entry.service}, or set it in one place only"
            line = file.line_of(key) if file else None
            yield Problem(shown, line, key, "EnvFileIgnoresShell", message, fix, Severity.WARNING)


def removed_by_pass_through(
    refs: References, files: Sequence[Read], inside: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    """`- NAME` under `environment:` that is set nowhere takes away what `env_file` gives."""
    by_path = {str(file.path): file for file in files}
    for use in refs.uses:
        if use.operator != "inherit" or use.name in inside.get(use.service, {}):
            continue
        for entry in refs.env_files:
            file = by_path.get(entry.path)
            if entry.service == use.service and file and use.name in file.keys:
                message = f"service {use.service} passes {use.name} through from the shell, where it is not set; that"
                message += " takes away the value of this file"
                fix = f"remove `{use.name}` from environment: of {use.service}"
                line = file.line_of(use.name)
                yield Problem(file.shown, line, use.name, "PassThroughRemoves", message, fix, Severity.WARNING)


def names_in(text: str) -> Iterator[str]:
    """Names of variables inside a value, defaults included."""
    for dollar in dollars(text):
        if dollar.form in (Form.BARE, Form.BRACED):
            yield dollar.name
            yield from names_in(dollar.argument)
