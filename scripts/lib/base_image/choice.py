"""Which base image to use. Pure: what is recorded, asked for and present in, decision out."""

from __future__ import annotations

from dataclasses import dataclass

from base_image.names import HUB_IMAGE, LIBCS, is_outdated, is_own_name, libc_of, own_tag
from failure import USAGE, Failure


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; None where it does not say."""

    libc: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The present BASE_IMAGE. `source` is `environment` or the file's name; `label` is ours on the image, if any."""

    image: str | None = None
    source: str = "env/.env"
    is_present: bool = False
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave the recorded image as it is; `remark` is worth telling the person."""

    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Make:
    """Get an image and record it: from the registry if `try_hub` and that works, else put together under `tag`."""

    libc: str
    tag: str
    try_hub: bool


def choose(recorded: Recorded, wish: Wish) -> Keep | Make:
    """Keep what serves; never overwrite a person's own choice."""
    if wish.libc is not None and wish.libc not in LIBCS:
        raise Failure(f"--libc {wish.libc} is not known", f"use one of {', '.join(LIBCS)}", USAGE)
    image = recorded.image
    if image and (recorded.source == "environment" or not _is_ours(recorded, wish)):
        return _keep_own(recorded, wish)
    if image and recorded.is_present and not is_outdated(image) and _serves(image, recorded, wish):
        return Keep()
    libc = wish.libc or (libc_of(image) if image else None) or "musl"
    return Make(libc, wish.tag or own_tag(libc), try_hub=libc == libc_of(HUB_IMAGE) and wish.tag is None)


def _is_ours(recorded: Recorded, wish: Wish) -> bool:
    return is_own_name(recorded.image or "") or recorded.image == wish.tag or recorded.label is not None


def _serves(image: str, recorded: Recorded, wish: Wish) -> bool:
    libc = recorded.label or libc_of(image)
    return wish.libc in (None, libc) and wish.tag in (None, image)


def _keep_own(recorded: Recorded, wish: Wish) -> Keep:
    if wish != Wish():
        raise Failure(
            f"BASE_IMAGE={recorded.image} is your own choice (in {recorded.source}), so it is not replaced",
            f"take BASE_IMAGE out of {recorded.source} first, or run this without --libc and --tag",
            USAGE,
        )
    if recorded.is_present:
        return Keep()
    return Keep(
        f"BASE_IMAGE={recorded.image} (your own, in {recorded.source}) is not in the engine: a build has to pull it"
    )
