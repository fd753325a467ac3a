"""Reads the log of a dockerd that did not come up and names the likely fix. Pure."""

from __future__ import annotations

SIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("unable to configure the Docker daemon with file",),
        "mend /etc/docker/daemon.json: the log lines say what dockerd refuses in it",
    ),
    (
        ("Devices cgroup isn't mounted", "cgroup mountpoint does not exist", "no cgroup mount found"),
        "mount control groups first: mount -t cgroup2 none /sys/fs/cgroup",
    ),
    (
        ("iptables not found", 'iptables": executable file not found', "iptables: executable file not found"),
        "apt-get install iptables",
    ),
    (
        ("operation not permitted", "Operation not permitted", "you must be root", "needs to be started with root"),
        "this machine lacks the rights an engine needs (a container: --privileged); or use the host's: DOCKER_HOST",
    ),
    (
        ("iptables", "ip6tables", "nf_tables"),
        "modprobe nf_nat br_netfilter, or: update-alternatives --set iptables /usr/sbin/iptables-legacy",
    ),
    (("no space left on device",), "make room on the disk that has /var/lib/docker, then run this again"),
    (
        ("address already in use",),
        "another program holds that address: find it with `ss -lptn` and end it, or change `hosts` in daemon.json",
    ),
    (("ensure docker is not running",), "another dockerd runs already: use it, or end it first"),
    (
        ("timeout waiting for containerd", "failed to dial", "failed to start containerd"),
        "containerd did not come up: end a left-over one (pgrep -a containerd), then run this again",
    ),
    (
        ("driver not supported", "error initializing graphdriver"),
        'the storage driver does not work on this file system: {"storage-driver": "vfs"} in /etc/docker/daemon.json',
    ),
)


def likely_fix(log: str) -> str | None:
    """The fix whose sign stands in the log, the more telling signs first; None where no sign is known."""
    return next((fix for signs, fix in SIGNS if any(sign in log for sign in signs)), None)
