"""scripts/engine on a copy of this machine without Docker: real packages from real mirrors, in a throw-away layer."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.private_machine import SCRIPTS, PrivateMachine, changed_disk, copied_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a private machine"),
    pytest.mark.skipif(not shutil.which("apt-get"), reason="this system has no apt"),
]
PACKAGES = "docker.io docker-cli docker-compose docker-compose-v2 docker-buildx containerd runc tini iptables"
WITHOUT_DOCKER = f"""
dpkg --force-depends --purge $(dpkg-query -W -f "\\${{Package}}\\n" {PACKAGES} 2>/dev/null)
rm -rf /etc/docker
rm -f /etc/apt/sources.list.d/seatrial-* /etc/apt/preferences.d/seatrial-* /usr/local/bin/dockerd
mkdir -p /run/home
"""
A_CONFLICT = """
mkdir -p /tmp/p/DEBIAN
cat >/tmp/p/DEBIAN/control <<END
Package: anchor
Version: 1
Architecture: all
Maintainer: x <x@example>
Conflicts: docker.io
Description: x
END
dpkg-deb --build /tmp/p /tmp/p.deb
dpkg --install /tmp/p.deb
"""


@pytest.fixture(scope="module")
def disk() -> Iterator[PrivateMachine]:
    """Docker is taken away once, for all the machines here."""
    with changed_disk(WITHOUT_DOCKER) as made:
        yield made


@pytest.fixture
def machine(base_image: str, disk: PrivateMachine) -> Iterator[PrivateMachine]:
    with copied_machine(base_image, disk=disk) as made:
        yield made


def packages(machine: PrivateMachine) -> set[str]:
    return set(machine.run("dpkg-query", "-W").stdout.splitlines())


def apt_files(machine: PrivateMachine) -> set[str]:
    return set(machine.run("find", "/etc/apt", "-type", "f").stdout.split())


def as_nobody(machine: PrivateMachine, *arguments: str) -> tuple[int, str]:
    done = machine.run(
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "/usr/bin/python3",
        *machine.script(*arguments)[1:],
    )
    return done.returncode, done.stderr


def test_ensure_installs_and_starts_an_engine_and_changes_no_other_package(machine: PrivateMachine) -> None:
    before, apt_before = packages(machine), apt_files(machine)
    done = machine.engine("ensure")
    assert done.returncode == 0, done.stderr
    assert packages(machine) > before
    assert {path for path in apt_files(machine) - apt_before if "seatrial-" not in path} == set()
    assert machine.engine("status").returncode == 0
    assert machine.run("docker", "network", "ls", "--quiet").returncode == 0
    upgradable = machine.run("apt-get", "-s", "upgrade").stdout
    assert "trixie" not in "".join(line for line in upgradable.splitlines() if line.startswith("Inst "))


def test_where_another_package_would_have_to_go_it_refuses_and_leaves_apt_as_it_was(
    base_image: str, disk: PrivateMachine
) -> None:
    with copied_machine(base_image, A_CONFLICT, disk) as machine:
        before, apt_before = packages(machine), apt_files(machine)
        done = machine.engine("ensure")
        assert done.returncode == 4
        assert "error: not installing Docker: apt would remove anchor" in done.stderr
        assert (packages(machine), apt_files(machine)) == (before, apt_before)


def test_without_root_it_prints_commands_that_really_do_it(machine: PrivateMachine) -> None:
    code, said = as_nobody(machine, "ensure")
    assert code == 4
    _, _, fix = said.partition("or these commands:\n")
    assert fix.strip(), said
    commands = "\n".join(line.strip() for line in fix.splitlines()).replace("sudo ", "")
    done = machine.run("sh", "-exc", commands.replace("apt-get install", "apt-get install -y"))
    assert done.returncode == 0, done.stderr
    assert machine.run("docker", "compose", "version").returncode == 0
    assert machine.engine("ensure").returncode == 0


def test_an_unreachable_mirror_is_told_with_apts_own_words_and_leaves_apt_as_it_was(
    base_image: str, disk: PrivateMachine
) -> None:
    nowhere = "grep -rl :// /etc/apt/sources.list* | xargs sed -i s,://[^/]*/,://127.0.0.1:1/,"
    with copied_machine(base_image, f"rm -rf /var/lib/apt/lists/*\n{nowhere}\n", disk) as machine:
        apt_before = apt_files(machine)
        done = machine.engine("ensure")
        assert (done.returncode, "E: " in done.stderr) == (4, True), done.stderr
        assert "/var/log/seatrial/install.log" in done.stderr
        assert apt_files(machine) == apt_before


def test_an_unknown_distribution_is_left_alone(base_image: str, disk: PrivateMachine) -> None:
    with copied_machine(base_image, "rm /etc/os-release; echo ID=slackware >/etc/os-release", disk) as machine:
        done = machine.engine("ensure")
        assert (done.returncode, "no recipe" in done.stderr, "docs.docker.com" in done.stderr) == (4, True, True)


def test_the_scripts_run_from_a_folder_with_a_space_that_cannot_be_written_to(machine: PrivateMachine) -> None:
    machine.run("sh", "-c", f"cp -r '{SCRIPTS}' '/tmp/my scripts' && chmod -R a-w '/tmp/my scripts'")
    done = machine.run("sh", "-c", "cd / && '/tmp/my scripts/engine' status")
    assert (done.returncode, "engine" in done.stdout) == (4, True), done.stderr
