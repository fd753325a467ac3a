"""What a container has, asked by one command for many paths: it needs `sh` and `sha256sum` there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.errors import ContainerGone, RunFailed
from seatrial.watch.sync.argument_lists import chunks, is_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.engine import Engine

_LIMIT_S = 120.0
_FILE, _FOLDER, _LINK = "f", "d", "l"
# A letter for each path in their order, then the digests: what these say of links is that of what they lead to.
_SCRIPT = f"""for path; do
  if [ -L "$path" ]; then k={_LINK}; elif [ -d "$path" ]; then k={_FOLDER}
  elif [ -f "$path" ]; then k={_FILE}; else k=-; fi
  printf %s "$k"
done
echo
command -v sha256sum >/dev/null || exit 127
sha256sum -- "$@" 2>/dev/null
exit 0"""
_DIGEST = 64


def asked(engine: Engine, container_id: str, paths: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Digests by path, and the paths of which this way could tell nothing. Raises `ContainerGone`."""
    plain = [path for path in paths if _is_plain(path)]
    left = [path for path in paths if not _is_plain(path)]
    found: dict[str, str] = {}
    for chunk in chunks(plain):
        said = _said(engine, container_id, chunk)
        if said is None:
            left += chunk
            continue
        some, others = _read(said, chunk)
        found |= some
        left += others
    return found, tuple(left)


def _said(engine: Engine, container_id: str, paths: Sequence[str]) -> str | None:
    try:
        ran = engine.run(container_id, ["sh", "-c", _SCRIPT, "sh", *paths], _LIMIT_S, user="0")
    except ContainerGone:
        raise
    except RunFailed:
        return None
    return ran.output if ran is not None and ran.exit_code == 0 else None


def _read(said: str, paths: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    kinds, _, rest = said.partition("\n")
    if len(kinds) != len(paths):
        return {}, list(paths)
    lines = (line for line in rest.splitlines() if line[_DIGEST : _DIGEST + 1] == " ")
    hashed = {line[_DIGEST + 2 :]: line[:_DIGEST] for line in lines}
    found = {}
    left = []
    for path, kind in zip(paths, kinds, strict=True):
        if kind == _FOLDER:
            found[path] = ""
        elif kind == _FILE and path in hashed:
            found[path] = hashed[path]
        elif kind in (_FILE, _LINK):
            left.append(path)
    return found, left


def _is_plain(path: str) -> bool:
    """Whether the name comes back as it was given: others are written with escapes, or cannot be given at all."""
    return is_text(path) and path.isprintable() and "\\" not in path
