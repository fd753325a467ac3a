from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from engine_host.endpoint import DEFAULT_URL, resolve_endpoint
from failure import USAGE, Failure

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = {"HOME": "/home/ann"}
CONFIG = "/home/ann/.docker/config.json"


def files(**texts: str) -> Callable[[str], str | None]:
    return {path.replace("|", "/"): text for path, text in texts.items()}.get


def context(name: str, host: str, *, tls: bool = False) -> dict[str, str]:
    key = hashlib.sha256(name.encode()).hexdigest()
    folder = "/home/ann/.docker/contexts"
    text = json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}})
    return {f"{folder}/meta/{key}/meta.json": text} | ({f"{folder}/tls/{key}/docker/ca.pem": "CA"} if tls else {})


def test_without_any_setting_it_is_the_default_socket_which_is_ours_to_start() -> None:
    endpoint = resolve_endpoint(HOME, files())
    assert (endpoint.url, endpoint.source, endpoint.is_own) == (DEFAULT_URL, "default", True)


def test_docker_host_wins_over_docker_context_and_over_the_configuration() -> None:
    texts = {CONFIG: '{"currentContext": "far"}', **context("far", "ssh://far")}
    environment = {**HOME, "DOCKER_HOST": "tcp://10.1.2.3:2375", "DOCKER_CONTEXT": "far"}
    endpoint = resolve_endpoint(environment, texts.get)
    assert (endpoint.url, endpoint.source, endpoint.is_own) == ("tcp://10.1.2.3:2375", "DOCKER_HOST", False)


def test_docker_context_wins_over_the_configuration() -> None:
    texts = {CONFIG: '{"currentContext": "far"}', **context("far", "ssh://far"), **context("near", "unix:///near.sock")}
    endpoint = resolve_endpoint({**HOME, "DOCKER_CONTEXT": "near"}, texts.get)
    assert (endpoint.url, endpoint.source) == ("unix:///near.sock", "context near")


def test_the_current_context_of_the_configuration_is_followed() -> None:
    texts = {CONFIG: '{"currentContext": "rootless"}', **context("rootless", "unix:///run/user/1000/docker.sock")}
    endpoint = resolve_endpoint(HOME, texts.get)
    assert (endpoint.url, endpoint.is_own) == ("unix:///run/user/1000/docker.sock", False)


def test_docker_config_says_where_contexts_are() -> None:
    texts = {path.replace("/home/ann/.docker", "/c"): text for path, text in context("far", "ssh://far").items()}
    endpoint = resolve_endpoint({"DOCKER_CONFIG": "/c", "DOCKER_CONTEXT": "far"}, texts.get)
    assert endpoint.url == "ssh://far"


def test_a_context_with_certificates_brings_them_along() -> None:
    texts = context("tls", "tcp://far:2376", tls=True)
    endpoint = resolve_endpoint({**HOME, "DOCKER_CONTEXT": "tls"}, texts.get)
    assert endpoint.tls_folder is not None
    assert not endpoint.skip_verify


def test_docker_tls_verify_uses_the_certificate_folder() -> None:
    environment = {**HOME, "DOCKER_HOST": "tcp://far:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}
    endpoint = resolve_endpoint(environment, files())
    assert (endpoint.tls_folder, endpoint.skip_verify) == ("/certs", False)


@pytest.mark.parametrize("host", ["unix://", "unix:///var/run/docker.sock", "unix:///run/docker.sock"])
def test_docker_host_may_name_the_default_socket_and_it_is_still_ours(host: str) -> None:
    assert resolve_endpoint({**HOME, "DOCKER_HOST": host}, files()).is_own


def test_a_bare_host_and_port_means_tcp_as_for_the_docker_client() -> None:
    assert resolve_endpoint({**HOME, "DOCKER_HOST": "10.0.0.1:2375"}, files()).url == "tcp://10.0.0.1:2375"


def test_a_context_that_does_not_exist_is_an_error_that_names_it_and_its_source() -> None:
    with pytest.raises(Failure, match=r"docker context `gone` \(from DOCKER_CONTEXT\)") as caught:
        resolve_endpoint({**HOME, "DOCKER_CONTEXT": "gone"}, files())
    assert caught.value.code == USAGE
    assert "docker context ls" in caught.value.fix


def test_a_configuration_that_is_not_json_is_named_and_not_passed_over() -> None:
    with pytest.raises(Failure, match=CONFIG):
        resolve_endpoint(HOME, {CONFIG: '{"currentContext": '}.get)


def test_a_configuration_without_a_context_is_not_even_parsed() -> None:
    assert resolve_endpoint(HOME, {CONFIG: '{"auths": {'}.get).source == "default"
