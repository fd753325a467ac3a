"""A check is remembered only as long as nothing that it depends on has changed, and never with a value in it."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.engine.whales import WhalesEngine
from seatrial.env import programs
from seatrial.env.cache import Remembered, recall
from seatrial.env.examine import examine
from seatrial.env.record import watched
from seatrial.env.remember import remember
from seatrial.settings import read as settings
from seatrial.verbs._run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatrial.project import Project
    from seatrial.stack import Stack
    from unit.env.asking import Asking

pytestmark = pytest.mark.compose

COMPOSE = "  web: {image: x, env_file: api.env, environment: {K: '${K}'}}\n"
SCHEMA = "K=\n# @optional\nUNUSED=\n"
SECRETS = {"K": "hunter2-of-env", "API": "hunter2-of-api", "HERE": "hunter2-of-shell"}


class Editing(WhalesEngine):
    """An engine during whose work somebody edits a file, once."""

    def __init__(self, edit: Callable[[], object]) -> None:
        self.edit, self.edited = edit, False

    def stack(self, project: Project) -> Stack:
        told = super().stack(project)
        if not self.edited:
            self.edit()
            self.edited = True
        return told


class Deaf(WhalesEngine):
    """An engine that nobody may ask."""

    def stack(self, project: Project) -> Stack:
        raise AssertionError

    def uninterpolated(self, project: Project) -> str:
        raise AssertionError

    def values(self, project: Project, names: Sequence[str]) -> Mapping[str, str | None]:
        raise AssertionError


def checked(asking: Asking, engine: WhalesEngine | None = None) -> Remembered | None:
    """Examine, remember, and what is recalled then."""
    project = asking.settled().project()
    before = watched(project)
    found = examine(engine or WhalesEngine(), project, os.environ, asking.folder)
    remember(project, os.environ, found, before)
    return recall(asking.project(), os.environ)


@pytest.fixture
def order(asking: Asking) -> Asking:
    """A project in order, with a warning, that was checked."""
    asking.write(compose=COMPOSE, schema=SCHEMA, env=f"K={SECRETS['K']}\n", api=f"API={SECRETS['API']}\nL=${{HERE}}\n")
    asking.set(HERE=SECRETS["HERE"], DOCKER_CONFIG=str(asking.folder / "docker"))
    remembered = checked(asking)
    assert remembered is not None
    assert [(p.rule, p.key) for p in remembered.problems] == [("Unused", "UNUSED")]
    return asking


def record(asking: Asking) -> Path:
    (found,) = (Path(os.environ["XDG_CACHE_HOME"]) / "seatrial" / "env").iterdir()
    return found


def append(name: str, text: str) -> Callable[[Asking], object]:
    def change(asking: Asking) -> None:
        with (asking.folder / name).open("a") as file:
            file.write(text)

    return change


def a_plugin(asking: Asking) -> None:
    plugin = asking.folder / "docker" / "cli-plugins" / "docker-compose"
    plugin.parent.mkdir(parents=True)
    plugin.write_text("another Compose")


def a_client(asking: Asking) -> None:
    client = asking.folder / "bin" / "docker"
    client.parent.mkdir()
    client.write_text("#!/bin/sh\n")
    client.chmod(0o755)
    asking.set(PATH=f"{client.parent}{os.pathsep}{os.environ['PATH']}")


def a_file(name: str, text: str) -> Callable[[Asking], object]:
    def change(asking: Asking) -> None:
        (asking.folder / name).parent.mkdir()
        (asking.folder / name).write_text(text)

    return change


def a_folder(name: str) -> Callable[[Asking], object]:
    return lambda asking: (asking.folder / name).mkdir(parents=True)


CHANGES: dict[str, Callable[[Asking], object]] = {
    "the schema": append(".env.schema", "\n# more\n"),
    "the env file": append(".env", "# more\n"),
    "the env file of a service": append("api.env", "# more\n"),
    "the compose file": append("compose.yaml", "# more\n"),
    "a compose file beside it": append("compose.prod.yaml", "services: {}\n"),
    "the env file is gone": lambda asking: (asking.folder / ".env").unlink(),
    "the env file of a service is gone": lambda asking: (asking.folder / "api.env").unlink(),
    "an env file in env/": a_file("env/.env", "K=x\n"),
    "a schema in env/": a_file("env/.env.schema", "K=\n"),
    "a folder where an env file may be": a_folder("env/.env"),
    "a declared variable in the shell": lambda asking: asking.set(K="x"),
    "an empty variable in the shell": lambda asking: asking.set(K=""),
    "a variable of an env file in the shell": lambda asking: asking.set(API="x"),
    "a variable that an env file is made of": lambda asking: asking.set(HERE="x"),
    "that variable unset": lambda asking: asking.patch.delenv("HERE"),
    "COMPOSE_PROFILES": lambda asking: asking.set(COMPOSE_PROFILES="x"),
    "COMPOSE_PROJECT_NAME": lambda asking: asking.set(COMPOSE_PROJECT_NAME="x"),
    "COMPOSE_DISABLE_ENV_FILE": lambda asking: asking.set(COMPOSE_DISABLE_ENV_FILE="1"),
    "another Compose": a_plugin,
    "another docker client": a_client,
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_forgotten_when_this_changes(change: str, order: Asking) -> None:
    CHANGES[change](order)
    assert recall(order.project(), os.environ) is None


def test_it_is_not_forgotten_for_what_has_no_say(order: Asking) -> None:
    order.set(SOMETHING_ELSE="x")
    (order.folder / "README.md").write_text("x")
    (order.folder / ".env").touch()
    assert recall(order.project(), os.environ) is not None


@pytest.mark.parametrize("other", [{"profiles": ("debug",)}, {"name": "another"}])
def test_a_check_counts_for_the_profiles_and_the_name_that_it_was_made_with(other: Any, order: Asking) -> None:
    assert recall(replace(order.project(), **other), os.environ) is None


def edited(file: Path) -> None:
    file.write_text("x = 2\n")
    os.utime(file, ns=(1, 2))


def one_more(file: Path) -> None:
    (file.parent / "more.py").write_text("")


@pytest.mark.parametrize("change", [edited, one_more, Path.unlink])
def test_it_is_forgotten_when_a_rule_of_ours_changes(
    change: Callable[[Path], object], asking: Asking, tmp_path: Path
) -> None:
    rule = tmp_path / "ours" / "lint" / "rule.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("x = 1\n")
    asking.patch.setattr(programs, "_OURS", str(tmp_path / "ours"))
    asking.write(compose="  web: {image: x}\n")
    assert checked(asking) is not None
    change(rule)
    assert recall(asking.project(), os.environ) is None


def test_nobody_is_asked_for_what_is_remembered(order: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    from seatrial.testing import context
    from seatrial.verbs.env.check import check

    order.patch.chdir(order.folder)
    check(context(Deaf()))
    assert "2 variables checked: 1 warning, and nothing has changed since" in capsys.readouterr().err


def test_it_holds_no_value_and_nobody_else_may_read_it(order: Asking) -> None:
    text = record(order).read_text()
    assert [secret for secret in SECRETS.values() if secret in text] == []
    assert stat.S_IMODE(record(order).stat().st_mode) == 0o600
    assert stat.S_IMODE(record(order).parent.stat().st_mode) == 0o700
    assert [p.name for p in record(order).parent.iterdir()] == [record(order).name]


def test_a_message_that_quotes_a_public_value_is_not_written_down(asking: Asking) -> None:
    asking.write(
        compose="  web: {image: x, command: '${URL}'}\n", schema="# @type=url\nURL=\n", env="URL=localhost:3000\n"
    )
    assert [p.rule for p in asking.problems()] == ["SchemaViolation"]
    assert checked(asking) is None


def test_a_key_that_was_pasted_over_lines_is_not_written_down(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, env_file: .env}\n", env="K=abc\nMIIEvQIBADANBgkqhkiG9w0B=\n")
    assert checked(asking) is None


def test_an_environment_with_errors_is_not_remembered(asking: Asking) -> None:
    asking.write(compose=COMPOSE, schema="# @required\nK=\n", api="")
    assert checked(asking) is None


@pytest.mark.parametrize(
    "text",
    [
        "include: [more.yaml]\n",
        "x-a: &a {}\n'include': [more.yaml]\n",
        "  b: {extends: {file: more.yaml, service: c}}\n",
    ],
)
def test_a_project_that_names_more_files_is_not_remembered(text: str, asking: Asking) -> None:
    asking.write(compose=f"  web: {{image: x}}\n{text}")
    (asking.folder / "more.yaml").write_text("services: {c: {image: x}}\n")
    assert checked(asking) is None


def broken(data: Any) -> bytes:
    return data if isinstance(data, bytes) else json.dumps(data).encode()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"[" * 100_000, "text", [], None, {}, {"format": 2}, {"format": 2, "files": 1, "names": 2},
     {"format": 2, "files": ["x"], "names": [1], "digest": "x"}],
)  # fmt: skip
def test_a_record_that_is_broken_is_no_record(data: Any, order: Asking) -> None:
    record(order).write_bytes(broken(data))
    assert recall(order.project(), os.environ) is None


@pytest.mark.parametrize("field", ["problems", "variables", "names", "files"])
def test_a_record_with_one_wrong_field_is_no_record(field: str, order: Asking) -> None:
    told = json.loads(record(order).read_text())
    record(order).write_text(json.dumps({**told, field: [{"no": "problem"}]}))
    assert recall(order.project(), os.environ) is None


def test_a_record_that_others_may_write_or_own_is_not_believed(order: Asking) -> None:
    record(order).chmod(0o620)
    assert recall(order.project(), os.environ) is None
    record(order).chmod(0o600)
    assert recall(order.project(), os.environ) is not None
    if os.geteuid() == 0:
        os.chown(record(order), 12345, 12345)
        assert recall(order.project(), os.environ) is None


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(asking: Asking) -> None:
    Path(os.environ["XDG_CACHE_HOME"]).write_text("a file")
    asking.write(compose="  web: {image: x}\n")
    assert checked(asking) is None


@pytest.mark.parametrize("name", [".env", "api.env", "compose.yaml", ".env.schema"])
def test_what_was_edited_during_the_check_is_not_remembered(name: str, asking: Asking) -> None:
    asking.write(compose=COMPOSE, schema="K=\n", env="K=1\n", api="API=1\n")
    assert checked(asking, Editing(lambda: append(name, "# more\n")(asking))) is None
    assert checked(asking) is not None


def test_a_start_on_what_is_remembered_looks_again_when_a_file_was_edited_meanwhile(order: Asking) -> None:
    def edit() -> None:
        (order.folder / ".env").write_text("K=\n")
        (order.folder / ".env.schema").write_text("# @required\nK=\n")

    run = Run(settings({}, {}), start=order.folder, engine_factory=lambda: Editing(edit))
    with pytest.raises(Exception, match="1 error"):
        run.sound_environment()


def test_a_warning_about_the_folder_where_one_stood_is_not_told_elsewhere(order: Asking) -> None:
    below = order.folder / "src"
    below.mkdir()
    (below / ".env").write_text("")
    project = order.project()
    before = watched(project)
    found = examine(WhalesEngine(), project, os.environ, below)
    assert "SubfolderEnv" in [p.rule for p in found.problems]
    remember(project, os.environ, found, before)
    remembered = recall(project, os.environ)
    assert remembered is not None
    assert "SubfolderEnv" not in [p.rule for p in remembered.problems]
