from __future__ import annotations

from engine_host.apt_simulation import objection, read_simulation, too_old

NEW = """Reading package lists...
The following NEW packages will be installed:
  containerd docker.io
Inst runc (1.1.5+ds1-1+deb12u1 Debian:12.11/oldstable [amd64])
Inst docker.io (26.1.5+dfsg1-9+deb13u1 Debian:13.1/stable [amd64])
Inst docker-compose (2.26.1-4 Debian:13.1/stable [amd64]) []
Inst docker-buildx (0.13.1+ds1-3 Debian:13.1/stable [amd64])
Conf runc (1.1.5+ds1-1+deb12u1 Debian:12.11/oldstable [amd64])
"""
UPGRADE = NEW + "Inst libc6 [2.36-9+deb12u14] (2.41-12 Debian:13.1/stable [amd64]) [libc-bin:amd64 ]\n"
REMOVAL = NEW + "Remv docker-ce [5:27.0.1-1]\nRemv containerd.io:amd64 [1.7.18-1]\n"
ENGINES = ("docker.io", "containerd")


def test_only_new_packages_are_fine() -> None:
    assert objection(read_simulation(NEW), engine_answers=False, engine_packages=ENGINES) is None


def test_a_package_whose_version_would_change_is_named() -> None:
    against = objection(read_simulation(UPGRADE), engine_answers=False, engine_packages=ENGINES)
    assert against == "apt would change the version of libc6"


def test_a_package_that_would_be_removed_is_named() -> None:
    against = objection(read_simulation(REMOVAL), engine_answers=False, engine_packages=ENGINES)
    assert against == "apt would remove docker-ce, containerd.io"


def test_no_second_engine_is_put_beside_one_that_runs() -> None:
    against = objection(read_simulation(NEW), engine_answers=True, engine_packages=ENGINES)
    assert against == "apt would install docker.io beside an engine that runs"


def test_what_the_distribution_offers_is_judged_before_it_is_installed() -> None:
    offered = NEW.replace("26.1.5+dfsg1-9+deb13u1", "20.10.24+dfsg1-1").replace("2.26.1-4", "1.29.2-3")
    assert too_old(read_simulation(NEW)) == []
    assert too_old(read_simulation(offered)) == [
        "engine 20.10.24 is too old (at least 25.0 is needed)",
        "compose 1.29.2 is too old (at least 2.24 is needed)",
    ]


def test_an_epoch_is_no_part_of_the_programs_version() -> None:
    assert too_old(read_simulation("Inst docker.io (1:26.1.5-1 Debian [amd64])\n")) == []


def test_nothing_to_do_is_no_objection() -> None:
    simulation = read_simulation("0 upgraded, 0 newly installed\n")
    assert objection(simulation, engine_answers=True, engine_packages=ENGINES) is None
