"""Names that no schema has to declare, and names that are secret when there is no schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.env.schema import Schema

_SHELLS = frozenset({"HOME", "PWD", "USER", "UID", "GID", "HOSTNAME", "SHELL", "LANG", "TZ", "TERM", "DISPLAY"})
_SECRET_NAME = re.compile(r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|_?KEY|AUTH|DSN|SALT|COOKIE", re.IGNORECASE)
_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:(?P<password>[^/\s@]+)@", re.IGNORECASE)


def is_tools_own(name: str) -> bool:
    """Whether Compose, Docker or the shell read the variable themselves."""
    return name in _SHELLS or name.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_"))


def is_secret(name: str, schema: Schema | None) -> bool:
    """With a schema what it says; without one, what the name says."""
    if schema is None:
        return bool(_SECRET_NAME.search(name))
    item = schema.by_key().get(name)
    return item.sensitive if item else schema.sensitive and not is_tools_own(name)


def secrets_among(values: Mapping[str, str], schema: Schema | None) -> Iterator[Secret]:
    """The values to be kept out of sight: those of secret variables, and passwords inside URLs of any variable.

    What a public variable says is no secret under another name either.
    """
    public = {text for name, text in values.items() if schema and not is_secret(name, schema)}
    for name, text in values.items():
        if is_secret(name, schema) and text not in public:
            yield Secret(text)
        for found in _IN_URL.finditer(text):
            yield Secret(found["password"])
