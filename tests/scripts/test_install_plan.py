from __future__ import annotations

import pytest
from engine_host.install_plan import PIN_FILE, SOURCE_FILE, Machine, plan_install
from failure import NO_ENGINE, Failure

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
TRIXIE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n'
JAMMY = 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'
NOBLE = JAMMY.replace("22.04.5", "24.04.1").replace("22.04", "24.04").replace("jammy", "noble")
APT = {"/etc/apt/sources.list": "deb http://mirror.example/debian bookworm main\n"}


def machine(os_release: str, *, is_root: bool = True, missing: tuple[str, ...] | None = None) -> Machine:
    parts = missing or ("engine", "client", "compose", "buildx")
    return Machine(os_release, APT, is_root=is_root, missing=parts)


def test_bookworm_gets_docker_from_trixie_pinned_low_from_its_own_mirror() -> None:
    plan = plan_install(machine(BOOKWORM))
    files = dict(plan.files)
    assert "URIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n" in files[SOURCE_FILE]
    assert files[PIN_FILE].endswith("Package: *\nPin: release n=trixie*\nPin-Priority: 50\n")
    assert plan.packages == (
        "docker.io",
        "docker-cli",
        "iptables",
        "ca-certificates",
        "docker-compose",
        "docker-buildx",
    )


def test_the_pin_is_written_before_the_source_so_that_nothing_can_be_upgraded_in_between() -> None:
    assert [path for path, _ in plan_install(machine(BOOKWORM)).files] == [PIN_FILE, SOURCE_FILE]


def test_only_dockers_own_packages_are_raised_above_bookworms() -> None:
    docker, low = dict(plan_install(machine(BOOKWORM)).files)[PIN_FILE].split("\n\n")
    assert "Package: docker.io docker-cli docker-compose docker-buildx\n" in docker
    assert "Pin-Priority: 500" in docker
    assert "Pin-Priority: 50\n" in low


def test_a_second_run_derives_from_the_machines_sources_and_not_from_its_own_file() -> None:
    first = dict(plan_install(machine(BOOKWORM)).files)
    again = plan_install(Machine(BOOKWORM, {**APT, SOURCE_FILE: first[SOURCE_FILE]}, is_root=True))
    assert dict(again.files) == first


def test_where_trixie_is_configured_already_no_source_is_added_and_other_packages_keep_their_priority() -> None:
    apt = {**APT, "/etc/apt/sources.list.d/t.list": "deb http://mirror.example/debian trixie main\n"}
    plan = plan_install(Machine(BOOKWORM, apt, is_root=True))
    assert [path for path, _ in plan.files] == [PIN_FILE]
    assert "Package: *" not in plan.files[0][1]


def test_trixie_installs_its_own_packages_and_leaves_apt_as_it_is() -> None:
    plan = plan_install(machine(TRIXIE))
    assert (plan.files, "docker.io" in plan.packages, "docker-cli" in plan.packages) == ((), True, True)


@pytest.mark.parametrize("os_release", [JAMMY, NOBLE])
def test_ubuntu_installs_its_own_packages_under_their_names_there(os_release: str) -> None:
    plan = plan_install(machine(os_release))
    assert plan.files == ()
    assert plan.packages == ("docker.io", "iptables", "ca-certificates", "docker-compose-v2", "docker-buildx")


def test_only_what_is_missing_is_installed() -> None:
    assert plan_install(machine(BOOKWORM, missing=("buildx",))).packages == ("docker-buildx",)


def test_a_kernel_with_apparmor_gets_the_parser_that_the_engine_needs() -> None:
    assert "apparmor" in plan_install(Machine(TRIXIE, {}, is_root=True, apparmor=True)).packages
    assert (
        "apparmor" not in plan_install(Machine(TRIXIE, {}, is_root=True, missing=("compose",), apparmor=True)).packages
    )


def test_without_root_the_fix_is_the_very_commands_and_nothing_else_happens() -> None:
    with pytest.raises(Failure) as caught:
        plan_install(machine(BOOKWORM, is_root=False))
    fix = caught.value.fix
    assert caught.value.code == NO_ENGINE
    assert f"| sudo tee {SOURCE_FILE} >/dev/null" in fix
    assert f"| sudo tee {PIN_FILE} >/dev/null" in fix
    assert "sudo apt-get update\nsudo apt-get install --no-install-recommends --no-upgrade --no-remove docker.io" in fix


def test_a_bookworm_without_any_mirror_says_so() -> None:
    with pytest.raises(Failure, match="no mirror"):
        plan_install(Machine(BOOKWORM, {}, is_root=True))


@pytest.mark.parametrize(
    ("os_release", "fix"),
    [
        ("ID=fedora\n", "sudo dnf install"),
        ("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S"),
        ("ID=alpine\n", "sudo apk add"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt-get install docker.io docker-compose-v2 docker-buildx"),
        ("ID=void\n", "https://docs.docker.com/engine/install/"),
        ("", "https://docs.docker.com/engine/install/"),
        ("\x00\xff nonsense", "https://docs.docker.com/engine/install/"),
    ],
)
def test_an_unknown_system_is_left_alone_and_told_what_to_type(os_release: str, fix: str) -> None:
    with pytest.raises(Failure) as caught:
        plan_install(machine(os_release))
    assert caught.value.code == NO_ENGINE
    assert fix in caught.value.fix
