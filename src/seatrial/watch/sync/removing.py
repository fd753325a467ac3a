"""Deletes in a container: files that were sent, and folders once they are empty. Never a folder with other content.

By the container's own `rm` and `rmdir`, else from a helper container beside it. The engine's archives delete files of
a container that does not run.
"""

from __future__ import annotations

from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed, SeatrialError
from seatrial.watch.sync import mounts as mounting
from seatrial.watch.sync.argument_lists import chunks, is_text
from seatrial.watch.sync.destination import InTheWay, covering, plain, real_folder
from seatrial.watch.sync.extracting import lacks_program
from seatrial.watch.sync.header import END, deletion
from seatrial.watch.sync.outcome import Outcome
from seatrial.watch.sync.placing import name_in
from seatrial.watch.sync.reasons import into, is_idle, readable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from seatrial.engine import Engine
    from seatrial.watch.sync.destination import Destination
    from seatrial.watch.sync.placing import Placed

_LIMIT_S = 60.0
# Without `-f`, so that it reports what was not there; it does not prompt, as its input is no terminal.
_RM, _RMDIR = ("rm", "--"), ("rmdir", "--")
_NOT_THERE = "': No such file or directory"
_BY_HAND = "remove it there if nothing needs it, or use `action: rebuild`"


class Removing:
    """The deletes of one batch. `ours` are the paths in the container that rules put there, or may have."""

    def __init__(
        self, engine: Engine, where: Destination, targets: Sequence[str], outcome: Outcome, ours: Collection[str]
    ) -> None:
        """Do nothing yet."""
        self._engine, self._where, self._targets, self._outcome = engine, where, targets, outcome
        self._ours = ours

    def remove(self, paths: Iterable[str]) -> None:
        """Delete the paths, and of folders what is ours. Raises `ContainerGone`, `EngineUnreachable`."""
        asked = set(paths)
        below = self._with_ours(asked) - asked
        self._remove(asked | below, self._outcome)
        self._outcome.deleted -= below

    def make_room(self, one: Placed) -> str:
        """Delete what is of another kind where a path goes, if it is ours; the reason where something stays."""
        above = [one.path]
        for _ in one.missing:
            above.insert(0, dirname(above[0]))
        for path, real in zip(above, (*one.missing, one.real), strict=True):
            reason = self._make_room(path, real, folder=one.folder or path != one.path)
            if reason:
                return reason
        return ""

    def _make_room(self, path: str, real: str, *, folder: bool) -> str:
        found = None if self._where.unseen(real) else self._engine.path_in(self._where.container_id, real)
        if found is not None and (found.kind == "folder") == folder:
            return ""
        if path not in self._ours and (not folder or self._where.mount(real) is not None):
            kind = found.kind if found else "path of another kind"
            if path in self._targets and not folder:
                return f"{real} is a {kind} in the container: {into(path)}"
            return f"{real} is a {kind} in the container that watch did not send: {_BY_HAND}"
        outcome = Outcome()
        self._remove(self._with_ours([path]), outcome)
        if path in outcome.kept:
            return f"{real} is a folder in the container with files that watch did not send: {_BY_HAND}"
        return outcome.failed.get(path, "")

    def _with_ours(self, paths: Iterable[str]) -> set[str]:
        tops = set(paths)
        return tops | {path for path in self._ours if any(one in tops for one in _above(path))}

    def _remove(self, paths: Iterable[str], outcome: Outcome) -> None:
        files: dict[str, str] = {}
        folders: dict[str, str] = {}
        for path in paths:
            try:
                real = self._real(path)
            except InTheWay:
                real = None  # what was in a folder is gone where the folder is
            except PermissionError as refused:
                outcome.failed[path] = str(refused)
                continue
            if real is None:
                outcome.deleted.add(path)
                outcome.absent.add(path)
            else:
                files[path] = real
        for chunk in chunks(sorted(files)):
            folders |= self._remove_files({path: files[path] for path in chunk}, outcome)
        for chunk in chunks(sorted(folders, reverse=True)):  # children before parents
            self._remove_folders({path: folders[path] for path in chunk}, outcome)

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

    def _remove_files(self, chunk: Mapping[str, str], outcome: Outcome) -> dict[str, str]:
        """What of it is a folder, which `rm` leaves alone."""
        said = self._run(_RM, list(chunk.values()))
        absent = {path for path, real in chunk.items() if f"{real}{_NOT_THERE}" in said}
        outcome.deleted |= absent
        outcome.absent |= absent
        said = "\n".join(line for line in said.splitlines() if _NOT_THERE not in line)
        folders = {}
        for path, real in chunk.items():
            if path in absent:
                continue
            kind = self._kind_left(real, said)
            if kind == "folder":
                folders[path] = real
            elif not kind and is_idle(said):  # its `rm` did nothing
                outcome.deleted.add(path)
                outcome.absent.add(path)
            elif kind and not (is_idle(said) and self._remove_by_archive(real)):
                outcome.failed[path] = readable(said.splitlines()[-2:])
            else:
                outcome.deleted.add(path)
                self._where.forget(path)
        return folders

    def _remove_folders(self, chunk: Mapping[str, str], outcome: Outcome) -> None:
        said = self._run(_RMDIR, list(chunk.values()))
        for path, real in chunk.items():
            if not self._kind_left(real, said):
                outcome.deleted.add(path)
                self._where.forget(path)
            elif failed := [reason for one, reason in outcome.failed.items() if mounting.covers(path, one)]:
                outcome.failed[path] = failed[0]
            elif "not empty" in said:
                outcome.deleted.add(path)  # nothing of ours is left
                outcome.kept.add(path)
            else:
                outcome.failed[path] = readable(said.splitlines()[-2:])

    def _kind_left(self, real: str, said: str) -> str:
        """What is still at a real path after a command that complained; "" where nothing is."""
        if not said:
            return ""
        if not self._where.unseen(real):
            found = self._engine.path_in(self._where.container_id, real)
            return found.kind if found else ""
        lines = said.splitlines()
        named = [line for line in lines if f"{real}'" in line]
        if any("directory" in line for line in named):
            return "folder"
        # A complaint that names no path is about all of them.
        return "file" if named or any("'" not in line for line in lines) else ""

    def _remove_by_archive(self, real: str) -> bool:
        """Have the engine delete a file of a container that cannot run `rm`: not running, restarting or paused.

        The engine removes what has an entry's name before it makes the entry. This entry, a second name of a file that
        does not exist, cannot be made. Folders are safe: an archive never replaces them.
        """
        if self._where.unseen(real):
            return False
        archive = deletion(name_in("/", real)) + END
        try:
            self._engine.put(self._where.container_id, "/", [archive], _LIMIT_S)
        except ContainerGone:
            raise
        except RunFailed:
            pass  # in any case
        return self._engine.path_in(self._where.container_id, real) is None

    def _run(self, command: Sequence[str], reals: Sequence[str]) -> str:
        """Run a command on real paths; what it complained of, else ""."""
        try:
            # The API takes text only; names that are none go by the input.
            if all(is_text(real) for real in reals):
                words, given = [*command, *reals], None
            else:
                words = ["xargs", "-0", *command]
                given = [b"".join(real.encode(errors="surrogateescape") + b"\0" for real in reals)]
            ran = self._engine.run(self._where.container_id, words, _LIMIT_S, user="0", given=given)
            if ran is None:
                return f"its `{command[0]}` has not ended in {_LIMIT_S:.0f} s"
            if ran.exit_code and lacks_program(ran.exit_code, ran.output):
                kept = self._engine.remove_beside(self._where.container_id, reals, self._where.helper_image, _LIMIT_S)
                return "\n".join(sorted(set(kept.values())))
            return (ran.output.strip() or f"its `{command[0]}` ended with {ran.exit_code}") if ran.exit_code else ""
        except ContainerGone:
            raise
        except RunFailed as error:
            return "\n".join(error.detail or (error.what,))
        except SeatrialError as error:
            if error.exit_code == 4:
                raise
            return f"{error.what}; fix: {error.fix}"


def _above(path: str) -> Iterable[str]:
    while path := path.rpartition("/")[0]:
        yield path
