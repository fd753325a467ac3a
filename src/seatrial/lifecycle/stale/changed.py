"""What has changed since an image was built, in words. Pure but for the digests that it is given a way to get."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.lifecycle.stale.inputs import Stamp
    from seatrial.lifecycle.stale.record import Built

# A clock that ticks in seconds, and a file that was written while the image was.
SLACK_NS = 2 * 10**9


def since_built(found: Mapping[str, Stamp], built: Built, digest: Callable[[str, int], str]) -> str:
    """Against a record of ours; "" when nothing that counts has changed.

    Args:
        found: what is there now.
        built: what was there.
        digest: of the content of a file, by path and size; asked for only where time alone differs.
    """
    for path, stamp in found.items():
        known = built.files.get(path)
        if known is None:
            return f"{path} is new"
        if stamp.size != known.size:
            return f"{path} changed"
        if stamp.mtime_ns != known.mtime_ns and (not known.digest or digest(path, stamp.size) != known.digest):
            return f"{path} changed"
    gone = next((path for path in built.files if path not in found), None)
    return f"{gone} is gone" if gone else ""


def newer(found: Mapping[str, Stamp], image_ns: int) -> str:
    """Without a record: a file that is newer than the image; "" when there is none."""
    latest = max(found, key=lambda path: found[path].mtime_ns, default="")
    if latest and found[latest].mtime_ns > image_ns + SLACK_NS:
        return f"{latest} is newer than its image"
    return ""
