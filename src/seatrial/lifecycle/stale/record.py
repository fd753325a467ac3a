"""What images were built from, kept per checkout: sizes, times and keyed digests, no content."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial import kept
from seatrial.plain_file import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.lifecycle.stale.inputs import Stamp
    from seatrial.project import Project

_KIND = "builds"
# Of a bigger file size and time are enough.
_READ = 5_000_000


@dataclass(frozen=True, slots=True)
class Known:
    """One file as it was: its stamp, and a digest of its content ("" when it was too big to read)."""

    size: int
    mtime_ns: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """One image: its id, a digest of its build section, and what it was built from: files, and ids of other images."""

    image: str
    definition: str
    files: Mapping[str, Known]
    bases: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """The images of one checkout; `key` makes digests useless to whoever has not the file."""

    key: bytes
    services: dict[str, Built] = field(default_factory=dict)

    def definition(self, build: Mapping[str, Any]) -> str:
        return self._digest(json.dumps(build, sort_keys=True).encode())

    def content(self, file: Path, size: int) -> str:
        """The digest of a file; "" when it is too big or cannot be read."""
        if size > _READ:
            return ""
        with suppress(OSError):
            return self._digest(os.fsencode(file.readlink()) if file.is_symlink() else read_bytes(file)[0])
        return ""

    def remember(
        self, service: str, image: str, build: Mapping[str, Any], found: Mapping[str, Stamp], bases: Mapping[str, str]
    ) -> None:
        context = Path(str(build["context"]))
        files = {path: Known(s.size, s.mtime_ns, self.content(context / path, s.size)) for path, s in found.items()}
        self.services[service] = Built(image, self.definition(build), files, bases)

    def _digest(self, content: bytes) -> str:
        return hashlib.blake2b(content, key=self.key, digest_size=16).hexdigest()


def load(project: Project, name: str) -> Record:
    """The record of a checkout; an empty one when there is none, or not one of ours."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told = kept.load(kept.of_checkout(_KIND, project, name))
        services = {
            service: Built(
                str(one["image"]),
                str(one["definition"]),
                {p: Known(*known) for p, known in one["files"].items()},
                dict(one.get("bases") or {}),
            )
            for service, one in told["services"].items()
        }
        return Record(bytes.fromhex(told["key"]), services)
    return Record(secrets.token_bytes(32))


def save(project: Project, name: str, record: Record) -> None:
    """Write it. A disk that does not let us is no reason to fail."""
    services = {
        service: {
            "image": one.image,
            "definition": one.definition,
            "bases": dict(one.bases),
            "files": {path: [known.size, known.mtime_ns, known.digest] for path, known in one.files.items()},
        }
        for service, one in record.services.items()
    }
    with suppress(OSError):
        whole = {"version": 1, "key": record.key.hex(), "services": services}
        kept.save(kept.of_checkout(_KIND, project, name), whole)
