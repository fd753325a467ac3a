"""Files of a container without Docker: what archives put there, and the few commands that look at them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath
from typing import IO, TYPE_CHECKING

from seatrial.engine import PathStat, Ran
from seatrial.errors import RunFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_KINDS = {tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.REGTYPE: "file"}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class File:
    """One path: `content` of a file, the text of a link."""

    kind: str = "file"
    content: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: float = 0.0


@dataclass
class Files:
    """By absolute path. A folder that something lies in is there without being told."""

    by_path: dict[str, File] = field(default_factory=dict)

    def put(self, folder: str, archive: Iterable[bytes]) -> None:
        """Extract. Raises `RunFailed` where the folder is none."""
        into = self._resolved(folder)
        if not self._is_folder(into):
            raise RunFailed(f"Docker could not put files into {folder}", fix="make the folder")
        with tarfile.open(fileobj=io.BytesIO(b"".join(archive)), mode="r:") as tar:
            for one in tar:
                path = normpath(join(into, one.name))
                if one.islnk():
                    self._removed(path, folders=False)
                    raise RunFailed("Docker could not", fix="see", detail=[f"link {one.linkname}: no such file"])
                kind = _KINDS[one.type]
                before = self.path_in(path)
                if before is not None and (before.kind == "folder") != (kind == "folder"):
                    raise RunFailed("Docker could not", fix="see", detail=[f"cannot overwrite {path}"])
                file = tar.extractfile(one) if kind == "file" else None
                content = file.read() if file else one.linkname.encode(errors="surrogateescape")
                self.by_path[path] = File(kind, content, one.mode, one.uid, one.gid, one.mtime)

    def fetch(self, path: str) -> IO[bytes]:
        """A tar. Raises `RunFailed` where nothing is."""
        if self.path_in(path) is None:
            raise RunFailed(f"Docker could not read {path}", fix="see that it is there")
        text = io.BytesIO()
        with tarfile.open(fileobj=text, mode="w") as tar:
            for name in [path, *sorted(self._below(path))]:
                file = self.by_path.get(name, File("folder"))
                header = tarfile.TarInfo(basename(path) + name[len(path) :])
                header.type, header.mode, header.uid, header.gid = _TYPES[file.kind], file.mode, file.uid, file.gid
                header.mtime = file.mtime
                if file.kind == "link":
                    header.linkname = file.content.decode(errors="surrogateescape")
                header.size = len(file.content) if file.kind == "file" else 0
                tar.addfile(header, io.BytesIO(file.content))
        text.seek(0)
        return text

    def path_in(self, path: str) -> PathStat | None:
        file = self.by_path.get(path)
        if file is None:
            return PathStat("folder", 0o755, 0) if self._is_folder(path) else None
        size = len(file.content) if file.kind == "file" else 0
        return PathStat(file.kind, file.mode, size, self._resolved(path) if file.kind == "link" else "")

    def _removed(self, path: str, *, folders: bool) -> bool:
        if self._is_folder(path) and (not folders or any(self._below(path))):
            return False
        self.by_path.pop(path, None)
        # What was in it made it a folder that is there without being told: it stays.
        if (above := dirname(path)) != "/" and not self._is_folder(above):
            self.by_path[above] = File("folder")
        return True

    def run(self, command: Sequence[str]) -> Ran:
        """`rm --`, `rmdir --` and `sha256sum --` with paths, `false`; everything else ends well and says nothing."""
        program, *words = command
        paths = [word for word in words if not word.startswith("-")]
        if program in ("rm", "rmdir"):
            missing = [path for path in paths if self.path_in(path) is None] if words[0] == "--" else []
            left = [path for path in paths if not self._removed(path, folders=program == "rmdir")]
            said = [f"{program}: '{path}': directory not empty\n" for path in left]
            said += [f"{program}: can't remove '{path}': No such file or directory\n" for path in missing]
            return Ran(int(bool(said)), "".join(said))
        if program == "sha256sum":
            return self._hashed(paths)
        return Ran(1 if program == "false" else 0, "")

    def _hashed(self, paths: Sequence[str]) -> Ran:
        found = {path: self.by_path[path] for path in paths if path in self.by_path}
        lines = (f"{hashlib.sha256(file.content).hexdigest()}  {path}\n" for path, file in found.items())
        return Ran(int(len(found) < len(paths)), "".join(lines))

    def _is_folder(self, path: str) -> bool:
        file = self.by_path.get(path)
        return file.kind == "folder" if file else path == "/" or any(self._below(path))

    def _below(self, path: str) -> Iterator[str]:
        start = path.rstrip("/") + "/"
        return iter([name for name in self.by_path if name.startswith(start)])

    def _resolved(self, path: str) -> str:
        for _ in range(8):
            file = self.by_path.get(path)
            if file is None or file.kind != "link":
                break
            path = normpath(join(dirname(path), file.content.decode(errors="surrogateescape")))
        return path
