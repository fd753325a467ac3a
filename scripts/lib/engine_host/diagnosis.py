"""Reads the log of a dockerd that did not come up and names the likely fix. Pure."""

from __future__ import annotations

SIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("unable to configure the Docker daemon with file", "daemon.json"), "mend /etc/docker/daemon.json: dockerd refuses it (see the log lines)"),
    (("Devices cgroup isn't mounted", "cgroups: cgroup mountpoint does not exist", "no cgroup mount found"), "mount control groups first: mount -t cgroup2 none /sys/fs/cgroup"),
    (("iptables not found", "iptables\": executable file not found", "iptables: executable file not found"), "install iptables: apt-get install iptables"),
    (("operation not permitted", "Operation not permitted", "permission denied (you must be root)", "Permission denied (you must be root)"), "this machine lacks the rights a Docker engine needs; in a container, run that container with --privileged or use the host's engine through DOCKER_HOST"),
    (("iptables", "ip6tables", "nf_tables"), "the kernel lacks what iptables needs: try `update-alternatives --set iptables /usr/sbin/iptables-legacy`, or load the modules nf_nat and br_netfilter"),
    (("no space left on device",), "free some disk space (docker's data is in /var/lib/docker) and run this again"),
    (("address already in use",), "another program holds that address: find it with `ss -lptn`, end it or change dockerd's `hosts`"),
    (("is still running", "ensure docker is not running"), "another dockerd runs already: use it, or stop it first"),
    (("timeout waiting for containerd", "failed to dial \"/run/containerd", "failed to start containerd"), "containerd did not come up: run `containerd` by hand to see why, or remove /var/run/docker/containerd and try again"),
    (("driver not supported", "overlayfs", "error initializing graphdriver"), "the storage driver does not work on this file system: set {\"storage-driver\": \"vfs\"} in /etc/docker/daemon.json"),
)  # fmt: skip


def likely_fix(log: str) -> str | None:
    """The fix whose signs the log's last complaint carries; None where no sign is known."""
    for signs, fix in SIGNS:
        if any(sign in log for sign in signs):
            return fix
    return None
