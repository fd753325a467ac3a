"""Values as Compose writes them in its JSON. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

_DURATION = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h|d|w)")
_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def undoubled(value: object) -> str:
    """One value as text, as it is meant."""
    return str(value).replace("$$", "$")


def plain(value: Any) -> Any:
    """A value of Compose's JSON as it is meant: there every `$` is doubled, in keys too."""
    if isinstance(value, str):
        return undoubled(value)
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def seconds(text: str | None, default: float) -> float:
    """A Compose duration such as `1m30s` in seconds; `default` where it is absent or zero, as the engine reads it."""
    total = sum(float(number) * _UNITS_S[unit] for number, unit in _DURATION.findall(text or ""))
    return total or default


def json_model(text: str) -> str:
    """Return a resolved model that Compose wrote as YAML, as JSON that Compose reads back.

    Compose cannot write `build.ssh` with a path as JSON, and does not read its own YAML for it: `id: path`, where it
    wants `id=path`.
    """
    import yaml

    model = yaml.safe_load(text)
    for service in (model.get("services") or {}).values():
        build = service.get("build") or {}
        if "ssh" in build:
            build["ssh"] = [key.replace(": ", "=", 1) for key in build["ssh"]]
    return json.dumps(model, default=str)
