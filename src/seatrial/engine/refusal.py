"""What an engine's refusal to create or start a container means: one classifier for every command.

The table is in `refusals/*.toml`: words, their source, a reason and a fix each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.engine.translate import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = "unknown"
# Of one start only: endpoints, interfaces, and folders of the engine.
_PASSING = re.compile(r"/\S*?/[0-9a-f]{64}(?:/merged)?(?=/)|\bveth[0-9a-f]+\b")
_LINKS = re.compile(
    r".*(?:runc create failed|unable to start container process|error during container init|userland proxy"
    r"|on endpoint \S+ \([0-9a-f]+\)): +"
)
# In this order: the first row that matches counts.
_TOPICS = ("engine", "mounts", "process", "limits", "networks")


@dataclass(frozen=True, slots=True)
class Row:
    """One class of refusal, as the table has it; the head of each of its files explains the fields."""

    kind: str
    source: str
    words: str
    reason: str
    fix: str
    examples: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal.

    Attributes:
        kind: the row of the table that it belongs to, `unknown` for none.
        reason: what is wrong, in plain words, as the end of a sentence.
        words: the engine's own, without the names of its parts.
        port: the host port that is in use; None where it is about something else.
        source: the path on the engine's machine that a mount is about.
        keys: of the compose file's service, one of which is at fault; () where it is unknown.
    """

    kind: str
    reason: str
    fix: str
    words: str
    port: int | None = None
    source: str = ""
    keys: tuple[str, ...] = ()


def classify(
    words: str, service: str = "the service", is_directory: Callable[[str], bool | None] | None = None
) -> Refusal:
    """What the engine's words mean.

    Args:
        words: of the engine's answer, or of the container's `State.Error`: the same refusal is the same result.
        service: the name to use in the fix.
        is_directory: whether a path of the engine's machine is a directory; None where that cannot be known.
    """
    plain = plain_error(engine_words(words))
    for row in rows():
        if found := re.search(row.words, plain):
            groups = {name: plain_error(value) for name, value in found.groupdict(default="").items()}
            if row.kind == "sysctl":
                groups["name"] = groups["name"].replace("/", ".")
            return _refusal(row, plain, {**groups, "service": service}, is_directory)
    return Refusal(
        UNKNOWN,
        f"the engine refuses it for a reason that seatrial does not know: {plain}",
        f"correct what the engine's words name, in the compose file or the image of {service}",
        plain,
    )


def engine_words(text: str) -> str:
    """The engine's last error in what a client wrote; the whole text where it has no such frame."""
    words = text.rpartition(FRAME)[2] if FRAME in text else text
    return " ".join(words.split()).removesuffix(": unknown")


def plain_error(error: str) -> str:
    """The last link of the engine's chain of causes; the links before it name its own parts (shim, runc, endpoint)."""
    text = error.removesuffix(": unknown").replace(": unknown: Are you trying", ": Are you trying")
    text = _LINKS.sub("", text)
    return _PASSING.sub("", text)


def _refusal(
    row: Row, plain: str, groups: dict[str, str], is_directory: Callable[[str], bool | None] | None
) -> Refusal:
    filled = defaultdict(str, groups)
    reason, fix = (" ".join(text.format_map(filled).split()) for text in (row.reason, row.fix))
    reason = reason.replace(" ()", "")
    source, target = groups.get("source", ""), groups.get("target", "")
    if row.kind == "mount-kind" and is_directory and (is_dir := is_directory(source)) is not None:
        reason, fix = _mount_kind(source, target, is_dir=is_dir)
    port = next((int(value) for name, value in groups.items() if name.startswith("port") and value), None)
    return Refusal(row.kind, reason, fix, plain, port if row.kind == "port-in-use" else None, source, row.keys)


def _mount_kind(source: str, target: str, *, is_dir: bool) -> tuple[str, str]:
    if is_dir:
        made = "the engine makes a directory when the source of a bind mount does not exist"
        return (
            f"{source} is a directory and {target} in the image is a file ({made})",
            f"rmdir {source}, put the file there, then `seatrial up` again; or mount it on a directory",
        )
    return (
        f"{source} is a file and {target} in the image is a directory",
        f"mount it on a file: {target.rstrip('/')}/{source.rpartition('/')[2]}",
    )


@cache
def rows() -> tuple[Row, ...]:
    """The table."""
    import tomllib

    folder = Path(__file__).with_name("refusals")
    tables = (tomllib.loads((folder / f"{topic}.toml").read_text(encoding="utf-8")) for topic in _TOPICS)
    return tuple(
        Row(**{**row, "examples": tuple(row["examples"]), "keys": tuple(row.get("keys", ()))})
        for table in tables
        for row in table["refusal"]
    )
