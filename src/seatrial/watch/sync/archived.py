"""What a container has, read from archives of it: it needs nothing inside, and need not run."""

from __future__ import annotations

import hashlib
import tarfile
from collections import defaultdict
from posixpath import commonpath, dirname, join
from typing import IO, TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.engine import Engine

# An archive costs 3 ms and more, and holds everything that lies in its folder: dependencies, too.
_FEW = 20
_PIECE = 1 << 20


def archived(engine: Engine, container_id: str, paths: Sequence[str]) -> dict[str, str]:
    """Digests by real path. Raises `ContainerGone`."""
    found: dict[str, str] = {}
    wanted = set(paths)
    for root in roots(paths):
        try:
            with engine.fetch(container_id, root) as stream:
                found |= _read(stream, dirname(root), wanted)
        except ContainerGone:
            raise
        except RunFailed:
            continue  # it is not there
    return found


def roots(paths: Sequence[str]) -> list[str]:
    """What to fetch: each path where there are few, else folders that they lie in, with few neighbours. Pure."""
    if len(paths) <= _FEW:
        return list(dict.fromkeys(paths))
    common = commonpath([dirname(path) for path in paths])
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        name = path[len(common) :].lstrip("/").partition("/")[0]
        groups[join(common, name)].append(path)
    if common != "/" and len(groups) > _FEW:
        return [common]
    return [root for name, group in groups.items() for root in ([name] if name in group else roots(group))]


def _read(stream: IO[bytes], folder: str, wanted: set[str]) -> dict[str, str]:
    return dict(_members(stream, folder, wanted))


def _members(stream: IO[bytes], folder: str, wanted: set[str]) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=stream, mode="r|", bufsize=_PIECE, errors="surrogateescape") as tar:
        linked: dict[str, str] = {}
        for member in tar:
            tar.members.clear()  # type: ignore[attr-defined]  # it keeps all of them
            path = join(folder, member.name)
            if member.islnk():
                # A second name of a file that came before, wanted or not.
                if path in wanted and (source := join(folder, member.linkname)) in linked:
                    yield path, linked[source]
            elif path in wanted and member.issym():
                yield path, member.linkname
            elif path in wanted and member.isdir():
                yield path, ""
            elif member.isreg() and path in wanted:
                linked[path] = _hashed(tar.extractfile(member))
                yield path, linked[path]


def _hashed(file: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while file is not None and (piece := file.read(_PIECE)):
        digest.update(piece)
    return digest.hexdigest()
