"""Settings come from one place, know their source, and refuse what they cannot mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial import settings
from seatrial.errors import UsageError

if TYPE_CHECKING:
    from conftest import ComposeProject


def test_every_value_knows_where_it_came_from() -> None:
    read = settings.read({"timeout": 60, "stable": 1.0}, {"timeout": "7", "files": ["a.yaml"], "profiles": []})
    assert (read.timeout_s.value, read.timeout_s.source) == (7.0, "command line")
    assert (read.files.value, read.files.source) == (("a.yaml",), "command line")
    assert (read.stable_s.source, read.profiles.source) == ("default", "default")
    assert settings.read({"timeout": 60}, {}).timeout_s == settings.Setting(60.0, "configuration")


@pytest.mark.parametrize("value", ["soon", "-1", "inf", "nan", [1]])
def test_a_time_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="timeout"):
        settings.read({"timeout": value}, {})


def test_a_misspelt_setting_is_refused_with_the_right_one() -> None:
    with pytest.raises(UsageError) as error:
        settings.read({"timout": 5}, {})
    assert (error.value.what, error.value.fix) == ("there is no setting seatrial.timout", "use timeout")


def test_one_file_may_be_given_as_a_text() -> None:
    assert settings.read({"files": "a.yaml"}, {}).files.value == ("a.yaml",)


def test_the_helper_may_be_given_an_image() -> None:
    assert settings.read({}, {}).helper_image == settings.Setting("", "default")
    assert settings.read({"helper_image": "busybox:1"}, {}).helper_image == settings.Setting(
        "busybox:1", "configuration"
    )


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("INVOKE_SEATRIAL_FILES", "compose.yaml", "use COMPOSE_FILE"),
        ("INVOKE_SEATRIAL_PROFILES", "a", "use COMPOSE_PROFILES"),
        ("INVOKE_SEATRIAL_TIMEOUT", "soon", "give it a number of seconds"),
    ],
)
def test_a_variable_that_cannot_be_taken_is_one_error(draft: ComposeProject, name: str, value: str, fix: str) -> None:
    draft.environ[name] = value
    done = draft.run("ps")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith(f"error: {name} is ")
    assert done.stderr.splitlines()[1] == f"  fix: {fix}"
