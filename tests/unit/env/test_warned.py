"""What Compose only warns of is shown with its place and a fix, and what it refuses because of a variable names it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from seatrial.engine.refused_input import input_trouble
from seatrial.env.explain import explained
from seatrial.env.image_names import is_reference
from seatrial.env.subfolder import in_a_subfolder
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project, find

if TYPE_CHECKING:
    from pathlib import Path

    from unit.env.asking import Asking


def warnings(asking: Asking) -> dict[str | None, tuple[str, int | None, str, str]]:
    found = (p for p in asking.problems() if p.rule == "UnsetVariable")
    return {p.key: (p.file, p.line, p.message, p.fix) for p in found}


@pytest.mark.compose
def test_a_variable_that_is_set_nowhere_has_its_place_and_a_fix(asking: Asking) -> None:
    asking.write(
        compose="""\
  # image: ${TAG}
  web:
    image: app:1${TAG}
    ports: ['127.0.0.1:${PORT}:80']
    command: |
      echo
      run ${SET} ${NONE-} ${ALT:+x} ${DEEP:-${INNER}}
    environment: {HASH: $2b$12$Pg8A.R220x, MONEY: $$x}
""",
        env="SET=1\n",
    )
    found = warnings(asking)
    assert {key: (file, line) for key, (file, line, _, _) in found.items()} == {
        "TAG": ("compose.yaml", 5),
        "PORT": ("compose.yaml", 6),
        "INNER": ("compose.yaml", 9),
        None: ("compose.yaml", 10),  # it may be a piece of a password: its name is not shown
    }
    assert "the engine picks the port" in found["PORT"][2]
    assert found["TAG"][3].startswith("set TAG=... in .env")
    assert "Pg8A" not in found[None][2] + found[None][3]
    assert "$$" in found[None][3]


@pytest.mark.compose
def test_the_fix_names_the_file_that_counts(asking: Asking) -> None:
    asking.write(compose="  web: {image: 'x:${TAG}'}\n", mine="A=1\n")
    for variable, value, place in (
        ("COMPOSE_ENV_FILES", str(asking.folder / "mine.env"), "in mine.env"),
        ("COMPOSE_DISABLE_ENV_FILE", "true", "in the shell"),
    ):
        asking.set(**{variable: value})
        assert all(f"set TAG=... {place}" in p.fix for p in asking.problems()), asking.problems()
        asking.patch.delenv(variable)


@pytest.mark.compose
def test_what_an_included_project_sets_is_set_there(asking: Asking) -> None:
    (asking.folder / "part").mkdir()
    for file, text in (("compose.yaml", "services: {p: {image: 'x:${IN}', command: '${OUT}'}}\n"), (".env", "IN=1\n")):
        (asking.folder / "part" / file).write_text(text)
    asking.write(compose="  web: {image: x}\ninclude: [part/compose.yaml]\n")
    assert {key: place[:2] for key, place in warnings(asking).items()} == {"OUT": ("part/compose.yaml", 1)}
    told = explained("IN", asking.found(), asking.project(), os.environ)
    assert [source.place.split(" ")[0] for source in told.sources if source.counts] == ["part/.env:1"]


@pytest.mark.compose
def test_an_image_that_lost_its_tag_is_named_before_the_engine_is_asked(asking: Asking) -> None:
    asking.write(compose="  web: {image: 'app:${TAG}'}\n  api: {image: App}\n")
    found = {p.message.split()[1]: (p.key, p.line) for p in asking.problems() if p.rule == "InvalidImage"}
    assert found == {"web": ("TAG", 3), "api": (None, 4)}


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("app", True), ("app:1", True), ("r.example:5000/a/b-c__d.e:V1@sha256:" + "0" * 64, True),
        ("[::1]:5000/a", True),
        ("app:", False), (":1", False), ("App", False), ("a//b", False), ("a:b:c", False), ("a ", False), ("-a", False),
    ],
)  # fmt: skip
def test_names_of_images(name: str, good: bool) -> None:
    assert is_reference(name) is good


@pytest.mark.compose
@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("  web:\n    image: x\n    volumes: ['${DATA}:/data']\n", 5, "DATA"),
        ("  web:\n    image: x\n    command: '${FINE}'\n    mem_limit: ${SIZE}m\n", 6, "SIZE"),
        ("  web:\n    image: x\n    healthcheck: {interval: '${EACH}'}\n", 5, "EACH"),
    ],
)
def test_a_value_that_is_refused_for_want_of_a_variable_names_it(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, text: str, line: int, name: str
) -> None:
    monkeypatch.chdir(asking.folder)
    asking.write(compose=text)
    (asking.folder / ".env.example").write_text("DATA=./data\nSIZE=64\n")
    with pytest.raises(ConfigurationInvalid) as refused:
        asking.found()
    assert refused.value.fix.startswith("cp .env.example .env\nor ") is (
        name != "EACH" and not asking.project().env_files
    )
    assert f"compose.yaml:{line}" in refused.value.what
    assert f"set {name} in the env file" in refused.value.fix
    assert "`env`" not in refused.value.fix  # which is what prints this


@pytest.mark.compose
def test_a_question_that_fails_costs_its_own_feature_only(asking: Asking) -> None:
    (asking.folder / "base.yaml").write_text("services: {b: {image: x, volumes: ['${SRC:-/tmp}:/data:ro']}}\n")
    asking.write(compose="  web: {extends: {file: base.yaml, service: b}}\n")
    found = asking.found()
    assert found.sound
    assert found.stack is not None
    assert "SRC" in found.values


@pytest.mark.compose
def test_a_second_compose_file_in_the_folder_is_reported(asking: Asking) -> None:
    asking.write(compose="  web: {image: x}\n")
    (asking.folder / "docker-compose.yml").write_text("services: {}\n")
    assert ("OtherComposeFile", None) in asking.rules()
    asking.set(COMPOSE_FILE=str(asking.folder / "compose.yaml"))  # a choice
    assert asking.rules() == []


def test_a_bad_project_name_is_reported_with_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPOSE_PROJECT_NAME", raising=False)
    file, env = tmp_path / "compose.yaml", tmp_path / ".env"
    plain = Project(tmp_path, (file,))

    def told(project: Project, said: str = 'invalid project name "Bad.Name": must consist') -> tuple[str, str]:
        error = input_trouble(said, project)
        assert error is not None
        return error.what.split(" is ")[0], error.fix

    assert told(Project(tmp_path, (file,), name="Bad.Name"))[1] == "--project-name bad-name"
    env.write_text("COMPOSE_PROJECT_NAME=Bad.Name\n")
    assert told(Project(tmp_path, (file,), (env,))) == (
        "COMPOSE_PROJECT_NAME in .env",
        "write COMPOSE_PROJECT_NAME=bad-name in .env",
    )
    assert told(plain)[0] == "`name:` of compose.yaml"
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "Bad.Name")
    assert told(plain)[1] == "export COMPOSE_PROJECT_NAME=bad-name, or unset it"
    assert "the folder" in told(plain, "project name must not be empty")[0]


def test_an_env_file_that_is_gone_is_blamed_on_the_variable_that_names_it(tmp_path: Path) -> None:
    project = Project(tmp_path, (tmp_path / "compose.yaml",), (tmp_path / "gone.env",), env_files_chosen=True)
    error = input_trouble("Couldn't find env file: /x/gone.env\n", project)
    assert error is not None
    assert "gone.env (named by COMPOSE_ENV_FILES)" in error.what
    assert "COMPOSE_ENV_FILES" in error.fix


def test_an_env_file_that_a_fresh_clone_lacks_is_shown_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    image: x\n    env_file: web.env\n")
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    error = input_trouble(f"env file {tmp_path}/web.env not found: stat: no", project)
    assert error is not None
    assert error.what == "compose.yaml:4: web.env (env_file of web) is missing"
    assert error.fix.startswith("create web.env")
    (tmp_path / "web.env.example").touch()
    error = input_trouble(f"env file {tmp_path}/web.env not found", project)
    assert error is not None
    assert error.fix.startswith("cp web.env.example web.env\nor ")


@pytest.mark.parametrize(("files", "warned"), [(["svc/compose.yaml"], 0), ([], 1)])
def test_an_env_file_where_one_stands_misleads_only_when_compose_would_read_it(
    tmp_path: Path, files: list[str], warned: int
) -> None:
    (tmp_path / "svc" / "below").mkdir(parents=True)
    start = tmp_path if files else tmp_path / "svc" / "below"
    (tmp_path / "svc" / "compose.yaml").write_text("services: {}\n")
    (start / ".env").write_text("A=1\n")
    assert len(list(in_a_subfolder(start, find(start, environ={}, files=files)))) == warned
