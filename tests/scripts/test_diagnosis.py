from __future__ import annotations

import pytest
from engine_host.diagnosis import likely_fix


@pytest.mark.parametrize(
    ("log", "fix"),
    [
        (
            "unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid character 'x'",
            "daemon.json",
        ),
        ("failed to start daemon: Devices cgroup isn't mounted", "mount -t cgroup2"),
        ('failed to find iptables: exec: "iptables": executable file not found in $PATH', "apt-get install iptables"),
        ("mount: operation not permitted", "--privileged"),
        ("Error initializing network controller: iptables failed: iptables v1.8.9 (nf_tables): unknown", "modprobe"),
        ("failed to create temp dir: no space left on device", "make room"),
        ("failed to load listeners: listen tcp 0.0.0.0:2375: bind: address already in use", "ss -lptn"),
        ("ensure docker is not running or delete /x.pid: process with PID 12 is still running", "another dockerd"),
        ("failed to start containerd: timeout waiting for containerd to start", "pgrep -a containerd"),
        ("error initializing graphdriver: driver not supported: overlay2", "storage-driver"),
    ],
)
def test_a_known_complaint_of_dockerd_has_its_fix(log: str, fix: str) -> None:
    assert fix in (likely_fix(log) or "")


def test_an_unknown_complaint_gets_no_invented_fix() -> None:
    assert likely_fix('level=error msg="something new"') is None
