"""A second engine, on a machine within the machine, that is reached over TCP with TLS through a docker context."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.second_engine import load, until_it_listens
from scripts.private_machine import network_of_a_container, private_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_NAME = "another"


@dataclass(frozen=True)
class AnotherEngine:
    """`machine` is its address; `environ` chooses it."""

    machine: str
    environ: dict[str, str]


@contextmanager
def another_engine(folder: Path, image: str) -> Iterator[AnotherEngine]:
    """One that has `image` and nothing else; certificates and the context lie in `folder`."""
    with network_of_a_container(image) as network, private_machine(network=network) as inside:
        machine = _said("nsenter", f"--net={network}", "hostname", "-I").split()[0]
        _certificates(folder, machine)
        tls = [f"--tlscacert={folder}/ca.pem", f"--tlscert={folder}/server.pem", f"--tlskey={folder}/server-key.pem"]
        hosts = [f"--host=tcp://{machine}:2376", "--host=unix:///run/docker.sock"]
        engine = subprocess.Popen(
            inside.command("dockerd", *hosts, "--tlsverify", *tls), stderr=subprocess.PIPE, text=True
        )
        try:
            until_it_listens(engine, machine)
            environ = {"DOCKER_CONFIG": str(folder / "config"), "DOCKER_CONTEXT": _NAME}
            _context(folder, machine)
            load(image, environ)
            yield AnotherEngine(machine, environ)
        finally:
            engine.kill()
            engine.wait()


def _certificates(folder: Path, machine: str) -> None:
    authority = ("-subj", "/CN=authority", "-keyout", "ca-key.pem", "-out", "ca.pem", "-days", "2")
    _openssl(folder, "req", "-x509", *_KEY, *authority)
    for name, use in (("server", f"subjectAltName=IP:{machine}\nextendedKeyUsage=serverAuth"), ("client", "")):
        (folder / f"{name}.ext").write_text(use or "extendedKeyUsage=clientAuth")
        wanted = ("-subj", f"/CN={name}", "-keyout", f"{name}-key.pem", "-out", f"{name}.csr")
        _openssl(folder, "req", "-new", *_KEY, *wanted)
        by = ("-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext")
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *by)


def _context(folder: Path, machine: str) -> None:
    where = f"host=tcp://{machine}:2376,ca={folder}/ca.pem,cert={folder}/client.pem,key={folder}/client-key.pem"
    _said("docker", "--config", str(folder / "config"), "context", "create", _NAME, "--docker", where)


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
