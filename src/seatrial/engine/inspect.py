"""Reads `docker inspect`, `docker events` and `docker logs --timestamps` into values. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatrial.engine.observed import Address, Container, Event, Health, Made, Probe
from seatrial.engine.stamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
NUMBER = "com.docker.compose.container-number"
HASH = "com.docker.compose.config-hash"
IMAGE = "com.docker.compose.image"
ONE_OFF = "com.docker.compose.oneoff"
HOOK = "com.docker.compose.hook"
NETWORK = "com.docker.compose.network"
VOLUME = "com.docker.compose.volume"
FOLDER = "com.docker.compose.project.working_dir"
FILES = "com.docker.compose.project.config_files"


def containers(text: str) -> tuple[Container, ...]:
    """The answer of `docker inspect ID...`, a JSON list."""
    return tuple(_container(item) for item in json.loads(text or "[]"))


def made(item: Mapping[str, Any]) -> Made:
    """One image of `docker image inspect`."""
    stamps = (item.get("Created") or "", (item.get("Metadata") or {}).get("LastTagTime") or "")
    tagged_ns = max(nanoseconds(stamp) for stamp in stamps) if all(stamps) else 0
    by_manifest = bool(item.get("Descriptor"))  # in containerd's image store
    labels = (item.get("Config") or {}).get("Labels") or {}
    built_by = (labels.get(PROJECT, ""), labels.get(SERVICE, ""))
    return Made(item["Id"], tagged_ns, bool(item.get("RepoDigests")), _platform(item), by_manifest, built_by)


def _platform(item: Mapping[str, Any]) -> str:
    return "/".join(part for part in map(item.get, ("Os", "Architecture", "Variant")) if part)


def environments(text: str) -> dict[str, dict[str, str]]:
    """By container id, `Config.Env` of `docker inspect`. A name without `=` was taken away and is left out."""
    return {
        item["Id"]: dict(pair.split("=", 1) for pair in item["Config"].get("Env") or () if "=" in pair)
        for item in json.loads(text or "[]")
    }


def _container(item: Mapping[str, Any]) -> Container:
    state, config = item["State"], item["Config"]
    labels = config.get("Labels") or {}
    number = labels.get(NUMBER, "1")
    return Container(
        id=item["Id"],
        name=item["Name"].lstrip("/"),
        service=labels.get(SERVICE, ""),
        state=state["Status"],
        health=_health(state.get("Health")),
        exit_code=state.get("ExitCode", 0),
        oom_killed=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        restart_count=item.get("RestartCount", 0),
        restart_policy=_policy(item.get("HostConfig", {}).get("RestartPolicy") or {}),
        image_id=item.get("Image", ""),
        config_hash=labels.get(HASH, ""),
        recorded_image=labels.get(IMAGE, ""),
        started_at=state.get("StartedAt", ""),
        finished_at=state.get("FinishedAt", ""),
        created_at=item.get("Created") or "",
        number=int(number) if number.isdigit() else 1,
        one_off=labels.get(ONE_OFF, "False") == "True" or bool(labels.get(HOOK)),
        addresses=tuple(addresses(item.get("NetworkSettings", {}).get("Ports") or {})),
        folder=labels.get(FOLDER, ""),
        files=tuple(file for file in labels.get(FILES, "").split(",") if file),
        pid=state.get("Pid") or 0,
        exposed=tuple(_unpublished(item.get("NetworkSettings", {}).get("Ports") or {})),
        networks=tuple(
            (name, end.get("NetworkID") or "")
            for name, end in (item.get("NetworkSettings", {}).get("Networks") or {}).items()
        ),
        joins=tuple(dict.fromkeys(_joined(item.get("HostConfig") or {}))),
        volumes=tuple((m["Destination"], m["Name"]) for m in item.get("Mounts") or () if m.get("Type") == "volume"),
    )


def _joined(host: Mapping[str, Any]) -> Iterable[str]:
    """The engine keeps the id, also where a name was given."""
    for key in ("NetworkMode", "PidMode", "IpcMode"):
        kind, _, other = str(host.get(key) or "").partition(":")
        if kind == "container":
            yield other


def _policy(policy: Mapping[str, Any]) -> str:
    name, limit = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
    return f"{name}:{limit}" if limit else name


def _health(health: Mapping[str, Any] | None) -> Health | None:
    if not health or health.get("Status") in (None, "", "none"):
        return None
    probes = tuple(
        Probe(probe.get("ExitCode", 0), probe.get("Output") or "", probe.get("Start", ""), probe.get("End", ""))
        for probe in health.get("Log") or ()
    )
    return Health(health["Status"], health.get("FailingStreak", 0), probes)


def addresses(ports: Mapping[str, Any]) -> Iterable[Address]:
    """`NetworkSettings.Ports`: what is published, where; exposed ports that are not published give nothing."""
    for key, bindings in sorted(ports.items()):
        target, _, protocol = key.partition("/")
        for binding in bindings or ():
            yield Address(binding["HostIp"], int(binding["HostPort"]), int(target), protocol or "tcp")


def _unpublished(ports: Mapping[str, Any]) -> Iterable[int]:
    keys = (key.partition("/") for key, bindings in sorted(ports.items()) if not bindings)
    yield from (int(target) for target, _, protocol in keys if protocol == "tcp")


def event(line: str) -> Event | None:
    """One line of `docker events --format '{{json .}}'`; None when it is no container's."""
    item = json.loads(line)
    if item.get("Type") != "container":
        return None
    attributes = item["Actor"].get("Attributes") or {}
    return Event(item["Action"], item["Actor"]["ID"], attributes.get(SERVICE, ""), item["timeNano"], attributes)
