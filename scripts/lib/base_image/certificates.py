"""Whether builds on this machine need a certificate authority of its own, and which file has it."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping

from paths import cache_folder, read_text, write_atomically

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
ANCHORS = ("/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors")
SHIPPED = "/usr/share/ca-certificates"
NAMED_BY = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
SECRET_LIMIT = 500 * 1024
"""BuildKit refuses bigger secrets, in bytes."""
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.DOTALL)


def build_ca_file(environment: Mapping[str, str]) -> str | None:
    """The file for Compose's build secret; None where the usual certificates are enough."""
    named = [environment[name] for name in NAMED_BY if environment.get(name)]
    bundle = next((path for path in named if read_text(path)), None)
    if bundle is None:
        bundle = next((path for path in BUNDLES if os.path.exists(path)), None)
        if bundle is None or not _has_more_than_shipped(bundle):
            return None
    return bundle if os.path.getsize(bundle) <= SECRET_LIMIT else _only_extra(bundle, environment)


def extra_certificates(bundle: str, shipped: Iterable[str]) -> list[str]:
    """The certificates (base64, without white space) in a bundle's text that are in none of the shipped texts. Pure."""
    known = {body for text in shipped for body in _bodies(text)}
    return [body for body in dict.fromkeys(_bodies(bundle)) if body not in known]


def _bodies(text: str) -> list[str]:
    return ["".join(body.split()) for body in CERTIFICATE.findall(text)]


def _shipped() -> list[str]:
    return [read_text(path) or "" for path in glob.glob(f"{SHIPPED}/**/*.crt", recursive=True)]


def _has_more_than_shipped(bundle: str) -> bool:
    shipped = _shipped()
    if shipped:
        return bool(extra_certificates(read_text(bundle) or "", shipped))
    return any(os.path.isdir(folder) and os.listdir(folder) for folder in ANCHORS)


def _only_extra(bundle: str, environment: Mapping[str, str]) -> str:
    lines = []
    for body in extra_certificates(read_text(bundle) or "", _shipped()):
        rows = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        lines.append(f"-----BEGIN CERTIFICATE-----\n{rows}\n-----END CERTIFICATE-----\n")
    path = os.path.join(cache_folder(environment), "extra-ca.pem")
    write_atomically(path, "".join(lines).encode(), 0o644)
    return path
