"""Deletes in a container: by its own `rm`, else from a helper container beside it."""

from __future__ import annotations

from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed, SeatrialError
from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.argument_lists import chunks, is_text
from seatrial.watch.sync.destination import InTheWay, covering, plain, real_folder
from seatrial.watch.sync.extracting import lacks_program
from seatrial.watch.sync.reasons import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.outcome import Outcome

_LIMIT_S = 60.0


class Removing:
    """The deletes of one batch."""

    def __init__(self, engine: Engine, where: Destination, targets: Sequence[str], outcome: Outcome) -> None:
        """Do nothing yet."""
        self._engine, self._where, self._targets, self._outcome = engine, where, targets, outcome

    def remove(self, paths: Iterable[str]) -> None:
        """Raises `ContainerGone`, `EngineUnreachable`."""
        allowed = {}
        for path in paths:
            try:
                real = self._real(path)
            except InTheWay:
                real = None  # what lay in a folder is gone where the folder is
            except PermissionError as refused:
                self._outcome.failed[path] = str(refused)
                continue
            if real is None:
                self._outcome.deleted.add(path)
            else:
                allowed[path] = real
        for chunk in chunks(sorted(allowed)):
            self._remove({path: allowed[path] for path in chunk})

    def _real(self, path: str) -> str | None:
        """Where it is; None when its folder is not there any more."""
        target = covering(self._targets, path)
        if target is None or not plain(path):
            raise PermissionError("it is in no target of the service's rules: nothing is deleted there")
        folder = real_folder(self._engine, self._where, dirname(path))
        real = None if folder is None else join(folder, basename(path))
        held = None if real is None else mounting.below(real, self._where.mounts)
        if held is not None:
            raise PermissionError(f"{held.target} is mounted there in the container, and would be emptied")
        if real is not None and path == target and self._is_folder(real):
            raise PermissionError("it is the target itself: only what is in it is deleted")
        return real

    def _is_folder(self, real: str) -> bool:
        found = self._engine.path_in(self._where.container_id, real)
        return self._where.unseen(real) or (found is not None and found.kind == "folder")

    def _remove(self, chunk: dict[str, str]) -> None:
        said = self.by_rm(list(chunk.values()))
        for path, real in chunk.items():
            if said and self._is_there(real, said):
                self._outcome.failed[path] = readable(said.splitlines()[-2:])
            else:
                self._outcome.deleted.add(path)
                self._where.forget(path)

    def _is_there(self, real: str, said: str) -> bool:
        if self._where.unseen(real):
            # A complaint that names nobody is about all of them.
            return f"{real}'" in said or "'" not in said
        return self._engine.path_in(self._where.container_id, real) is not None

    def by_rm(self, reals: Sequence[str]) -> str:
        """Remove real paths; what was complained of where it did not work for all of them, else ""."""
        try:
            # The API takes text only; names that are none go by the input.
            if all(is_text(real) for real in reals):
                command, given = ["rm", "-rf", "--", *reals], None
            else:
                command = ["xargs", "-0", "rm", "-rf", "--"]
                given = [b"".join(real.encode(errors="surrogateescape") + b"\0" for real in reals)]
            ran = self._engine.run(self._where.container_id, command, _LIMIT_S, user="0", given=given)
            if ran is None:
                return f"its `rm` has not ended in {_LIMIT_S:.0f} s"
            if ran.exit_code and lacks_program(ran.exit_code, ran.output):
                kept = self._engine.remove_beside(self._where.container_id, reals, self._where.helper_image, _LIMIT_S)
                return "\n".join(sorted(set(kept.values())))
            return (ran.output.strip() or f"its `rm` ended with {ran.exit_code}") if ran.exit_code else ""
        except ContainerGone:
            raise
        except RunFailed as error:
            return "\n".join(error.detail or (error.what,))
        except SeatrialError as error:
            if error.exit_code == 4:
                raise
            return f"{error.what}; fix: {error.fix}"
