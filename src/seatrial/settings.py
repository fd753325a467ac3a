"""The one reader of Invoke's configuration: each default is written here once, each value knows where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from seatrial.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

# Lasting choices of a project live in its tasks.py: ns.configure({"seatrial": {...}}).
DEFAULTS: dict[str, Any] = {
    "files": [],
    "profiles": [],
    "project_name": "",
    "timeout": 120.0,
    "stable": 1.0,
    "helper_image": "",
}
HELP = {
    "files": "compose files, relative to where one stands; default: as Compose finds them, or compose/compose.yaml",
    "profiles": "profiles to enable",
    "project_name": "name of the project; default: as Compose derives it",
    "timeout": "seconds that `up` and `restart` wait until services are ready",
    "stable": "seconds that a service without a health check must run before it counts as up",
    "helper_image": "image through which drills look into containers, and `watch` deletes where there is no `rm`; needs"
    " `sh`, `cat`, `ls`, `rm`; default: a local `busybox`, or one is made",
}


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A value and its source: "command line", "configuration" or "default"."""

    value: T
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by.

    Attributes:
        timeout_s: how long `up` and `restart` wait for services to be ready, in seconds.
        stable_s: how long a service without a health check must run before it counts as up, in seconds.
        helper_image: the image of the container that looks inside of others; "" finds or makes one.
    """

    files: Setting[tuple[str, ...]]
    profiles: Setting[tuple[str, ...]]
    project_name: Setting[str]
    timeout_s: Setting[float]
    stable_s: Setting[float]
    helper_image: Setting[str]

    @property
    def grace_s(self) -> int | None:
        """What `--timeout` means where something is stopped, as to Compose: whole seconds until it is killed.

        None leaves each its own. The lasting setting is about starts.
        """
        return ceil(self.timeout_s.value) if self.timeout_s.source == "command line" else None


def read(configured: Mapping[str, Any], flags: Mapping[str, Any]) -> Settings:
    """Settings from the `seatrial` part of the configuration and the flags of one call; an empty flag says nothing.

    Raises:
        UsageError: a value has the wrong kind.
    """
    for key in configured:
        if key not in DEFAULTS and key != "engine":
            from difflib import get_close_matches

            close = get_close_matches(key, DEFAULTS, n=1) or sorted(DEFAULTS)
            raise UsageError(f"there is no setting seatrial.{key}", fix=f"use {' or '.join(close)}")

    def setting(key: str, kind: type[T]) -> Setting[T]:
        flag, value = flags.get(key), configured.get(key, DEFAULTS[key])
        if flag not in (None, "", [], ()):
            return Setting(_as(kind, flag, f"--{key.replace('_', '-')}"), "command line")
        source = "default" if value == DEFAULTS[key] else "configuration"
        return Setting(_as(kind, value, f"the setting seatrial.{key}"), source)

    return Settings(
        files=setting("files", tuple),
        profiles=setting("profiles", tuple),
        project_name=setting("project_name", str),
        timeout_s=setting("timeout", float),
        stable_s=setting("stable", float),
        helper_image=setting("helper_image", str),
    )


def _as(kind: type[T], value: Any, where: str) -> T:
    try:
        if kind is tuple and isinstance(value, str):
            value = [value]
        result: Any = kind(value)  # type: ignore[call-arg]
    except (TypeError, ValueError):
        name = {float: "a number of seconds", tuple: "a list of texts"}.get(kind, "a text")
        raise UsageError(f"{where} is {value!r}", fix=f"give it {name}") from None
    if kind is float and not 0 <= float(result) < float("inf"):
        raise UsageError(f"{where} is {value!r}", fix="give it a number of seconds, 0 or more")
    return result  # type: ignore[no-any-return]
