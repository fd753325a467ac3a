"""The base image's names. Light enough for the quick path of `ensure`."""

from __future__ import annotations

HUB_IMAGE = "node:24-alpine"
NODE_VERSION = "24.19.0"
RECIPE = 1
"""Raise it whenever the files of the stand-in change: an older stand-in is then made anew."""
LIBCS = ("musl", "glibc")
OWN_REPOSITORY = "seatrial-base"
LABEL = "seatrial.base"


def own_tag(libc: str) -> str:
    """The stand-in's name in the engine, such as `seatrial-base:24.19.0-musl-r1`."""
    return f"{OWN_REPOSITORY}:{NODE_VERSION}-{libc}-r{RECIPE}"


def is_own_name(image: str) -> bool:
    """Whether these scripts chose this name, now or in an earlier version."""
    return image == HUB_IMAGE or image.startswith(f"{OWN_REPOSITORY}:")


def is_outdated(image: str) -> bool:
    """Whether this names a stand-in of an earlier recipe."""
    return image.startswith(f"{OWN_REPOSITORY}:") and image not in map(own_tag, LIBCS)


def libc_of(image: str) -> str | None:
    """The libc that one of our names stands for."""
    if image == HUB_IMAGE:
        return "musl"
    return next((libc for libc in LIBCS if is_own_name(image) and f"-{libc}" in image), None)
