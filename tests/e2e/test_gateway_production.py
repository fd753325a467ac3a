"""The overlay for a server: the image by its tag, limits, bounded logs, nothing public, no stand-in."""

from __future__ import annotations

import json
import re
import shutil
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import pytest

from e2e.engine_events import listening
from e2e.gateway.shell import COMPOSE, docker, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from e2e.gateway.stack import GatewayStack, Images

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]


@pytest.fixture
def production(stacks: Callable[..., Any], images: Images) -> Iterator[GatewayStack]:
    """As a copied env/.env of development would have it, stand-in and all, with the image named."""
    with stacks(overlays=["compose.prod.yaml"], variables={"GATEWAY_IMAGE": images.gateway}) as stack:
        yield stack


def model(stack: GatewayStack) -> dict[str, Any]:
    done = stack.compose("config", "--format", "json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_only_the_gateway_runs_bounded_and_out_of_public_reach(production: GatewayStack, images: Images) -> None:
    resolved = model(production)
    assert list(resolved["services"]) == ["gateway"]
    assert list(resolved["volumes"]) == ["state"]
    gateway = resolved["services"]["gateway"]
    assert gateway["image"] == images.gateway
    assert not {"build", "depends_on", "develop"} & set(gateway)
    assert gateway["restart"] == "unless-stopped"
    assert [port["host_ip"] for port in gateway["ports"]] == ["127.0.0.1"]
    assert int(gateway["mem_limit"]) == 128 * 1024 * 1024
    assert gateway["logging"] == {"driver": "json-file", "options": {"max-file": "3", "max-size": "10m"}}
    assert gateway["read_only"]
    assert gateway["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("missing", ["GATEWAY_IMAGE", "GATEWAY_TOKEN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_ROOT"])
def test_a_missing_variable_is_named(production: GatewayStack, missing: str) -> None:
    production.variables[missing] = ""
    done = production.compose("config")
    assert done.returncode != 0
    assert f"required variable {missing} is missing a value: " in done.stderr


def test_one_file_for_coolify_comes_out_of_both_with_variables_in_and_hints_out(
    production: GatewayStack, tmp_path: Path
) -> None:
    """The pipeline of docs/deploy.md; Coolify would take a hint after `:?` for the variable's value."""
    files = [part for name in ("compose.yaml", "compose.prod.yaml") for part in ("-f", str(COMPOSE / name))]
    flat = re.sub(r":\?[^}]*}", ":?}", docker("compose", *files, "config", "--no-interpolate"))
    assert set(re.findall(r"\$\{([A-Z_]+):\?\}", flat)) == {
        *("GATEWAY_IMAGE", "GATEWAY_TOKEN", "TELEGRAM_API_ROOT", "TELEGRAM_BOT_TOKEN"),
    }
    single = tmp_path / "coolify.yaml"
    single.write_text(flat, encoding="utf-8")
    wanted = model(production)["services"]
    front = ("compose", "-p", production.name, "-f", str(single), "--env-file", str(production.env_file))
    assert json.loads(docker(*front, "config", "--format", "json"))["services"] == wanted


def test_the_two_files_alone_are_enough_on_a_server(production: GatewayStack, tmp_path: Path) -> None:
    for name in ("compose.yaml", "compose.prod.yaml"):
        shutil.copy(COMPOSE / name, tmp_path)
    wanted = model(production)["services"]
    files = [part for name in ("compose.yaml", "compose.prod.yaml") for part in ("-f", str(tmp_path / name))]
    front = ("compose", "-p", production.name, *files, "--env-file", str(production.env_file))
    assert json.loads(docker(*front, "config", "--format", "json"))["services"] == wanted


def test_the_gateway_is_alive_within_its_memory_limit_and_says_that_telegram_is_out_of_reach(
    production: GatewayStack,
) -> None:
    production.variables["TELEGRAM_API_ROOT"] = "https://telegram.invalid"
    production.up()
    assert docker("inspect", "--format", "{{.HostConfig.Memory}}", production.container) == str(128 * 1024 * 1024)
    assert production.get("/health").status == 200
    until(lambda: "telegram.invalid" in production.get("/ready").body["telegram"], "the reason is shown")


def test_a_process_that_cannot_start_is_not_restarted_in_a_tight_loop(production: GatewayStack) -> None:
    production.variables["LOG_LEVEL"] = "loud"
    with listening(f"container={production.container}", "event=die", form="{{.TimeNano}}") as ends:
        production.compose("up", "--detach")
        deaths = [int(line) for line in islice(ends, 6)]
    gaps = [(later - earlier) / 1e9 for earlier, later in pairwise(deaths)]
    assert gaps[4] > 1.6, f"the engine's pauses do not grow: {gaps}"
