"""Carries out an install plan: writes the apt files, simulates, refuses what would change other packages, installs."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine_host.apt_simulation import objection, read_simulation, too_old
from engine_host.client import SBIN
from engine_host.install_plan import DOCKER_DOCS, Machine, Plan, plan_install
from failure import NO_ENGINE, Failure
from interrupts import held
from paths import read_text, write_atomically
from process import last_lines, run
from talk import doing, say

INSTALL_LOG = "/var/log/seatrial/install.log"
TELLING = ("E:", "W:", "dpkg: error")
APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0")
INSTALL = ("install", "--no-install-recommends", "--no-upgrade")
CAREFUL = ("--no-remove", "-o", "Dpkg::Options::=--force-confold")
ENGINE_PACKAGES = ("docker.io", "docker-ce", "containerd", "containerd.io")


def look_at_machine(missing: Sequence[str]) -> Machine:
    """The facts an install plan depends on, from this machine."""
    apparmor = (read_text("/sys/module/apparmor/parameters/enabled") or "").startswith("Y")
    parser = any(os.path.exists(f"{folder}/apparmor_parser") for folder in SBIN)
    return Machine(
        os_release=read_text("/etc/os-release") or read_text("/usr/lib/os-release") or "",
        apt_files=read_apt_files(),
        is_root=os.geteuid() == 0,
        missing=tuple(missing),
        apparmor=apparmor and not parser,
    )


def read_apt_files() -> dict[str, str]:
    """Path → text of every file that names apt sources."""
    paths = [
        "/etc/apt/sources.list",
        *glob.glob("/etc/apt/sources.list.d/*.list"),
        *glob.glob("/etc/apt/sources.list.d/*.sources"),
    ]
    return {path: text for path in paths if (text := read_text(path)) is not None}


def install(missing: Sequence[str], engine_answers: bool, environment: Mapping[str, str]) -> None:
    """Install what is missing, or raise the failure that says why not. A refused plan leaves apt as it was."""
    plan = plan_install(look_at_machine(missing))
    say(f"installing {', '.join(plan.packages)} (from {plan.origin}; log: {INSTALL_LOG})")
    before = {path: read_text(path) for path, _ in plan.files}
    for path, text in plan.files:
        write_atomically(path, text.encode(), 0o644)
    try:
        _refresh_and_judge(plan, engine_answers, environment)
    except BaseException:
        _put_back(before)
        raise
    with doing(f"installing {len(plan.packages)} packages and what they need", after_s=0), held(_finishing_first):
        _apt([*INSTALL, *CAREFUL, *plan.packages], environment, f"installing {', '.join(plan.packages)} failed")


def _refresh_and_judge(plan: Plan, engine_answers: bool, environment: Mapping[str, str]) -> None:
    update: Failure | None = None
    with doing("reading the package lists"):
        try:
            _apt(["update"], environment, "`apt-get update` failed")
        except Failure as failure:
            update = failure  # a broken source that has nothing to do with Docker must not stop this
    if update is not None:
        say(f"note: {update.what}")
    try:
        output = _apt(["-s", *INSTALL, *plan.packages], environment, "apt cannot install Docker's packages")
    except Failure as failure:
        raise update or failure from None
    simulation = read_simulation(output)
    if old := too_old(simulation):
        raise Failure(
            f"{plan.origin} has no Docker that is new enough: {'; '.join(old)}",
            f"install it from Docker's own packages: {DOCKER_DOCS}",
            NO_ENGINE,
        )
    against = objection(simulation, engine_answers, ENGINE_PACKAGES)
    if against is not None:
        raise Failure(
            f"not installing Docker: {against}, and other packages are left alone",
            "\n".join(["if that is all right with you, do it by hand:", *plan.commands()]).replace(" --no-remove", ""),
            NO_ENGINE,
        )


def _finishing_first() -> None:
    """An installation cut in the middle would leave dpkg in pieces."""
    say("finishing the installation first")


def _put_back(before: Mapping[str, str | None]) -> None:
    for path, text in before.items():
        if text is None:
            Path(path).unlink(missing_ok=True)
        else:
            write_atomically(path, text.encode(), 0o644)


def _apt(arguments: Sequence[str], environment: Mapping[str, str], problem: str) -> str:
    """Run apt-get, append its output to the log, give it back. A failure carries the lines that tell why."""
    quiet = {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    path = os.pathsep.join([environment.get("PATH", ""), *SBIN])
    done = run([*APT, *arguments], {**environment, **quiet, "PATH": path}, merged=True)
    os.makedirs(os.path.dirname(INSTALL_LOG), exist_ok=True)
    with open(INSTALL_LOG, "a", encoding="utf-8") as log:
        log.write(f"$ apt-get {' '.join(arguments)}\n{done.stdout}\n")
    if done.returncode == 0:
        return done.stdout
    telling = [line for line in done.stdout.splitlines() if line.startswith(TELLING) or " Depends: " in line]
    raise Failure(
        f"{problem} (exit {done.returncode}){last_lines(chr(10).join(telling) or done.stdout, 8)}",
        f"put that right and run this again (whole output: {INSTALL_LOG}), or install Docker as {DOCKER_DOCS} says",
        NO_ENGINE,
    )
