"""Which names no schema has to declare, which are secret, and which values must therefore be kept out of sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from seatrial.env.secret import Secret
from seatrial.env.secret_names import is_secret_name
from seatrial.env.secret_shapes import found_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.env.schema import Schema
    from seatrial.stack import Stack

_SHELLS = frozenset({
    "HOME", "PWD", "OLDPWD", "USER", "UID", "GID", "HOSTNAME", "SHELL", "LANG", "TZ", "TERM", "DISPLAY", "PATH",
    "SSH_AUTH_SOCK", "XAUTHORITY",
})  # fmt: skip
# Words of every text: to blank them out hides nothing and makes the text unreadable.
_HARMLESS = frozenset({
    "true", "false", "none", "null", "yes", "debug", "info", "warn", "warning", "error", "postgres", "mysql",
    "mariadb", "redis", "mongo", "mongodb", "rabbitmq", "root", "admin", "user", "guest", "test", "password",
    "secret", "token", "example", "default", "localhost", "development", "production",
})  # fmt: skip
_WORDS = re.compile(r"[^A-Za-z0-9]+")
# What a path may have of a name; a token that is put into a path is longer, or has digits.
_PLAIN_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,16}(?![A-Za-z0-9])")
_NUMBER = re.compile(r"\d{1,5}")
# A key that was pasted over several lines is read as names from its second line on.
_PASTED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_.-]{16,}")


def is_tools_own(name: str) -> bool:
    """Whether Compose, Docker or the shell read the variable themselves."""
    return name in _SHELLS or name.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_"))


def is_secret(name: str, schema: Schema | None) -> bool:
    """With a schema what it says; without one, what the name says."""
    if schema is None:
        return is_secret_name(name) and not is_tools_own(name)
    item = schema.by_key().get(name)
    return item.sensitive if item else schema.sensitive and not is_tools_own(name)


def is_pasted(name: str, schema: Schema | None) -> bool:
    """Whether a name that nobody declared looks like a piece of a key rather than like a name."""
    return bool(_PASTED.fullmatch(name)) and not (schema and name in schema.by_key())


def secrets_among(pairs: Iterable[tuple[str, str]], schema: Schema | None) -> Iterator[Secret]:
    """The values to be kept out of sight: those of secret variables, and what looks like a secret in any variable.

    What a public variable says is no secret under another name either. A name that nobody declared and that looks like
    a line of a pasted key is kept out of sight itself.
    """
    said = tuple(dict.fromkeys(pairs))
    secret = {name for name, _ in said if is_secret(name, schema)}
    public = {text for name, text in said if schema and name not in secret} | _written_for_all(schema)
    for name, text in said:
        if name in secret and text not in public:
            yield Secret(text)
        for found in found_in(text):
            yield Secret(found)
            if "%" in found:  # the program that reads the URL sees it decoded
                yield Secret(unquote(found))
        if is_pasted(name, schema):
            yield Secret(name)


def _written_for_all(schema: Schema | None) -> set[str | None]:
    """What a schema itself gives to public variables."""
    if schema is None:
        return set()
    from seatrial.env.schema import Template

    return {i.initial.text for i in schema.items if not i.sensitive and isinstance(i.initial, Template)}


def public_words(stack: Stack) -> frozenset[str]:
    """What everybody sees in `docker ps`, `docker network ls`, `docker volume ls`, and plain words of mounts."""
    words = {stack.name, *stack.names}
    for service in stack.services:
        words |= {service.image, f"{stack.name}-{service.name}", *(port.published for port in service.ports)}
    model, models = stack.parsed(), stack.service_models().values()
    words |= {str(one["container_name"]) for one in models if one.get("container_name")}
    mounts = [mount for one in models for mount in one.get("volumes") or ()]
    for mount in mounts:
        words.update(_PLAIN_WORD.findall(f"{mount.get('source')} {mount.get('target')}"))
    for kind in ("networks", "volumes"):
        words |= {str((told or {}).get("name") or name) for name, told in (model.get(kind) or {}).items()}
    return frozenset(words)


def hideable(secrets: Iterable[Secret], public: frozenset[str]) -> list[Secret]:
    """The secrets that other people's text can be cleared of; not those that are words of `public` names anyway."""
    words = {*public, *(word for name in public for word in _WORDS.split(name))}
    return [secret for secret in secrets if not _is_common(secret.reveal()) and secret.reveal() not in words]


def _is_common(text: str) -> bool:
    return text.casefold() in _HARMLESS or bool(_NUMBER.fullmatch(text))


def clear(values: Mapping[str, Secret | None]) -> Iterator[tuple[str, str]]:
    """The values that are set, in clear."""
    return ((name, secret.reveal()) for name, secret in values.items() if secret is not None)


def once(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    return tuple(dict.fromkeys(secrets))
