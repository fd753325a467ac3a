"""Settings: every variable is documented, checked before anything starts, and a wrong one ends the process once."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PREFIX
from e2e.engine_events import listening
from e2e.gateway.shell import COMPOSE, attempt, docker, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from e2e.gateway.stack import GatewayStack, Images

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]

SCHEMA = (COMPOSE.parent / "env/.env.schema").read_text(encoding="utf-8")
GOOD = {"GATEWAY_TOKEN": "0123456789abcdef", "TELEGRAM_BOT_TOKEN": f"8000000001:{'a' * 35}"}


def run(images: Images, *more: str, **variables: str) -> tuple[int, str]:
    """One container of the gateway, without compose: its exit code and what it said."""
    environment = [part for key, value in variables.items() for part in ("--env", f"{key}={value}")]
    name = f"{PREFIX}-run-{uuid.uuid4().hex[:8]}"
    try:
        done = attempt("run", "--rm", "--name", name, "--network", "none", *environment, *more, timeout_s=20)
    except subprocess.TimeoutExpired:
        attempt("rm", "--force", name)
        pytest.fail("the gateway goes on instead of ending")
    return done.returncode, done.stdout + done.stderr


def test_without_settings_the_gateway_exits_once_and_tells_all_problems_in_one_line(images: Images) -> None:
    code, said = run(images, images.gateway, GATEWAY_PORT="many", LOG_LEVEL="loud")
    assert code == 78
    assert said.count("\n") == 1
    problems = json.loads(said)["problems"]
    named = [problem.split()[0] for problem in problems]
    assert named == ["GATEWAY_TOKEN", "TELEGRAM_BOT_TOKEN", "GATEWAY_PORT", "LOG_LEVEL"]
    assert all("; fix: " in problem for problem in problems)


def test_a_malformed_secret_is_refused_without_being_shown(images: Images) -> None:
    code, said = run(images, images.gateway, GATEWAY_TOKEN="hunter2", TELEGRAM_BOT_TOKEN="12345:hunter3")
    assert code == 78
    assert "hunter" not in said


@pytest.mark.parametrize("missing", ["GATEWAY_TOKEN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_ROOT"])
def test_compose_refuses_a_missing_variable_before_any_container_is_made(
    stacks: Callable[..., Any], missing: str
) -> None:
    with stacks(variables={missing: ""}) as stack:
        done = stack.compose("up", "--detach", "--no-build")
        assert done.returncode != 0
        assert f"required variable {missing} is missing a value: run scripts/inv env.init" in done.stderr
        stack.variables = {}
        assert stack.compose("ps", "--all", "--quiet").stdout == ""


def test_a_process_that_cannot_start_stays_down_after_a_few_attempts(stacks: Callable[..., Any]) -> None:
    with stacks(variables={"LOG_LEVEL": "loud"}) as stack:
        with listening(f"container={stack.container}", "event=die", form="{{.Actor.Attributes.exitCode}}") as ends:
            stack.compose("up", "--detach", "--no-build")
            assert [code.strip() for code in islice(ends, 6)] == ["78"] * 6
        until(lambda: stack.inspect(".State.Status") == "exited", "the engine gave up")
        assert stack.inspect(".RestartCount") == "5"
        assert all("LOG_LEVEL must be one of debug, info, warn, error" in line["msg"] for line in stack.log())


def test_the_port_is_the_same_on_the_host_in_the_container_and_for_the_probe(shared: GatewayStack) -> None:
    assert shared.port != 18789
    published = json.loads(docker("inspect", "--format", "{{json .NetworkSettings.Ports}}", shared.container))
    assert published == {f"{shared.port}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(shared.port)}]}
    assert shared.inspect(".State.Health.Status") == "healthy"
    assert shared.get("/health").status == 200


def test_a_bind_that_would_make_the_published_port_useless_is_refused(stacks: Callable[..., Any]) -> None:
    with stacks(variables={"GATEWAY_BIND": "loopback"}) as stack:
        stack.compose("up", "--detach", "--no-build")
        stack.until_logged("GATEWAY_BIND is loopback, but .* cannot be reached through its published port; fix: lan")


@pytest.mark.parametrize("variable", ["GATEWAY_BIND", "LOG_LEVEL"])
def test_the_gateway_takes_every_value_that_the_schema_allows(images: Images, variable: str) -> None:
    allowed = re.search(rf"@type=enum\(([^)]*)\)[^\n]*\n{variable}=", SCHEMA)
    assert allowed is not None
    for value in allowed[1].split(", "):
        assert run(images, images.gateway, "check", **GOOD, **{variable: value})[0] == 0, value
    assert run(images, images.gateway, "check", **GOOD, **{variable: "other"})[0] == 78


def test_a_shutdown_longer_than_the_engine_waits_is_refused(stacks: Callable[..., Any]) -> None:
    with stacks(variables={"SHUTDOWN_TIMEOUT": "15s"}) as stack:
        stack.compose("up", "--detach", "--no-build")
        stack.until_logged(r"SHUTDOWN_TIMEOUT must be shorter than stop_grace_period \(15s\)")


def test_a_state_folder_of_another_user_is_named_with_both_users(images: Images, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    code, said = run(images, "--volume", f"{tmp_path}:/data", images.gateway, **GOOD)
    assert code == 1
    expected = f"cannot write to /data as user 1000: it belongs to user {tmp_path.stat().st_uid} (EACCES); fix: "
    assert expected in said


def test_a_second_gateway_on_the_same_volume_is_refused(shared: GatewayStack, images: Images) -> None:
    code, said = run(images, "--volume", f"{shared.name}_state:/data", images.gateway, **GOOD)
    assert code == 1
    assert "another gateway uses this volume, stop it first" in said


def test_every_variable_of_the_compose_files_is_in_the_schema_with_the_same_default() -> None:
    documented = dict(re.findall(r"^([A-Z_]+)=(.*)$", SCHEMA, re.MULTILINE))
    text = "".join((COMPOSE / name).read_text(encoding="utf-8") for name in ("compose.yaml", "compose.prod.yaml"))
    used = {name for name, _, _ in re.findall(r"\$\{([A-Z_]+)(:?[-?])?([^}]*)\}", text)}
    assert used <= set(documented)
    for name, default in re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text):
        assert documented[name] in {default, ""}, name


def test_with_a_real_bot_the_stand_in_is_not_started(stacks: Callable[..., Any]) -> None:
    real = {"COMPOSE_PROFILES": "", "TELEGRAM_API_ROOT": "https://api.telegram.org"}
    with stacks(variables=real) as stack:
        assert stack.compose("config", "--services").stdout.split() == ["gateway"]
        assert json.loads(stack.compose("config", "--format", "json").stdout)["services"]["gateway"]["image"]


def test_every_port_is_published_on_this_machine_only(stacks: Callable[..., Any]) -> None:
    with stacks() as stack:
        services = json.loads(stack.compose("config", "--format", "json").stdout)["services"]
        published = [port["host_ip"] for service in services.values() for port in service["ports"]]
        assert published == ["127.0.0.1", "127.0.0.1"]
