"""How to install an engine on this machine: facts as text in, plan out. Pure; `install` carries it out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine_host.apt_sources import derive_release, has_suite, read_sources
from failure import NO_ENGINE, Failure

SOURCE_FILE = "/etc/apt/sources.list.d/seatrial-trixie.sources"
PIN_FILE = "/etc/apt/preferences.d/seatrial-trixie"
SOURCE_HEADER = "# Made by seatrial's scripts/engine: Docker from Debian trixie. Pinned low in {pin}.\n"
DOCKER_DOCS = "https://docs.docker.com/engine/install/"

PACKAGES = {
    "debian": {
        "engine": ("docker.io", "docker-cli", "iptables", "ca-certificates"),
        "client": ("docker-cli",),
        "compose": ("docker-compose",),
        "buildx": ("docker-buildx",),
    },
    "ubuntu": {
        "engine": ("docker.io", "iptables", "ca-certificates"),
        "client": ("docker.io",),
        "compose": ("docker-compose-v2",),
        "buildx": ("docker-buildx",),
    },
}
"""Distribution → what is missing → packages. Debian's docker.io only recommends its client, so that is named."""
FROM_TRIXIE = ("docker.io", "docker-cli", "docker-compose", "docker-buildx")
"""What may come from trixie onto bookworm although bookworm has a (too old) package of that name."""
ELSEWHERE = {
    "ubuntu": (
        "sudo apt-get update",
        "sudo apt-get install docker.io docker-compose-v2 docker-buildx",
        "sudo systemctl start docker",
    ),
    "fedora": ("sudo dnf install moby-engine docker-cli docker-compose docker-buildx", "sudo systemctl start docker"),
    "arch": ("sudo pacman -S docker docker-compose docker-buildx", "sudo systemctl start docker"),
    "alpine": ("sudo apk add docker docker-cli-compose docker-cli-buildx", "sudo rc-service docker start"),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the plan depends on. `apt_files` is path → text of everything that names apt sources."""

    os_release: str
    apt_files: Mapping[str, str]
    is_root: bool
    missing: tuple[str, ...] = ("engine", "client", "compose", "buildx")
    apparmor: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to write (path, text), in order, then packages to install. `origin` says in words where they come from."""

    origin: str
    files: tuple[tuple[str, str], ...]
    packages: tuple[str, ...]

    def commands(self) -> list[str]:
        """The same by hand, as shell commands for a person who may use sudo."""
        lines = [f"printf %s {shlex.quote(text)} | sudo tee {path} >/dev/null" for path, text in self.files]
        names = " ".join(self.packages)
        return [
            *lines,
            "sudo apt-get update",
            f"sudo apt-get install --no-install-recommends --no-upgrade --no-remove {names}",
        ]


def plan_install(machine: Machine) -> Plan:
    """Decide, or raise the failure (exit 4) whose fix is the exact commands."""
    fields = read_os_release(machine.os_release)
    name = fields.get("PRETTY_NAME") or fields.get("ID") or "this system"
    family = _family(fields)
    if family is None:
        raise Failure(
            f"no Docker engine, and no recipe to install one on {name}", "\n".join(_by_hand(fields)), NO_ENGINE
        )
    plan = _plan_for(family, fields, machine)
    if not machine.is_root:
        what = "no Docker engine" if "engine" in machine.missing else f"missing: {', '.join(machine.missing)}"
        fix = ["run this as root (sudo scripts/engine ensure), or these commands:", *plan.commands()]
        raise Failure(f"{what}, and only root can install it on {name}", "\n".join(fix), NO_ENGINE)
    return plan


def read_os_release(text: str) -> dict[str, str]:
    """os-release(5) as a mapping; lines that are not assignments are passed over."""
    fields = {}
    for line in text.splitlines():
        if match := re.match(r"\s*([A-Z0-9_]+)=(.*)", line):
            fields[match[1]] = match[2].strip().strip("\"'")
    return fields


def _family(fields: Mapping[str, str]) -> str | None:
    """`debian` and `ubuntu` proper. A derivative has its own package set, so it is not guessed at."""
    return fields["ID"] if fields.get("ID") in PACKAGES else None


def _plan_for(family: str, fields: Mapping[str, str], machine: Machine) -> Plan:
    packages = _packages(family, machine)
    if family == "ubuntu":
        return Plan(f"Ubuntu {fields.get('VERSION_ID', '')}".strip(), (), packages)
    if fields.get("VERSION_CODENAME") != "bookworm":
        return Plan(f"Debian {fields.get('VERSION_CODENAME', '')}".strip(), (), packages)
    sources = read_sources({path: text for path, text in machine.apt_files.items() if path != SOURCE_FILE})
    if has_suite(sources, "trixie"):
        return Plan("Debian trixie, already configured", ((PIN_FILE, _pin(own_source=False)),), packages)
    derived = derive_release(sources, "bookworm", "trixie")
    if derived is None:
        raise Failure(
            "bookworm's own Docker is too old, and apt names no mirror from which trixie's could be fetched",
            f"add a Debian source to /etc/apt, or install Docker as {DOCKER_DOCS}debian/ says",
            NO_ENGINE,
        )
    source = SOURCE_HEADER.format(pin=PIN_FILE) + derived
    return Plan("Debian trixie, pinned low", ((PIN_FILE, _pin(own_source=True)), (SOURCE_FILE, source)), packages)


def _packages(family: str, machine: Machine) -> tuple[str, ...]:
    wanted = [package for part in machine.missing for package in PACKAGES[family][part]]
    extra = ["apparmor"] if machine.apparmor and "engine" in machine.missing else []
    return tuple(dict.fromkeys([*wanted, *extra]))


def _pin(own_source: bool) -> str:
    """Preferences: nothing comes from trixie by itself (50 < 100, an installed package's own), but Docker may."""
    low = ("# Nothing else is taken from trixie.", "Package: *", "Pin: release n=trixie*", "Pin-Priority: 50", "")
    docker = (
        "# Made by seatrial's scripts/engine: Docker, and it alone, comes from trixie.",
        f"Package: {' '.join(FROM_TRIXIE)}",
        "Pin: release n=trixie*",
        "Pin-Priority: 500",
        "",
    )
    return "\n".join([*docker, *(low if own_source else ())])


def _by_hand(fields: Mapping[str, str]) -> Sequence[str]:
    for name in (fields.get("ID", ""), *fields.get("ID_LIKE", "").split()):
        if name in ELSEWHERE:
            return ELSEWHERE[name]
    return (f"start Docker Desktop, if you have it; else install Docker Engine with Compose and buildx: {DOCKER_DOCS}",)
