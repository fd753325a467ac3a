"""Versions of the engine and its plugins against what this project needs. Pure."""

from __future__ import annotations

import re

MINIMUM = {"engine": (25, 0), "compose": (2, 24), "buildx": (0, 10)}
"""Engine 25 knows a health check's start interval, Compose 2.24 `env_file.required` and merge tags."""


def parse_version(text: str) -> tuple[int, ...] | None:
    """The first dotted number in `text` as a tuple; None where there is none. `v2.26.1-4` → (2, 26, 1)."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else None


def shown(version: tuple[int, ...]) -> str:
    """(2, 24) → "2.24"."""
    return ".".join(str(part) for part in version)


def problem_with(component: str, found: str | None) -> str | None:
    """What is wrong with a component's version text, in words; None where it will do. `found` None: it is missing."""
    least = MINIMUM[component]
    if found is None:
        return f"{component} is missing (at least {shown(least)} is needed)"
    version = parse_version(found)
    if version is None:
        return f"{component} names no version this script can read: {found!r} (at least {shown(least)} is needed)"
    if version < least:
        return f"{component} {shown(version)} is too old (at least {shown(least)} is needed)"
    return None
