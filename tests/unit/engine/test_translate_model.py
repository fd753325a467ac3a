"""What Compose (samples of 2.26.1, 2.40.3) says of a model that it refuses: the line, what is wrong, what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial.engine.refused import refused
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
services:
  web.eu:
    image: nginx
    healthchek: {test: "true"}
    depends_on:
      db: {condition: service_helthy}
    healthcheck:
      interval: 10
      timeout: ${T}
    volumes: [dta:/data]
  db:
    image: postgres
    depends_on:
      - cahce
    develop:
      watch:
        - {path: ., action: rebuild}
        - {path: ., action: rebild}
  cache:
    image: redis
    depends_on: [mail]
  mail:
    profiles: [extra]
    image: mail
volumes:
  data:
service: {}
"""
WEB = "services.web.eu"
CONDITIONS = '"service_started", "service_healthy", "service_completed_successfully"'
RULE = "services.db.develop.watch.1.action"
SAID = [
    (f"{WEB} Additional property healthchek is not allowed", 4, "has `healthchek`, which", "did you mean `healthc"),
    (f"{WEB} additional properties 'healthchek' not allowed", 4, "has `healthchek`, which", "did you mean `healthc"),
    (f"{WEB} Additional property models is not allowed", 2, "has `models`, which", "use a newer Compose, or remove it"),
    ("(root) Additional property service is not allowed", 27, "the file has `service`, which", "did you mean `serv"),
    (f"{WEB}.depends_on.db.condition {WEB}.depends_on.db.condition must be one of the following: {CONDITIONS}",
     6, f"{WEB}.depends_on.db.condition is `service_helthy`", "did you mean `service_healthy`? use one of service_"),
    (f"{WEB}.depends_on.db.condition value must be one of 'service_started', 'service_healthy'",
     6, f"{WEB}.depends_on.db.condition is `service_helthy`", "did you mean `service_healthy`? use one of service_"),
    (f"{WEB}.healthcheck.interval must be a string", 8, "is `10`, a number without a unit", "write 10s"),
    (f"{WEB}.healthcheck.timeout must be a string", 9, "is `${T}`, and must be", "correct the value of the variable"),
    (f"{WEB}.volumes must be a mapping", 10, f"{WEB}.volumes must be a mapping", "write it as a mapping"),
    ('service "db" depends on undefined service "cahce": invalid compose project',
     14, "service db depends on cahce, and there is no such service", "did you mean `cache`?"),
    ('service "db" depends on undefined service cahce: invalid compose project',
     14, "service db depends on cahce, and there is no such service", "did you mean `cache`?"),
    ('service "cache" depends on undefined service "mail"',
     21, "service cache depends on mail, which is in a profile that is not enabled", "enable it, --profile extra, or"),
    ('service "web.eu" refers to undefined volume dta: invalid compose project',
     10, "service web.eu refers to dta, and there is no such volume", "did you mean `data`? or add `dta:` under "),
    ('service "db" has neither an image nor a build context specified', 11, "has neither an image", "correct "),
    (f'{RULE} {RULE} must be one of the following: "rebuild", "sync"',
     18, "rule 2 of db (`develop.watch`) has the action `rebild`", "did you mean `rebuild`? use one of rebuild, sync"),
]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A compose file in the folder where the person stands."""
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "compose.yaml"
    made.write_text(FILE)
    return made


@pytest.mark.parametrize(("said", "line", "what", "fix"), SAID)
def test_it_is_told_with_its_line_and_what_was_meant(said: str, line: int, what: str, fix: str, file: Path) -> None:
    error = refused(f"validating {file}: {said}\n", Project(file.parent, (file,)))
    told = str(error)
    assert error.exit_code == 2
    assert f"compose.yaml:{line}" in told
    assert what in error.what
    assert error.fix.startswith(fix)
    assert str(file.parent) not in told


def test_composes_own_sentence_stays_once_and_without_the_path(file: Path) -> None:
    at = f"{WEB}.healthcheck.interval"
    error = refused(f"validating {file}: {at} {at} must be a string\n", Project(file.parent, (file,)))
    assert error.detail == (f"{at} must be a string",)


def test_a_place_in_a_file_that_another_one_brings_in(file: Path) -> None:
    other = file.parent / "parts" / "more.yaml"
    other.parent.mkdir()
    file.write_text("include: [parts/more.yaml]\n")
    other.write_text("services:\n  db:\n    imag: x\n")
    error = refused(
        f"validating {other}: services.db Additional property imag is not allowed", Project(file.parent, (file,))
    )
    assert error.what.startswith("parts/more.yaml:3: services.db has `imag`")
    assert error.fix == "did you mean `image`?"


def test_a_file_that_cannot_be_read_here_is_told_all_the_same(tmp_path: Path) -> None:
    said = "validating /nowhere/compose.yaml: services.db Additional property imag is not allowed"
    error = refused(said, Project(tmp_path, (tmp_path / "compose.yaml",)))
    assert "services.db has `imag`" in error.what
    assert "did you mean `image`?" in error.fix


def test_a_file_that_is_no_yaml_is_told_as_one_sees_it_from_here(file: Path) -> None:
    error = refused(f"parsing {file}: yaml: line 4: did not find expected key", Project(file.parent, (file,)))
    assert error.what == "compose.yaml is not valid YAML at line 4: did not find expected key"
