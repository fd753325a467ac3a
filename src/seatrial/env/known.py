"""Which names no schema has to declare, which are secret, and which values must therefore be kept out of sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.env.schema import Schema
    from seatrial.stack import Stack

_SHELLS = frozenset({
    "HOME", "PWD", "OLDPWD", "USER", "UID", "GID", "HOSTNAME", "SHELL", "LANG", "TZ", "TERM", "DISPLAY", "PATH",
    "SSH_AUTH_SOCK", "XAUTHORITY",
})  # fmt: skip
_SECRET_NAME = re.compile(r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|_?KEY|AUTH|DSN|SALT|COOKIE", re.IGNORECASE)
_IN_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*+://[^/\s:@]*:(?P<password>[^/\s@]+)@", re.IGNORECASE)
# Words of every text: to blank them out hides nothing and makes the text unreadable.
_HARMLESS = frozenset({"true", "false", "none", "null", "debug", "info", "warn", "warning", "error"})
# A key that was pasted over several lines is read as names from its second line on.
_PASTED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_.-]{16,}")


def is_tools_own(name: str) -> bool:
    """Whether Compose, Docker or the shell read the variable themselves."""
    return name in _SHELLS or name.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_"))


def is_secret(name: str, schema: Schema | None) -> bool:
    """With a schema what it says; without one, what the name says."""
    if schema is None:
        return bool(_SECRET_NAME.search(name)) and not is_tools_own(name)
    item = schema.by_key().get(name)
    return item.sensitive if item else schema.sensitive and not is_tools_own(name)


def is_pasted(name: str, schema: Schema | None) -> bool:
    """Whether a name that nobody declared looks like a piece of a key rather than like a name."""
    return bool(_PASTED.fullmatch(name)) and not (schema and name in schema.by_key())


def secrets_among(pairs: Iterable[tuple[str, str]], schema: Schema | None) -> Iterator[Secret]:
    """The values to be kept out of sight: those of secret variables, and passwords inside URLs of any variable.

    What a public variable says is no secret under another name either. A name that nobody declared and that looks like
    a line of a pasted key is kept out of sight itself.
    """
    said = tuple(dict.fromkeys(pairs))
    secret = {name for name, _ in said if is_secret(name, schema)}
    public = {text for name, text in said if schema and name not in secret} | _written_for_all(schema)
    for name, text in said:
        if name in secret and text not in public:
            yield Secret(text)
        for found in _IN_URL.finditer(text):
            yield Secret(found["password"])
        if is_pasted(name, schema):
            yield Secret(name)


def _written_for_all(schema: Schema | None) -> set[str | None]:
    """What a schema itself gives to public variables."""
    if schema is None:
        return set()
    from seatrial.env.schema import Template

    return {i.initial.text for i in schema.items if not i.sensitive and isinstance(i.initial, Template)}


def public_words(stack: Stack) -> frozenset[str]:
    """What everybody sees in `docker ps`: a value that is the same as one of them cannot be hidden."""
    words = {stack.name, *stack.names}
    for service in stack.services:
        words |= {service.image, *(port.published for port in service.ports)}
    return frozenset(words)


def hideable(secrets: Iterable[Secret], public: frozenset[str]) -> list[Secret]:
    """The secrets that other people's text can be cleared of; not those that are `public` words anyway."""
    return [s for s in secrets if s.reveal() not in public and s.reveal().casefold() not in _HARMLESS]


def clear(values: Mapping[str, Secret | None]) -> Iterator[tuple[str, str]]:
    """The values that are set, in clear."""
    return ((name, secret.reveal()) for name, secret in values.items() if secret is not None)


def once(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    return tuple(dict.fromkeys(secrets))
