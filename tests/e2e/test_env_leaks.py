"""Whatever goes wrong, no secret is shown: each leak that other tools have is provoked, and looked for."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.whales import WhalesEngine
from seatrial.env.examine import examine
from seatrial.errors import SeatrialError
from seatrial.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import ComposeProject

SECRET = "hunter2Zx9kQw"
IN_FILE, IN_SHELL = "Qv7correctHorse", "Rw8batteryStaple"
SCHEMA = """\
# @defaultRequired=infer
# ---

# Where the shop keeps its money.
# @required @type=string(startsWith=hun)
PASSWORD=

# @public
LEVEL=info
"""
COMPOSE = "  web: {image: x, env_file: api.env, environment: {PASSWORD: '${PASSWORD}', LEVEL: '${LEVEL}'}}\n"


@dataclass(frozen=True)
class Leak:
    """A way to make other people's text hold a secret. `code` is what `env` has to answer."""

    env: str | bytes = f"PASSWORD={SECRET}\nLEVEL=info\n"
    services: str = COMPOSE
    api: str = "ALSO=x\n"
    schema: str = SCHEMA
    code: int = 2


LEAKS = {
    "a bad name": Leak(f"PASSWORD$={SECRET}\nLEVEL=info\n"),
    "an open quote": Leak(f'LEVEL=info\nPASSWORD="{SECRET}\n'),
    "text behind a quote": Leak(f"LEVEL=info\nPASSWORD='it'\\''{SECRET}'\n"),
    "a name that is the rest of a quoted value": Leak(f'LEVEL=info\nPASSWORD="hun"{SECRET}\n'),
    "a broken reference": Leak(f"LEVEL=info\nPASSWORD={SECRET}${{x\n"),
    "a dollar inside": Leak(f"LEVEL=info\nPASSWORD=hun${SECRET}\n"),
    "a demand that quotes": Leak(f"LEVEL=info\nPASSWORD=${{NOPE:?{SECRET}}}\n"),
    "UTF-16": Leak(f"PASSWORD={SECRET}\n".encode("utf-16")),
    "not UTF-8": Leak(f"LEVEL=\xe9\nPASSWORD={SECRET}\n".encode("latin-1")),
    "a pasted key": Leak(f"LEVEL=info\nPASSWORD=hun\n{SECRET}AAAA==\n", code=0),
    "a pasted key with a slash": Leak(f"LEVEL=info\nPASSWORD=hun\n{SECRET}/x==\n"),
    "a template in the compose file": Leak(services=f"  web: {{image: x, command: 'sk-live-{SECRET}-${{A'}}\n"),
    "a number in the compose file": Leak(services="  web: {image: x, cpus: '${PASSWORD}'}\n"),
    "a port, refused in pieces": Leak(
        f"PASSWORD={SECRET}:hun\nLEVEL=info\n", "  web: {image: x, ports: ['${PASSWORD}:80']}\n"
    ),
    "a volume, refused in pieces": Leak(
        f"PASSWORD=hunx:{SECRET}:y:z\nLEVEL=info\n", "  web: {image: x, volumes: ['${PASSWORD}']}\n"
    ),
    "a duration": Leak(services="  web: {image: x, stop_grace_period: '${PASSWORD}'}\n"),
    "an undefined network": Leak(services="  web: {image: x, networks: ['${PASSWORD}']}\n"),
    "a value against its type": Leak(schema=SCHEMA.replace("string(startsWith=hun)", "number")),
    "a value against its options": Leak(schema=SCHEMA.replace("startsWith=hun", "maxLength=3")),
    "an open quote in a service's file": Leak(api=f'OTHER="{SECRET}\n'),
    "a bad name in a service's file": Leak(api=f"OTHER${SECRET}=1\n"),
    "a default in the schema": Leak(schema=SCHEMA.replace("PASSWORD=", f"PASSWORD=x{SECRET}")),
    "a schema with errors": Leak(schema=SCHEMA.replace("# @public", f"# @nope={SECRET}")),
    "a scalar in place of a model": Leak(services=f"  web: {SECRET}\n"),
    "nothing wrong": Leak(code=0, api=f"OTHER={SECRET}\n"),
}  # fmt: skip


def prepared(project: ComposeProject, leak: Leak) -> None:
    (project.folder / ".env.schema").write_text(leak.schema)
    (project.folder / ".env").write_bytes(leak.env if isinstance(leak.env, bytes) else leak.env.encode())
    (project.folder / "api.env").write_text(leak.api)
    project.write(leak.services)


def written(folder: Path) -> str:
    """Everything in the files under a folder."""
    return "".join(file.read_text("utf-8", "replace") for file in folder.rglob("*") if file.is_file())


def shown(project: ComposeProject, *arguments: str) -> tuple[int, str]:
    done = project.run(*arguments)
    assert "Traceback" not in done.stderr, (arguments, done.stderr)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.compose
