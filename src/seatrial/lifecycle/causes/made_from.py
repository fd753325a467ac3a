"""What containers were made from: kept per checkout, so that the next `up` can name what has changed.

No value is written: a field is kept as a digest under a random key, which is in the same file, for its owner only.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.kept import load, of_checkout, save
from seatrial.lifecycle.causes.fields import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.observed import Snapshot
    from seatrial.project import Project
    from seatrial.stack import Stack

_KIND = "made"
_VERSION = 1
_KEY_BYTES, _DIGEST_BYTES = 32, 12


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """By service: the hash that Compose gave its containers, and the digest of each field that it stands for."""

    key: bytes = field(repr=False)
    services: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    def digests(self, values: Mapping[str, str]) -> dict[str, str]:
        return {path: self._digest(value) for path, value in values.items()}

    def fields_of(self, service: str, config_hash: str) -> Mapping[str, str] | None:
        """The digests behind a container's hash; None where it was made by somebody else, or elsewhere."""
        known, digests = self.services.get(service, ("", {}))
        return digests if known and known == config_hash else None

    def _digest(self, value: str) -> str:
        text = value.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self.key, digest_size=_DIGEST_BYTES).hexdigest()


def made(known: MadeFrom, stack: Stack, before: Snapshot, after: Snapshot) -> MadeFrom:
    """What is known after an `up`: containers that are new were made from the model as it is. Pure."""
    found = dict(known.services)
    model = stack.service_models()
    for container in after.containers:
        new = before.by_id(container.id) is None and not container.one_off
        if new and container.config_hash and container.service in model:
            found[container.service] = (container.config_hash, known.digests(fields(model[container.service])))
    return MadeFrom(known.key, found)


def recalled(project: Project, name: str) -> MadeFrom:
    """What is kept of this checkout; a new key and nothing else where there is none, or one that is not ours."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        record = load(of_checkout(_KIND, project, name))
        key = bytes.fromhex(record["key"])
        if record["version"] == _VERSION and len(key) == _KEY_BYTES:
            return MadeFrom(key, {k: (str(v["hash"]), dict(v["fields"])) for k, v in record["services"].items()})
    return MadeFrom(secrets.token_bytes(_KEY_BYTES))


def remember(project: Project, stack: Stack, before: Snapshot, after: Snapshot) -> None:
    """Keep what new containers were made from. A disk that does not let us is no reason to fail."""
    if not stack.resolved or all(before.by_id(container.id) for container in after.containers):
        return
    known = made(recalled(project, stack.name), stack, before, after)
    services = {name: {"hash": label, "fields": digests} for name, (label, digests) in known.services.items()}
    with suppress(OSError):
        save(
            of_checkout(_KIND, project, stack.name), {"version": _VERSION, "key": known.key.hex(), "services": services}
        )
