"""The edges of the traps between files, shell and compose model: what is told, and what is no trap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from unit.env.asking import Asking

pytestmark = pytest.mark.compose


def test_what_the_service_sets_itself_is_not_blamed_on_its_env_file(asking: Asking) -> None:
    asking.write(
        compose="  web: {image: x, command: '${K}', env_file: api.env, environment: {K: fixed}}\n",
        env="K=project\n",
        api="K=file\n",
    )
    assert asking.rules() == []


def test_an_empty_value_is_not_enough_for_a_demand_with_a_colon(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, command: '${K:?}'}\n", env="K=\n")
    (problem,) = asking.problems()
    assert problem.rule == "RequiredByCompose"
    assert problem.message.startswith("K is empty, and services.web.command demands one")
    asking.write(compose="  web: {image: x, command: '${K?}'}\n")
    assert asking.errors() == []