def test_no_look_at_an_environment_shows_a_secret(drafts: Callable[[], ComposeProject]) -> None:
    def look(name: str, project: ComposeProject) -> None:
        leak = LEAKS[name]
        prepared(project, leak)
        code, text = shown(project, "env")
        assert (name, code) == (name, leak.code), text
        for verb in (["env", "--json"], ["env.explain", "PASSWORD"], ["env.init", "--no-input"]):
            text += shown(project, *verb)[1]
        assert SECRET not in text, (name, text)
        assert SECRET.lower() not in text.lower(), (name, text)
        assert SECRET not in written(project.folder.parent / "cache"), name

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look, LEAKS, [drafts() for _ in LEAKS]))


@pytest.mark.compose
def test_no_error_of_ours_holds_a_secret_in_itself(drafts: Callable[[], ComposeProject]) -> None:
    raised = 0
    for name, leak in LEAKS.items():
        project = drafts()
        prepared(project, leak)
        folder = project.folder
        where = Project(folder, (project.file,), (folder / ".env",), schema=folder / ".env.schema")
        text = ""
        try:
            found = examine(WhalesEngine(), where, {}, folder)
            text = repr(found) + str(found.problems)
        except SeatrialError as error:
            raised += 1
            text = repr(error) + str(error) + repr(error.__dict__) + traceback.format_exc()
        assert text
        assert SECRET not in text, name
    assert raised >= 5


@pytest.fixture
def recorded(project: ComposeProject, tmp_path: Path) -> Path:
    """Every command line that is run as `docker`, in a file."""
    docker, log = shutil.which("docker"), tmp_path / "commands"
    shim = tmp_path / "bin" / "docker"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{log}"\nexec {docker} "$@"\n')
    shim.chmod(shim.stat().st_mode | stat.S_IEXEC)
    project.environ["PATH"] = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    return log


@pytest.mark.engine
def test_nothing_that_runs_shows_a_secret(project: ComposeProject, recorded: Path, base_image: str) -> None:
    """A build, logs, a failed start with its last lines and its probe, files, command lines, a library's debugging."""
    services = f"""
  talker:
    image: {base_image}
    env_file: api.env
    command: [sh, -c, 'echo I say $$PASSWORD and $$OTHER, `cat /run/secrets/key` and `cat /run/secrets/shell`; exit 3']
    environment: {{PASSWORD: "${{PASSWORD}}"}}
    secrets: [key, shell]
  sick:
    image: {base_image}
    init: true
    command: [sleep, "100"]
    environment: {{PASSWORD: "${{PASSWORD}}"}}
    healthcheck: {{test: "echo probe $$PASSWORD; false", interval: 200ms, retries: 1}}
  lost:
    image: {base_image}
    command: ["${{PASSWORD}}"]
  built:
    build: {{context: ., args: {{PASSWORD: "${{PASSWORD}}"}}}}
    command: "true"
secrets: {{key: {{file: ./key.txt}}, shell: {{environment: OF_SHELL}}}}
"""
    (project.folder / "key.txt").write_text(f"{IN_FILE}\n")
    project.environ["OF_SHELL"] = IN_SHELL
    (project.folder / "Dockerfile").write_text(f"FROM {base_image}\nARG PASSWORD\nRUN echo I build with $PASSWORD\n")
    prepared(project, Leak(services=services, api=f"OTHER={SECRET}other\n"))
    project.environ["PYTHON_ON_WHALES_DEBUG"] = "1"
    codes, text = {}, ""
    for verb in (
        "build --no-cache",
        "up --timeout 20 --html page.html",
        "up --json --timeout 20",
        "ps --json",
        "status --json",
        "report --output bundle.tar.gz",
        "logs",
        "env.diff",
        "status",
        "logs --tail 9",
        "stop",
        "down",
    ):
        if verb == "status":  # from here on the containers are older than the files
            (project.folder / ".env").write_text("PASSWORD=hunter3\nLEVEL=info\n")
        codes[verb], told = shown(project, *verb.split())
        text += told
    assert codes == {**dict.fromkeys(codes, 0), "up --timeout 20 --html page.html": 1, "up --json --timeout 20": 1}, (
        text
    )
    assert "I build with [REDACTED]" in text
    said = "I say [REDACTED] and [REDACTED], [REDACTED] and [REDACTED]"
    assert said in text
    assert "probe [REDACTED]" in text
    with tarfile.open(project.folder / "bundle.tar.gz") as archive:
        archive.extractall(project.folder.parent / "bundle", filter="data")
    bundle, page = written(project.folder.parent / "bundle"), (project.folder / "page.html").read_text()
    assert said in bundle
    assert said in page
    assert "compose" in recorded.read_text()
    cache = written(project.folder.parent / "cache")
    for secret in (SECRET, IN_FILE, IN_SHELL):
        for told in (text, recorded.read_text(), cache, bundle, page):
            assert secret not in told
    project.docker("image", "rm", "-f", f"{project.name}-built")
