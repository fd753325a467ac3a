"""What differs between a container and the model, as far as the container itself tells it. Pure.

For containers of which nothing is remembered: made by plain Compose, on another machine, or before the record was lost.
What only the image or an old compose file could tell is left out: better a cause less than a wrong one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seatrial.composed import seconds, undoubled
from seatrial.lifecycle.causes.fields import difference
from seatrial.lifecycle.causes.mounted import mounts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seatrial.engine.facts import Check, Facts
    from seatrial.stack import Service

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
# The engine sets it where the image does not; proxies come from the docker client's own configuration.
_NOT_THE_MODELS = frozenset({"PATH", *_PROXIES, *(name.lower() for name in _PROXIES)})
_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  an address that is compared, not bound
_SWITCHES = ("init", "tty", "read_only")
_TIMES = ("interval", "timeout", "start_period", "start_interval")

Paths = dict[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A container as it is.

    Attributes:
        environment: of its main process. Values are secrets.
        of_image: `NAME=value` of what its image brings along; None when that is not known.
    """

    facts: Facts
    environment: Mapping[str, str] = field(repr=False)
    of_image: Collection[str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wished:
    """A service as it is to be: of the stack, as Compose resolved it, its image's name, its environment (secrets).

    Attributes:
        names: of volumes and networks, by kind and key, as the engine calls them.
    """

    service: Service
    model: Mapping[str, Any] = field(repr=False)
    image: str
    environment: Mapping[str, str] = field(repr=False)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)


def unexplained(environment: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Variables of a container that are the image's, or were taken out of the model: the image's own can tell."""
    return tuple(name for name in environment if name not in wanted and name not in _NOT_THE_MODELS)


def told(made: Made, wished: Wished) -> str:
    """The fields that differ, as `difference` says it; "" where the container does not tell."""
    facts, model = made.facts, wished.model
    old: Paths = {"image": facts.image, "restart": _restart(facts)}
    new: Paths = {"image": wished.image, "restart": wished.service.restart}
    for name in _SWITCHES:
        old[name], new[name] = str(getattr(facts, name)), str(bool(model.get(name)))
    for name in ("user", "stop_signal"):  # where the model says nothing it is the image's
        if model.get(name):
            old[name], new[name] = getattr(facts, name), str(model[name])
    if wished.service.stop_grace_period:
        new["stop_grace_period"] = str(int(seconds(wished.service.stop_grace_period, 0)))
        old["stop_grace_period"] = str(facts.stop_timeout_s)
    _environment(old, new, made, wished)
    _command(old, new, facts, model)
    _check(old, new, facts.check, model.get("healthcheck") or {})
    _ports(old, new, facts, wished.service)
    _networks(old, new, facts, wished)
    mounts(old, new, facts, model, wished.names)
    return difference(old, new, (facts.image, wished.image))


def _environment(old: Paths, new: Paths, made: Made, wished: Wished) -> None:
    new.update({f"environment.{name}": value for name, value in wished.environment.items()})
    gone = unexplained(made.environment, wished.environment) if made.of_image is not None else ()
    for name, value in made.environment.items():
        if name in wished.environment or (name in gone and f"{name}={value}" not in (made.of_image or ())):
            old[f"environment.{name}"] = value


def _command(old: Paths, new: Paths, facts: Facts, model: Mapping[str, Any]) -> None:
    """Entrypoint and arguments are one list in a container: told apart only where the model has the entrypoint."""
    first, rest = (_words(model.get(name)) for name in ("entrypoint", "command"))
    is_now = list(facts.command)
    if first and is_now[: len(first)] != first:
        old["entrypoint"], new["entrypoint"] = "", json.dumps(first)
        is_now = is_now[-len(rest) :]
    elif first:
        is_now = is_now[len(first) :]
    else:
        is_now = is_now[-len(rest) :]
    if rest and is_now != rest:
        old["command"], new["command"] = json.dumps(is_now), json.dumps(rest)


def _check(old: Paths, new: Paths, check: Check | None, model: Mapping[str, Any]) -> None:
    test = _words(model.get("test"))
    if model.get("disable") or test[:1] == ["NONE"]:
        if check:
            old["healthcheck"] = "on"
        return
    if test:
        new["healthcheck.test"] = json.dumps(test)
    new.update({f"healthcheck.{name}": str(seconds(model[name], 0)) for name in _TIMES if model.get(name)})
    if model.get("retries"):
        new["healthcheck.retries"] = str(model["retries"])
    if check:
        values = {name: str(getattr(check, f"{name}_s")) for name in _TIMES}
        values |= {"test": json.dumps(list(check.test)), "retries": str(check.retries)}
        old.update({path: value for name, value in values.items() if (path := f"healthcheck.{name}") in new})


def _ports(old: Paths, new: Paths, facts: Facts, service: Service) -> None:
    if not facts.pid or facts.network_mode.partition(":")[0] in ("host", "none", "container"):
        return  # the engine lists the ports of a container that runs and has a network of its own
    chosen = [port for port in service.ports if port.published.isdigit()]
    picked = {(port.target, port.protocol) for port in service.ports if port not in chosen}
    wanted = {(p.target, p.protocol, p.published, _host(p.host_ip)) for p in chosen}
    actual = {
        (a.target, a.protocol, str(a.host_port), _host(a.host_ip))
        for a in facts.published
        if (a.target, a.protocol) not in picked
    }
    for paths, ports in ((old, actual), (new, wanted)):
        for target, protocol, published, host in sorted(ports):
            if (target, protocol) not in picked:
                path = f"ports.{target}/{protocol}"
                paths[path] = f"{paths.get(path, '')} {host}:{published}"


def _networks(old: Paths, new: Paths, facts: Facts, wished: Wished) -> None:
    """Those that it lacks. One too many may have been connected by hand."""
    attached = {network.name for network in facts.networks}
    for key in wished.model.get("networks") or {}:
        name = wished.names.get(("networks", key), "")
        new[f"networks.{key}"] = name
        if not name or name in attached:
            old[f"networks.{key}"] = name


def _host(address: str) -> str:
    return "" if address in _ANYWHERE else address


def _restart(facts: Facts) -> str:
    policy = facts.restart_policy or "no"
    return f"{policy}:{facts.restart_limit}" if facts.restart_limit else policy


def _words(value: Any) -> list[str]:
    """In Compose's JSON every `$` is doubled."""
    return [undoubled(word) for word in value or ()]
