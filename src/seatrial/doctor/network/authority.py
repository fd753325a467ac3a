"""Does this machine trust certificates of its own (a company's proxy that looks inside TLS), and do builds too?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.plain_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_ANCHORS = ("/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors")
_SHIPPED = "/usr/share/ca-certificates"
_NAMED_BY = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Authority:
    """`extra` certificates that the system did not come with, in the file `bundle`; `named` by these variables."""

    extra: int = 0
    bundle: str = ""
    named: tuple[str, ...] = ()


def looked(environ: Mapping[str, str]) -> Authority:
    named = tuple(name for name in _NAMED_BY if environ.get(name) and Path(environ[name]).is_file())
    bundle = environ[named[0]] if named else next((path for path in _BUNDLES if Path(path).is_file()), "")
    shipped = [_text(file) for file in Path(_SHIPPED).rglob("*.crt")]
    if shipped and bundle:
        return Authority(len(beyond(_text(Path(bundle)), shipped)), bundle, named)
    anchors = sum(
        1 for folder in _ANCHORS if Path(folder).is_dir() for file in Path(folder).iterdir() if file.is_file()
    )
    return Authority(anchors, bundle, named)


def beyond(bundle: str, shipped: Iterable[str]) -> frozenset[str]:
    """The certificates of the bundle's text that are in none of the shipped texts. Pure."""
    return _bodies(bundle) - {body for text in shipped for body in _bodies(text)}


def judge(found: Authority, downloading: Sequence[str], builds: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """`downloading`: services whose build fetches something; `builds`: by service the `build` of the model."""
    if not found.extra:
        yield ok("this machine trusts the usual certificates only")
        return
    told = f"this machine trusts {found.extra} certificates of its own ({found.bundle})"
    without = [name for name in downloading if not builds[name].get("secrets")]
    if not without:
        yield ok(f"{told}; " + ("builds are given them as a secret" if downloading else "no build downloads anything"))
        return
    yield warning(
        f"{told}, and the builds of {', '.join(without)} know nothing of them",
        why="a proxy that looks inside TLS signs with a certificate that builds do not trust: downloads fail, often"
        " only after minutes of retries",
        fix="give it to the build as a secret, which ends in no layer. In the compose file:\n"
        '  secrets: {ca: {file: "${BUILD_CA_FILE:-/dev/null}"}}   and `secrets: [ca]` under `build:`\n'
        "in the Dockerfile, for each RUN that downloads:\n"
        "  RUN --mount=type=secret,id=ca,target=/run/secrets/ca.crt NODE_EXTRA_CA_CERTS=/run/secrets/ca.crt npm ci\n"
        "  (pip: PIP_CERT, curl: CURL_CA_BUNDLE, others: SSL_CERT_FILE)\n"
        f"in the env file: BUILD_CA_FILE={found.bundle}",
        services=tuple(without),
    )


def _bodies(text: str) -> frozenset[str]:
    return frozenset("".join(body.split()) for body in _CERTIFICATE.findall(text))


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except OSError:
        return ""
