"""Fixtures of the gateway's tests: images built once, stacks that are always taken down."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PREFIX
from e2e.gateway.shell import COMPOSE, attempt, docker
from e2e.gateway.stack import GatewayStack, Images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def build_arguments(base_image: str) -> list[str]:
    """What every build of the stack needs on this machine."""
    authority = os.environ.get("SSL_CERT_FILE", os.devnull)
    return ["--build-arg", f"BASE_IMAGE={base_image}", "--secret", f"id=ca,src={authority}"]


@pytest.fixture(scope="session")
def images(build_arguments: list[str]) -> Iterator[Images]:
    tag = uuid.uuid4().hex[:8]
    built = Images(f"{PREFIX}-gateway:{tag}", f"{PREFIX}-telegram:{tag}")
    for service, image in (("gateway", built.gateway), ("telegram", built.telegram)):
        docker("build", *build_arguments, "--target", "runtime", "--tag", image, str(COMPOSE / service), timeout_s=300)
    yield built
    attempt("image", "rm", "--force", built.gateway, built.telegram)


@pytest.fixture(scope="session")
def stacks(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Makes stacks that are not started yet, each a context that takes down what was started."""

    @contextmanager
    def stack(**options: Any) -> Iterator[GatewayStack]:
        made = GatewayStack(tmp_path_factory.mktemp("gateway"), images, **options)
        try:
            yield made
        finally:
            made.remove()

    return stack


@pytest.fixture(scope="session")
def shared(stacks: Callable[..., Any]) -> Iterator[GatewayStack]:
    """One running stack for tests that leave it as they found it."""
    with stacks() as stack:
        yield stack.up()


@pytest.fixture
def gateway(shared: GatewayStack) -> Iterator[GatewayStack]:
    """The shared stack, ready, with no fault ordered."""
    shared.until_ready()
    yield shared
    left = shared.telegram_state()["faults"]
    assert left == [], f"the test ordered faults that did not strike: {left}"
    shared.until_ready()


@pytest.fixture
def fresh(stacks: Callable[..., Any]) -> Iterator[GatewayStack]:
    """A running stack for one test, which may do to it what it likes."""
    with stacks() as stack:
        yield stack.up()
