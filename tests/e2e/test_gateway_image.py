"""The image: small, sealed, patched, and without anything that was only needed to build it."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.gateway.layers import occurrences
from e2e.gateway.shell import COMPOSE, attempt, docker, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.gateway.stack import GatewayStack, Images

pytestmark = pytest.mark.engine
pytest_plugins = ["e2e.gateway.fixtures"]

GATEWAY = COMPOSE / "gateway"
LIMIT_BYTES = 130_000_000


def configuration(image: str) -> dict[str, Any]:
    (found,) = json.loads(docker("image", "inspect", image))
    return dict(found["Config"])


def in_image(image: str, program: str, *arguments: str) -> str:
    return docker("run", "--rm", "--network", "none", "--entrypoint", program, image, *arguments)


def test_the_image_is_small(images: Images) -> None:
    assert int(docker("image", "inspect", "--format", "{{.Size}}", images.gateway)) <= LIMIT_BYTES


@pytest.mark.parametrize("service", ["gateway", "telegram"])
def test_the_image_runs_node_itself_as_an_ordinary_user(images: Images, service: str) -> None:
    settings = configuration(getattr(images, service))
    assert settings["User"] == "1000:1000"
    assert settings["Entrypoint"][0] == "node"
    assert settings["Healthcheck"]["Test"] == ["CMD", "/app/healthcheck"]


def test_the_image_holds_no_package_manager(images: Images) -> None:
    search = "command -v npm npx pnpm corepack yarn apk apt; find / -xdev -name node_modules 2>/dev/null; true"
    assert in_image(images.gateway, "sh", "-c", search) == ""


def test_the_dependency_in_the_image_is_the_patched_one(images: Images) -> None:
    bundle = in_image(images.gateway, "cat", "/app/gateway.mjs")
    assert "the answer is not in the Bot API's form" not in (GATEWAY / "src/poller.ts").read_text(encoding="utf-8")
    assert bundle.count("function reasonWithoutToken(") == 1
    assert bundle.count("the answer is not in the Bot API's form") == 1


def test_patches_have_exact_versions_and_are_copied_before_every_install() -> None:
    dependencies = json.loads((GATEWAY / "package.json").read_text(encoding="utf-8"))["dependencies"]
    workspace = (GATEWAY / "pnpm-workspace.yaml").read_text(encoding="utf-8")
    patched = re.findall(r"(?m)^  (\S+)@(\d+\.\d+\.\d+): (patches/\S+)$", workspace.split("patchedDependencies:")[1])
    assert patched == [(name, version, f"patches/{name}@{version}.patch") for name, version in dependencies.items()]
    recipe = (GATEWAY / "Dockerfile").read_text(encoding="utf-8")
    installs = [match.start() for match in re.finditer(r"pnpm (install|fetch)", recipe)]
    assert installs
    assert all(0 < recipe.find("COPY patches patches") < install for install in installs)


def test_an_install_with_another_patch_than_the_locked_one_fails(build_arguments: list[str], tmp_path: Path) -> None:
    context = shutil.copytree(GATEWAY, tmp_path / "context", ignore=shutil.ignore_patterns("node_modules", "dist"))
    for patch in (context / "patches").iterdir():
        patch.write_text("", encoding="utf-8")
    done = attempt("build", *build_arguments, "--target", "dependencies", str(context))
    assert done.returncode != 0
    assert "ERR_PNPM_LOCKFILE_CONFIG_MISMATCH" in done.stderr


def test_no_layer_holds_the_certificate_authority_or_an_env_file(
    base_image: str, tmp_path: Path, leaky_image: str
) -> None:
    """The marks lie in everything the build is given or finds beside it; a positive control says they would be seen."""
    context = shutil.copytree(GATEWAY, tmp_path / "context", ignore=shutil.ignore_patterns("node_modules", "dist"))
    authority = tmp_path / "ca.crt"
    bundle = Path(os.environ.get("SSL_CERT_FILE", os.devnull)).read_bytes()
    authority.write_bytes(b"# canary-of-the-authority\n" + bundle)
    for place in (".env", "src/.env", ".git", "patches/.env.local"):
        (context / place).write_text("TELEGRAM_BOT_TOKEN=canary-of-the-env-file\n", encoding="utf-8")
    marks = [b"canary-of-the-authority", b"canary-of-the-env-file"]
    image = f"{leaky_image}-sealed"
    docker(
        *("build", "--no-cache", "--target", "runtime", "--build-arg", f"BASE_IMAGE={base_image}"),
        *("--secret", f"id=ca,src={authority}", "--tag", image, str(context)),
        timeout_s=300,
    )
    try:
        assert occurrences(image, marks) == dict.fromkeys(marks, 0)
        assert "canary" not in docker("image", "history", "--no-trunc", image)
        assert occurrences(leaky_image, marks) == dict.fromkeys(marks, 1)
    finally:
        docker("image", "rm", "--force", image)


@pytest.fixture
def leaky_image(base_image: str, tmp_path: Path, images: Images) -> Iterator[str]:
    """An image that did take both marks in, to see that the search finds them."""
    folder = tmp_path / "leaky"
    folder.mkdir()
    (folder / "Dockerfile").write_text(f"FROM {base_image}\nCOPY marks /\n", encoding="utf-8")
    (folder / "marks").write_text("canary-of-the-authority canary-of-the-env-file", encoding="utf-8")
    image = f"{images.gateway}-leaky"
    docker("build", "--tag", image, str(folder))
    yield image
    docker("image", "rm", "--force", image)


def test_the_running_container_can_change_nothing_but_its_state(shared: GatewayStack) -> None:
    def inside(command: str) -> str:
        return docker("exec", shared.container, "sh", "-c", command)

    assert "Read-only file system" in inside("touch /app/x /x /tmp/x 2>&1; true")
    assert inside("touch /data/x && rm /data/x && stat -c %u /data") == "1000"
    status = inside("cat /proc/$(pidof node)/status")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert "docker-init" in inside("tr '\\0' ' ' < /proc/1/cmdline")


def test_another_command_of_the_same_image_is_not_called_unhealthy(images: Images) -> None:
    fast = ["--network", "none", "--health-interval", "100ms", "--health-retries", "1", "--health-start-period", "0s"]
    command = ["--entrypoint", "node", images.gateway, "--eval", "setTimeout(() => {}, 60000)"]
    container = docker("run", "--detach", "--rm", "--init", *fast, *command)
    try:
        health = "{{.State.Health.Status}}"
        until(lambda: docker("inspect", "--format", health, container) != "starting", "the first probe")
        assert docker("inspect", "--format", health, container) == "healthy"
    finally:
        docker("kill", container)


def test_the_probe_fails_when_somebody_else_answers_on_the_port(shared: GatewayStack) -> None:
    wrong = docker("exec", shared.container, "sh", "-c", "GATEWAY_PORT=1 /app/healthcheck; echo $?").splitlines()[-1]
    right = docker("exec", shared.container, "sh", "-c", "/app/healthcheck; echo $?").splitlines()[-1]
    assert (wrong, right) == ("1", "0")


@pytest.mark.parametrize(
    ("service", "target"),
    [("gateway", "check"), ("gateway", "test"), ("gateway", "check-telegram"), ("telegram", "test")],
)
def test_types_and_unit_tests_of_the_services_pass(build_arguments: list[str], service: str, target: str) -> None:
    stand_in = ["--build-context", f"telegram={COMPOSE / 'telegram'}"]
    options = [*build_arguments, *stand_in, "--output", "type=cacheonly", "--target", target]
    docker("build", *options, str(COMPOSE / service), timeout_s=300)
