"""Which engine the docker client would talk to. Pure: environment and files in, endpoint out.

Source of the rules: docker/cli, cli/command/cli.go (`resolveContextName`) and cli/context/store: DOCKER_HOST wins over
DOCKER_CONTEXT, which wins over `currentContext` of config.json; a context's address is in
contexts/meta/SHA256(name)/meta.json and its certificates in contexts/tls/SHA256(name)/docker/.
"""

from __future__ import annotations

import os

from failure import USAGE, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_URL = f"unix://{DEFAULT_SOCKET}"
OWN_SOCKETS = (DEFAULT_SOCKET, "/run/docker.sock")


class Endpoint:
    """An engine's address. `source` says where it was named; `tls_folder` holds ca.pem, cert.pem and key.pem."""

    __slots__ = ("skip_verify", "source", "tls_folder", "url")

    def __init__(self, url: str, source: str, tls_folder: str | None = None, skip_verify: bool = False) -> None:
        self.url = url
        self.source = source
        self.tls_folder = tls_folder
        self.skip_verify = skip_verify

    @property
    def is_own(self) -> bool:
        """Whether this is the machine's default socket: the only engine these scripts may install or start."""
        return self.url.startswith("unix://") and self.url.removeprefix("unix://") in OWN_SOCKETS


def config_folder(environment: Mapping[str, str]) -> str:
    """The docker client's own folder (DOCKER_CONFIG or ~/.docker)."""
    return environment.get("DOCKER_CONFIG") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".docker"
    )


def resolve_endpoint(environment: Mapping[str, str], read: Callable[[str], str | None]) -> Endpoint:
    """The endpoint that `docker` would use. `read` gives a file's text, or None where there is no such file."""
    folder = config_folder(environment)
    if host := environment.get("DOCKER_HOST"):
        return _from_host(host, environment, folder)
    if name := environment.get("DOCKER_CONTEXT"):
        return _from_context(name, "DOCKER_CONTEXT", folder, read)
    config = os.path.join(folder, "config.json")
    text = read(config)
    name = str(_json(text, config).get("currentContext") or "") if text and "currentContext" in text else ""
    return _from_context(name, config, folder, read) if name else Endpoint(DEFAULT_URL, "default")


def _from_host(host: str, environment: Mapping[str, str], folder: str) -> Endpoint:
    url = DEFAULT_URL if host == "unix://" else host if "://" in host else f"tcp://{host}"
    verify, unverified = environment.get("DOCKER_TLS_VERIFY"), environment.get("DOCKER_TLS")
    tls = environment.get("DOCKER_CERT_PATH") or folder if verify or unverified else None
    return Endpoint(url, "DOCKER_HOST", tls, skip_verify=not verify)


def _from_context(name: str, source: str, folder: str, read: Callable[[str], str | None]) -> Endpoint:
    if name == "default":
        return Endpoint(DEFAULT_URL, "context default")
    from hashlib import sha256

    key = sha256(name.encode()).hexdigest()
    path = os.path.join(folder, "contexts", "meta", key, "meta.json")
    text = read(path)
    if text is None:
        raise Failure(
            f"docker context `{name}` (from {source}) does not exist",
            "docker context ls        # pick one that does\ndocker context use default",
            USAGE,
        )
    docker = _json(text, path).get("Endpoints", {}).get("docker", {})
    tls = os.path.join(folder, "contexts", "tls", key, "docker")
    has_tls = read(os.path.join(tls, "ca.pem")) is not None or read(os.path.join(tls, "cert.pem")) is not None
    skip = bool(docker.get("SkipTLSVerify"))
    url = docker.get("Host") or DEFAULT_URL
    return Endpoint(url, f"context {name}", tls if has_tls or skip else None, skip_verify=skip)


def _json(text: str, path: str) -> dict:  # type: ignore[type-arg]
    import json

    try:
        value = json.loads(text)
    except ValueError as problem:
        raise Failure(f"{path} is not JSON: {problem}", f"mend or remove {path}", USAGE) from None
    return value if isinstance(value, dict) else {}
