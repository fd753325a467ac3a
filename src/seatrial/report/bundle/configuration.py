"""A compose model without what may be secret in it: names of everything, values of what cannot hold any. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT = "(left out)"
# Of a service: numbers, words of a list of Compose's own, and names that `docker ps` shows to everybody.
_PLAIN = frozenset(
    {
        "image", "restart", "stop_grace_period", "stop_signal", "init", "user", "read_only", "platform", "privileged",
        "pull_policy", "container_name", "network_mode", "pid", "ipc", "scale", "mem_limit", "cpus", "pids_limit",
        "oom_kill_disable", "tty", "stdin_open", "profiles", "depends_on", "cap_add", "cap_drop", "attach",
    }
)  # fmt: skip
_PARTS: dict[str, frozenset[str]] = {
    "healthcheck": frozenset({"interval", "timeout", "retries", "start_period", "start_interval", "disable"}),
    "build": frozenset({"dockerfile", "target", "network", "no_cache", "pull"}),
    "logging": frozenset({"driver"}),
}
_PORT = frozenset({"target", "published", "protocol", "mode", "host_ip"})
_MOUNT = frozenset({"type", "target", "read_only"})


def configuration(model: Mapping[str, Any]) -> dict[str, Any]:
    """What a model says, with `(left out)` for whatever might be a secret: values of variables, labels, arguments."""
    told: dict[str, Any] = {"name": model.get("name"), "services": {}}
    for name, service in (model.get("services") or {}).items():
        told["services"][name] = {key: _value(key, value) for key, value in service.items()}
    for kind in ("networks", "volumes", "secrets", "configs"):
        if model.get(kind):
            told[kind] = sorted(model[kind])
    return told


def _value(key: str, value: Any) -> Any:
    if value is None or key in _PLAIN:
        return value
    if key in _PARTS and isinstance(value, dict):
        return {name: inner if name in _PARTS[key] else _names(inner) for name, inner in value.items()}
    if key == "ports" and isinstance(value, list):
        return [{name: inner for name, inner in port.items() if name in _PORT} for port in value]
    if key == "volumes" and isinstance(value, list):
        return [{name: inner for name, inner in mount.items() if name in _MOUNT} for mount in value]
    if key in ("environment", "labels", "networks", "sysctls", "ulimits"):
        return _names(value)
    return LEFT_OUT


def _names(value: Any) -> Any:
    """Of variables and the like, what they are called."""
    if isinstance(value, dict):
        return sorted(value)  # a list: a name may itself be a piece of a secret, and keys are not redacted
    return LEFT_OUT
