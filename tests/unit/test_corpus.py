"""The comparison with other people's compose files: what counts as equal, and builds without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chores.corpus.cases import find_cases, offline_dockerfile
from chores.corpus.compare import Side, outcome

if TYPE_CHECKING:
    from pathlib import Path


def side(
    exit_code: int = 0, *, troubles: tuple[str, ...] = (), replaced: tuple[str, ...] = (), image: str = "a"
) -> Side:
    return Side(exit_code, "", {"containers": {"/x-web-1": {"Image": image}}}, list(troubles), list(replaced), 0)


def test_equal_states_and_exit_codes_are_the_same() -> None:
    assert outcome("t", side(), side()).kind == "same"


def test_a_container_that_the_other_command_replaces_is_a_difference() -> None:
    assert outcome("t", side(), side(replaced=("/x-web-1",))).details[0] == "Compose after `up` replaced /x-web-1"


def test_a_state_that_differs_is_named_with_its_path() -> None:
    assert outcome("t", side(), side(image="b")).details[0] == "containers./x-web-1.Image: Compose 'a', seatrial 'b'"


def test_an_error_of_seatrial_alone_needs_a_reason_that_the_engine_shows() -> None:
    assert outcome("t", side(), side(1)).kind == "different"
    assert outcome("t", side(), side(1, troubles=("/x-web-1 exited with 1",))).kind == "stricter"


def test_an_error_of_both_is_the_same_whatever_is_left() -> None:
    assert outcome("t", side(1), side(2, image="b")).kind == "same"


def test_a_build_keeps_the_steps_that_need_no_network() -> None:
    lines = ["FROM python AS base", "RUN pip install \\\n  flask", "COPY . /app", 'ENTRYPOINT ["flask"]', 'CMD ["run"]']
    assert offline_dockerfile("\n".join(["# syntax=x/y", *lines])) == f"{lines[0]}\n{lines[2]}\n{lines[4]}\n"
    unchanged = 'FROM a\nRUN echo 1 >/x\nENTRYPOINT ["b"]\n'
    assert offline_dockerfile(unchanged) == unchanged


def test_equal_files_are_one_case_and_other_yaml_is_none(tmp_path: Path) -> None:
    for name, text in {"a/compose.yaml": "services: {}", "b/compose.yaml": "services: {}", "b/x.yml": "key: 1"}.items():
        (tmp_path / "repo" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / name).write_text(text)
    assert [case.title for case in find_cases(tmp_path / "repo")] == ["repo/a/compose.yaml"]
