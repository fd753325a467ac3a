"""Writes paths one by one with the container's own shell: into a tmpfs, where it has no tar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed
from seatrial.watch.sync.argument_lists import is_text
from seatrial.watch.sync.extracting import lacks_program
from seatrial.watch.sync.reading import Unfit, Vanished, look
from seatrial.watch.sync.reasons import is_conflict, readable
from seatrial.watch.sync.values import Sent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.outcome import Outcome
    from seatrial.watch.sync.placing import Placed
    from seatrial.watch.sync.reading import Found
    from seatrial.watch.sync.removing import Removing

_LIMIT_S = 120.0
_SCRIPT = """path=$1 kind=$2 mode=$3 owner=$4 text=$5; shift 5
for folder; do [ -d "$folder" ] || { mkdir -- "$folder" && chown "$owner" "$folder"; } || exit; done
if [ -d "$path" ] && [ ! -L "$path" ]; then
  [ "$kind" = folder ] || { echo "$path is a directory"; exit 1; }
else rm -f -- "$path" || exit; fi
case $kind in
folder) mkdir -p -- "$path" ;;
link) ln -s -- "$text" "$path" && chown -h "$owner" "$path"; exit ;;
file) cat >"$path" ;;
esac && chown "$owner" "$path" && chmod "$mode" "$path"
"""


class Writing:
    """One command for each path.

    Args:
        engine, where: the container.
        outcome: takes what becomes of them.
        removing: makes room.
        reason: why what cannot be written so cannot be written at all.
    """

    def __init__(self, engine: Engine, where: Destination, outcome: Outcome, removing: Removing, reason: str) -> None:
        """Write nothing yet."""
        self._engine, self._where, self._outcome, self._reason = engine, where, outcome, reason
        self._removing = removing

    def write(self, placed: Iterable[Placed]) -> None:
        """Raises `ContainerGone`, `EngineUnreachable`."""
        for one in placed:
            if not is_text(one.real):
                self._outcome.failed[one.path] = self._reason
                continue
            try:
                found = look(one.host, follow=one.root)
            except Vanished:
                self._outcome.again.add(one.path)
            except Unfit as unfit:
                self._outcome.failed[one.path] = str(unfit)
            else:
                self._write(one, found)
                found.close()

    def _write(self, one: Placed, found: Found) -> None:
        failure = self._run(one, found)
        if is_conflict([failure]):
            failure = self._removing.make_room(one) or self._run(one, found)
        failure = failure or found.broken
        if failure:
            self._outcome.failed[one.path] = failure
            return
        self._outcome.sent[one.path] = Sent(found.stamp, found.digest)
        self._outcome.size += found.size
        if found.changed:
            self._outcome.again.add(one.path)

    def _run(self, one: Placed, found: Found) -> str:
        stamp, owner = found.stamp, self._where.owner
        told = [one.real, stamp.kind, f"{stamp.mode:o}", f"{owner.uid}:{owner.gid}", found.digest, *one.missing]
        command = ["sh", "-c", _SCRIPT, "sh", *told]
        given = found.pieces() if stamp.kind == "file" else None
        try:
            ran = self._engine.run(self._where.container_id, command, _LIMIT_S, user="0", given=given)
        except ContainerGone:
            raise
        except RunFailed as error:
            return readable(error.detail or (error.what,))
        if ran is None:
            return f"it was not written in {_LIMIT_S:.0f} s"
        if lacks_program(ran.exit_code, ran.output):
            return self._reason
        return readable(ran.output.splitlines()[-2:]) if ran.exit_code else ""
