"""Texts as one archive, the same bytes for the same texts. Pure."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = "seatrial-report"
MOST_BYTES = 5_000_000  # of one text
_ABOUT = """\
A report about a compose project, made by `seatrial report` for a bug report. Read it before you send it.

Values that seatrial knows to be secret, and what looks like a secret, read [REDACTED]. Of the configuration there are
the names of variables, labels and build arguments, and no values. Nothing else of the machine is in it.
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its name in the archive, what it is, and its text."""

    name: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that could not be had, and why."""

    what: str
    why: str


def about(members: Iterable[Member], missing: Sequence[Missing]) -> str:
    """The page that says what is inside."""
    lines = [_ABOUT, "inside:", *(f"  {one.name}: {one.what}" for one in members)]
    if missing:
        lines += ["", "not inside:", *(f"  {one.what}: {one.why}" for one in missing)]
    return "\n".join(lines) + "\n"


def packed(members: Iterable[Member]) -> bytes:
    """A `.tar.gz` without times, owners and names of this machine."""
    told = io.BytesIO()
    with gzip.GzipFile(fileobj=told, mode="wb", mtime=0) as squeezed, tarfile.open(fileobj=squeezed, mode="w") as tar:
        for member in members:
            data = cut(member.text).encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"{FOLDER}/{member.name}")
            entry.size, entry.mode = len(data), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return told.getvalue()


def cut(text: str) -> str:
    """The end of a text that is too long: what happened last."""
    if len(text) <= MOST_BYTES:
        return text
    return f"(the first {len(text) - MOST_BYTES} characters are left out)\n{text[-MOST_BYTES:]}"
