"""What a container has, to be compared with what it should have."""

from __future__ import annotations

from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from seatrial.watch.sync.archived import archived
from seatrial.watch.sync.asked import asked
from seatrial.watch.sync.destination import InTheWay, real_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination

# In place of a digest: nobody can tell.
UNSEEN = "?"
# A command costs 70 to 100 ms, an archive of one file 3: so many are as cheap one by one.
_FEW = 20


def digests(engine: Engine, destination: Destination, paths: Sequence[str]) -> Mapping[str, str]:
    """What is at the paths, as `Sent.digest` has it; absent where no file, folder or link is.

    Links are not followed. Asked by a command in the container where that can be, else read from archives. What lies in
    a tmpfs of a container that does not run, or has no `sha256sum`, is absent.

    What lies in a bind mount is asked for inside: an archive of it would be of what has the source's name by now, which
    need not be what is mounted. A mounted file that cannot be asked for is `UNSEEN`.

    Raises:
        ContainerGone: there is no such container any more.
    """
    reals = {path: real for path in paths if (real := _real(engine, destination, path)) is not None}
    wanted = tuple(dict.fromkeys(reals.values()))
    found: dict[str, str] = {}
    if len(wanted) > _FEW or any(destination.unseen(real) or destination.bound(real) for real in wanted):
        found, left = asked(engine, destination.container_id, wanted)
    else:
        left = wanted
    found |= {real: UNSEEN for real in left if destination.single(real)}
    shown = [real for real in left if real not in found and not destination.unseen(real)]
    found |= archived(engine, destination.container_id, shown)
    return {path: found[real] for path, real in reals.items() if real in found}


def _real(engine: Engine, where: Destination, path: str) -> str | None:
    try:
        folder = real_folder(engine, where, dirname(path))
    except InTheWay:
        return None
    return None if folder is None else join(folder, basename(path))
