"""What the engine has of one project, without what differs from one start to the next."""

import json
import re
import subprocess
from typing import Any

_LABEL = "com.docker.compose.project"
# Which client made a container, not what it is.
_CLIENT_LABELS = ("com.docker.compose.replace", "com.docker.compose.version", "desktop.docker.io/binds")


def snapshot(name: str) -> dict[str, Any]:
    """Containers, networks and volumes of a project, by name, with all that a compose file decides."""
    containers = _inspect("container", _ids("ps", "-aq", name))
    networks = _inspect("network", _ids("network ls", "-q", name))
    volumes = _inspect("volume", _ids("volume ls", "-q", name))
    return {
        "containers": {item["Name"]: _container(item, name) for item in containers},
        "networks": {
            item["Name"]: {key: item[key] for key in ("Driver", "Internal", "EnableIPv6", "Attachable", "Options")}
            | {"Labels": _labels(item["Labels"]), "Subnets": _subnets(item)}
            for item in networks
        },
        "volumes": {
            item["Name"]: {"Driver": item["Driver"], "Options": item["Options"], "Labels": _labels(item["Labels"])}
            for item in volumes
        },
    }


def container_ids(name: str) -> dict[str, str]:
    """The id of each container of a project, by name."""
    return {item["Name"]: item["Id"] for item in _inspect("container", _ids("ps", "-aq", name))}


def troubles(name: str) -> list[str]:
    """What the engine reports as wrong: failed exits, restarts, health; empty where all is well."""
    found = []
    for item in _inspect("container", _ids("ps", "-aq", name)):
        state = item["State"]
        health = (state.get("Health") or {}).get("Status", "")
        if state["Status"] in ("exited", "dead") and state["ExitCode"]:
            found.append(f"{item['Name']} exited with {state['ExitCode']}")
        elif state["Status"] == "created":
            found.append(f"{item['Name']} was not started")
        elif item["RestartCount"] or state["Status"] in ("restarting", "paused"):
            found.append(f"{item['Name']} restarted {item['RestartCount']} times, {state['Status']}")
        elif health in ("unhealthy", "starting"):
            found.append(f"{item['Name']} is {health}")
    return found


def _container(item: dict[str, Any], project: str) -> dict[str, Any]:
    config, host, own_id = item["Config"], dict(item["HostConfig"]), item["Id"][:12]
    if re.fullmatch(r"[0-9a-f]{12}", config["Hostname"]):  # its own, or that of the container whose network it shares
        config["Hostname"] = "(id)"
    config["Labels"] = _labels(config["Labels"])
    config["Env"] = sorted(config["Env"] or ())
    host["Links"] = sorted(host.get("Links") or ())
    host["Mounts"] = sorted(host.get("Mounts") or (), key=lambda mount: str(mount["Target"]))
    host.pop("Binds", None)  # the same mounts stand in Mounts, resolved
    text = json.dumps({"Config": config, "HostConfig": host, "Image": item["Image"]})
    # Another container whose namespace or volumes are shared is named by its id, and the hash has it too.
    shared = re.sub(r"\b[0-9a-f]{64}\b", "(id)", text) if _uses_another(host) else text
    return dict(json.loads(shared)) | {
        "Mounts": sorted(_mount(mount) for mount in item["Mounts"]),
        "Networks": {
            name: {
                "Aliases": sorted({alias for alias in network["Aliases"] or () if alias != own_id}),
                "Address": network["IPAMConfig"],
                "Links": network["Links"],
                "MacGiven": bool(config.get("MacAddress")),
            }
            for name, network in item["NetworkSettings"]["Networks"].items()
        },
        "started": not item["State"]["StartedAt"].startswith("0001"),
    }


def _uses_another(host: dict[str, Any]) -> bool:
    modes = (host["NetworkMode"], host["IpcMode"], host["PidMode"])
    return bool(host["VolumesFrom"]) or any(mode.startswith("container:") for mode in modes)


def _mount(mount: dict[str, Any]) -> str:
    anonymous = re.fullmatch(r"[0-9a-f]{64}", mount.get("Name", ""))
    source = "(anonymous)" if anonymous else mount.get("Name") or mount.get("Source", "")
    return f"{mount['Type']} {source} -> {mount['Destination']} {'rw' if mount['RW'] else 'ro'} {mount.get('Mode', '')}"


def _labels(labels: dict[str, str] | None) -> dict[str, str]:
    labels = dict(labels or {})
    depends = labels.get("com.docker.compose.depends_on")
    if depends:  # Compose writes them in the order of a map
        labels["com.docker.compose.depends_on"] = ",".join(sorted(depends.split(",")))
    return {name: value for name, value in labels.items() if name not in _CLIENT_LABELS}


def _subnets(network: dict[str, Any]) -> list[str]:
    """Subnets that a compose file chose: the engine's own choice differs from one creation to the next."""
    configured = [item.get("Subnet", "") for item in network["IPAM"]["Config"] or ()]
    return [subnet for subnet in configured if not subnet.startswith(("172.", "192.168.", "10."))] or ["(any)"]


def _ids(command: str, flag: str, name: str) -> list[str]:
    done = subprocess.run(
        ["docker", *command.split(), flag, "--filter", f"label={_LABEL}={name}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def _inspect(kind: str, ids: list[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    done = subprocess.run(["docker", kind, "inspect", *ids], capture_output=True, text=True, check=False)
    return list(json.loads(done.stdout or "[]"))
