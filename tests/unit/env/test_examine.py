"""What the installed Compose would give every container, and the traps on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial.env.known import clear
from seatrial.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.env.problem import Problem
    from unit.env.asking import Asking

pytestmark = pytest.mark.compose

WEB = "  web: {image: x, environment: {K: '${K}'}}\n"


def one(problems: list[Problem], rule: str) -> Problem:
    (found,) = [problem for problem in problems if problem.rule == rule]
    return found


def test_a_project_in_order_has_no_problem_and_every_value(asking: Asking) -> None:
    asking.write(compose=WEB, schema="K=\n", env="K='a$b'\n")
    found = asking.found()
    assert found.problems == ()
    assert dict(clear(found.values))["K"] == "a$b"
    assert dict(clear(found.contained["web"])) == {"K": "a$b"}


def test_lint_values_and_demands_are_told_in_one_go(asking: Asking) -> None:
    asking.write(
        compose="  web: {image: x, ports: ['${PORT}:80'], command: '${NEEDED:?tell me} ${ALSO?}', environment: [K]}\n",
        schema="# @type=port\nPORT=8080\nK=x\n\n# @optional\nL=\n# @optional\nNEEDED=\n# @optional\nALSO=\n",
        env="PORT=80a\nL= # note\n",
    )
    assert set(asking.errors()) == {
        ("SchemaViolation", "PORT"),
        ("MissingDefaultInEnv", "K"),
        ("EmptyThenComment", "L"),
        ("RequiredByCompose", "NEEDED"),
        ("RequiredByCompose", "ALSO"),
    }


def test_without_a_schema_demands_and_lint_are_checked(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, command: '${NEEDED:?tell me}'}\n", env="K= # note\n")
    assert set(asking.errors()) == {("EmptyThenComment", "K"), ("RequiredByCompose", "NEEDED")}
    assert "tell me" in one(asking.problems(), "RequiredByCompose").message


def test_the_shell_beats_the_env_file_and_is_told(asking: Asking) -> None:
    asking.write(compose=WEB, schema="# @type=number\nK=\n", env="K=1\n").set(K="two")
    found = asking.problems()
    assert one(found, "ShadowedByShell").line == 1
    wrong = one(found, "SchemaViolation")
    assert (wrong.file, '"two"' in wrong.message, "unset K" in wrong.fix) == ("the shell", True, True)


def test_an_empty_variable_of_the_shell_beats_the_env_file_too(asking: Asking) -> None:
    asking.write(compose=WEB, schema="K=1\n", env="K=1\n").set(K="")
    found = asking.problems()
    assert "even when it is empty" in one(found, "ShadowedByShell").message
    missing = one(found, "MissingDefaultInEnv")
    assert missing.file == "the shell"
    assert "unset K" in missing.fix
    assert "env.init" not in missing.fix


def test_an_env_file_of_a_service_ignores_the_shell(asking: Asking) -> None:
    asking.write(
        compose="  web: {image: x, env_file: .env, ports: ['${PORT}:80']}\n", schema="PORT=\n", env="PORT=8080\n"
    )
    assert asking.rules() == []
    asking.set(PORT="9090")
    trap = one(asking.problems(), "EnvFileIgnoresShell")
    assert (trap.file, trap.line, trap.key) == (".env", 1, "PORT")
    assert "service web" in trap.message


def test_what_a_service_gets_instead_is_held_against_the_schema_where_it_stands(asking: Asking) -> None:
    asking.write(
        compose="  a: {image: x, env_file: [api.env]}\n  b: {image: x, env_file: [api.env]}\n"
        "  c: {image: x, environment: {K: wrong}}\n",
        schema="# @type=number\nK=\n",
        env="K=1\n",
        api="# first\nK=many\n",
    )
    wrong = [p for p in asking.problems() if p.rule == "SchemaViolation"]
    assert [(p.file, p.line) for p in wrong] == [("api.env", 2), ("compose.yaml, environment: of c", None)]


def test_one_env_file_that_is_made_of_another_is_told(asking: Asking) -> None:
    files = {"env": "B=dotenv\n", "api": "B=own\nA=v${B}\n"}
    asking.write(compose="  web: {image: x, env_file: api.env}\n", **files)
    nested = one(asking.problems(), "NestedEnvFiles")
    assert (nested.file, nested.line) == ("api.env", 2)


def test_a_value_that_takes_a_variable_of_environment_is_told(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, env_file: api.env, environment: {B: x}}\n", api="A=v${B}\n")
    assert ("NestedEnvFiles", "A") in asking.rules()


def test_env_files_of_services_that_share_none_have_nothing_to_do_with_each_other(asking: Asking) -> None:
    asking.write(
        compose="  a: {image: x, env_file: api.env}\n  b: {image: x, env_file: web.env}\n",
        api="B=1\nA=v${B}\n",
        web="B=2\n",
    )
    assert asking.rules() == []


def test_an_env_file_where_one_stands_is_told_to_be_another(asking: Asking) -> None:
    asking.write(compose=WEB, env="K=1\n")
    below = asking.folder / "src"
    below.mkdir()
    (below / ".env").write_text("K=2\n")
    trap = one(asking.problems(start=below), "SubfolderEnv")
    assert trap.file == str(below / ".env")
    assert dict(clear(asking.found(start=below).contained["web"])) == {"K": "1"}


@pytest.mark.parametrize("environment", ["[K, L=x]", "{K: , L: x}"])
def test_a_pass_through_that_takes_a_variable_away_is_told(environment: str, asking: Asking) -> None:
    asking.write(compose=f"  web: {{image: x, env_file: api.env, environment: {environment}}}\n", api="# one\nK=1\n")
    trap = one(asking.problems(), "PassThroughRemoves")
    assert (trap.file, trap.line, trap.key) == ("api.env", 2, "K")
    assert dict(clear(asking.found().contained["web"])) == {"L": "x"}
    asking.set(K="2")
    assert asking.rules() == []


OFF = "  web: {image: x}\n  off: {image: x, profiles: [extra], %s}\n"


def test_a_demand_in_an_inactive_profile_counts_because_compose_stops_at_it(asking: Asking) -> None:
    asking.write(compose=OFF % "environment: {A: '${A:?a reason}', B: '${B?}'}")
    assert asking.errors() == [("RequiredByCompose", "A"), ("RequiredByCompose", "B")]
    asking.write(env="A=1\nB=\n")
    assert asking.errors() == []


def test_a_demand_that_compose_does_not_make_is_none(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, command: '${SET:-${NEEDED:?}}'}\n", env="SET=1\nNEEDED=1\n")
    assert asking.errors() == []


def test_variables_of_an_inactive_profile_are_used_and_have_to_be_documented(asking: Asking) -> None:
    asking.write(compose=OFF % "environment: {A: '${A:-}', B: '${B:-}'}", schema="# @optional\nA=\n")
    assert asking.rules() == [("Undocumented", "B")]


def test_a_default_covers_a_variable_where_it_runs(asking: Asking) -> None:
    compose = "  web: {image: x, command: '${A:-1}'}\n  off: {image: x, profiles: [extra], command: '${A}'}\n"
    asking.write(compose=compose, schema="A=1\n")
    assert asking.errors() == []
    assert asking.rules("extra") == [("MissingDefaultInEnv", "A")]


def test_env_files_of_an_inactive_profile_may_be_broken_or_missing(asking: Asking) -> None:
    asking.write(compose=OFF % "env_file: [none.env, broken.env]", broken='K="open\n')
    assert asking.errors() == []
    assert set(asking.rules("extra")) == {("Unreadable", None), ("UnclosedQuote", "K")}
    asking.set(COMPOSE_PROFILES="extra")
    assert len(asking.errors()) == 2


def test_what_an_env_file_takes_from_the_shell_is_no_lost_part_of_a_value(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, env_file: api.env}\n", api="K=pa$HERE\n")
    assert asking.errors() == [("DollarInValue", "K")]
    asking.set(HERE="x")
    assert asking.errors() == []


def test_an_env_file_that_a_variable_names_is_read(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, env_file: '${STAGE:-dev}.env'}\n", dev="K= # a\n", live="L= # a\n")
    assert asking.errors() == [("EmptyThenComment", "K")]
    asking.write(env="STAGE=live\n")
    assert asking.errors() == [("EmptyThenComment", "L")]


def test_an_env_file_that_need_not_be_there_is_not_missed(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, env_file: [{path: none.env, required: false}]}\n")
    assert asking.errors() == []
    asking.write(compose="  web: {image: x, env_file: [none.env]}\n")
    assert asking.errors() == [("Unreadable", None)]


def test_of_several_env_files_the_last_is_the_strongest_and_is_named(asking: Asking) -> None:
    asking.write(compose=WEB, schema="# @type=number\nK=\n", one="K=x\n", two="# a\nK=y\n", env="K=1\n")
    asking.set(COMPOSE_ENV_FILES="one.env,two.env")
    wrong = one(asking.problems(), "SchemaViolation")
    assert (wrong.file, wrong.line, '"y"' in wrong.message) == ("two.env", 2, True)


def test_no_env_file_is_read_where_compose_is_told_to_read_none(asking: Asking) -> None:
    asking.write(compose=WEB, schema="K=\n", env='K="open\n').set(COMPOSE_DISABLE_ENV_FILE="1")
    assert asking.errors() == []
    asking.set(COMPOSE_DISABLE_ENV_FILE="0")
    assert asking.errors() == [("UnclosedQuote", "K")]


def test_what_is_named_in_a_compose_file_or_beside_it_is_not_unused(asking: Asking) -> None:
    asking.write(
        compose="  web:\n    image: x\n    build: {context: ., args: [ARG]}\n",
        schema="ARG=\nOVERLAY=\nNOBODY=\nINNER=\n",
        env="ARG=1\nOVERLAY=1\nNOBODY=1\nINNER=1\nARG=${INNER}\n# seatrial:off DuplicatedKey\n",
    )
    (asking.folder / "compose.prod.yaml").write_text("services: {web: {environment: [OVERLAY]}}\n")
    (asking.folder / "folder.yaml").mkdir()
    assert [key for rule, key in asking.rules() if rule == "Unused"] == ["NOBODY"]


def test_variables_of_included_files_are_known(asking: Asking) -> None:
    asking.write(compose=WEB, schema="K=\n", env="K=1\n")
    with (asking.folder / "compose.yaml").open("a") as file:
        file.write("include: [more.yaml]\n")
    (asking.folder / "more.yaml").write_text("services: {inc: {image: x, command: '${FAR}'}}\n")
    assert {rule for rule, key in asking.rules() if key == "FAR"} == {"Undocumented", "UnsetVariable"}
    assert "FAR" in asking.found().values


def test_a_value_that_no_process_can_be_started_with_is_an_error(asking: Asking) -> None:
    longest = 128 * 1024 - 1 - len("K=")
    asking.write(compose="  web: {image: x, env_file: .env}\n", env=f"K={'x' * longest}\n")
    assert asking.errors() == []
    asking.write(env=f"K={'x' * (longest + 1)}\n")
    assert asking.errors() == [("TooLong", "K")]


def test_a_compose_file_that_cannot_be_used_is_that_error(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, comand: y}\n", env="K=1\n")
    with pytest.raises(ConfigurationInvalid, match="comand"):
        asking.found()


def test_secrets_are_told_before_anything_is_asked(asking: Asking, tmp_path: Path) -> None:
    from seatrial.engine.whales import WhalesEngine
    from seatrial.env.examine import examine

    asking.write(
        compose="  web: {image: x, env_file: api.env}\n", env="PASSWORD=hunter2\n", api="TOKEN=correct-horse\n"
    )
    told: list[set[str]] = []
    examine(
        WhalesEngine(), asking.project(), {}, tmp_path, lambda secrets: told.append({s.reveal() for s in secrets})
    )  # fmt: skip
    assert told[0] == {"hunter2"}
    assert told[-1] == {"hunter2", "correct-horse"}


def test_a_name_of_the_env_file_that_no_schema_declares_is_told_where_it_stands(asking: Asking) -> None:
    compose = "  web: {image: x, env_file: api.env, environment: {K: '${K}'}}\n"
    asking.write(compose=compose, schema="K=\n", env="K=1\n\nKK=2\n", api="OWN=1\n")
    strange = one(asking.problems(), "NotInSchema")
    assert (strange.file, strange.line, strange.key) == (".env", 3, "KK")
    assert asking.errors() == []


def test_a_name_that_is_used_and_not_declared_is_told_once(asking: Asking) -> None:
    asking.write(compose="  web: {image: x, command: '${K} ${USED}'}\n", schema="K=\n", env="K=1\nUSED=1\n")
    assert asking.rules() == [("Undocumented", "USED")]


def test_without_a_schema_any_name_may_stand_in_the_env_file(asking: Asking) -> None:
    asking.write(compose=WEB, env="K=1\nOTHER=2\n")
    assert asking.rules() == []


def test_a_variable_that_is_set_nowhere_is_told_once_and_not_of_each_service(asking: Asking) -> None:
    asking.write(compose=WEB, schema="# @required @type=port\nK=\n")
    assert asking.rules() == [("SchemaViolation", "K")]


def test_where_env_init_writes_another_file_than_the_one_in_use_it_is_not_proposed(asking: Asking) -> None:
    asking.write(compose=WEB, schema="K=randomHex(8)\n", one="").set(COMPOSE_ENV_FILES="one.env")
    missing = one(asking.problems(), "MissingDefaultInEnv")
    assert (missing.file, "env.init" in missing.fix) == ("one.env", False)


def test_a_wrong_name_does_not_hide_what_the_schema_says_of_a_public_variable(asking: Asking) -> None:
    asking.write(
        compose="  web: {image: x, ports: ['${WEB_PORT}:80']}\n",
        schema="# @public @type=port\nWEB_PORT=8080\n",
        env="WEBPORT=8080\n",
    )
    assert asking.found().secrets == ()


def test_a_second_env_file_that_is_passed_over_is_told(asking: Asking) -> None:
    asking.write(compose=WEB, env="K=old\n")
    assert asking.rules() == []
    inner = asking.folder / "env"
    inner.mkdir()
    (inner / ".env").write_text("K=1\n")
    second = one(asking.problems(), "SecondEnvFile")
    assert (second.file, "env/.env is the env file" in second.message) == (".env", True)
    assert dict(clear(asking.found().contained["web"])) == {"K": "1"}
    (asking.folder / ".env").unlink()
    (asking.folder / ".env").symlink_to(inner / ".env")
    assert asking.rules() == []


@pytest.mark.parametrize("schema", [b"", b"A: 1\n", b"\xff\xfe\n"], ids=["empty", "another dialect", "not text"])
def test_of_a_schema_that_says_nothing_only_that_is_told(schema: bytes, asking: Asking) -> None:
    asking.write(compose=WEB, env="K=1\nL=2\n")
    (asking.folder / ".env.schema").write_bytes(schema)
    assert {problem.file for problem in asking.problems()} == {".env.schema"}
