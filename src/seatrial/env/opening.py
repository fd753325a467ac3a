"""What is known before Compose is asked: the schema and the env files as text, and the secrets in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.env.examination import Examination
from seatrial.env.files import read, read_schema
from seatrial.env.included import included_env_files
from seatrial.env.known import once, secrets_among
from seatrial.env.paths import own_files, shown
from seatrial.env.unusable import unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.env.files import Read
    from seatrial.project import Project


def opened(project: Project, environ: Mapping[str, str]) -> Examination:
    """The schema and the project's own env files; their values are known as secrets before anything is called."""
    loaded = read_schema(project.schema, shown(project.schema, project)) if project.schema else None
    schema, problems = (loaded.schema, loaded.problems) if loaded else (None, ())
    paths = own_files(project)
    fix = "" if all(path.exists() for path in paths) else _missing_fix(project)
    files = tuple(read(path, shown(path, project), fix) for path in paths)
    problems = (*problems, *unusable(project), *(file.trouble for file in files if file.trouble))
    known = schema.by_key() if schema else environ
    said = [(name, value) for name, value in environ.items() if name in known]
    secrets = once(secrets_among([*said, *_written(files)], schema))
    target = project.env_file or (project.schema or project.root / ".env.schema").with_name(".env")
    return Examination(
        schema,
        problems,
        files=files,
        profiles=project.profiles,
        own=len(files),
        target=shown(target, project),
        secrets=secrets,
    )


def _missing_fix(project: Project) -> str:
    from seatrial.engine.refused_input import missing_fix  # only a project that lacks a file needs it

    return missing_fix("it", project)


def with_service_files(found: Examination, project: Project) -> Examination:
    """The files of `env_file:` too, those of services that do not run included: their values are secrets all the same.

    One that is not there is no file here when it may be missing.
    """
    from seatrial.engine.refused_input import service_file_fix

    known = {file.path for file in found.files}
    entries = [e for e in found.references.env_files if not e.raw and (e.required or Path(e.path).exists())]
    more = [Path(path) for path in dict.fromkeys(e.path for e in entries)]
    names = {path: shown(path, project) for path in more if path not in known}
    files = tuple(read(path, name, service_file_fix(path, name)) for path, name in names.items())
    included = included_env_files(project)
    secrets = once((*found.secrets, *secrets_among(_written((*files, *included)), found.schema)))
    return replace(found, files=(*found.files, *files), included=included, secrets=secrets)


def _written(files: Iterable[Read]) -> list[tuple[str, str]]:
    return [(s.key, s.value) for file in files for s in file.statements]
