"""Removes files and empty folders from a container without a program for it, through /proc of a helper container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.engine.child import answer
from seatrial.engine.inside import image as images
from seatrial.engine.inside import own_image
from seatrial.engine.inside.container import USER_NAMESPACES, isolated, refused
from seatrial.engine.inside.image import FIX, Unfit
from seatrial.engine.inside.owner import options
from seatrial.errors import HelperUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINK = "link"
_DONE = "done"
# A link in the way would lead into the helper's own files; a name is given byte by byte, whatever it holds.
_SCRIPT = """set -f; root=/proc/{pid}/root; cd "$root" || exit 1
gone() {{
  at=$root; IFS=/
  for part in ${{1%/*}}; do
    [ -n "$part" ] || continue
    at=$at/$part
    if [ -L "$at" ]; then echo "{link} $2"; return; fi
  done
  unset IFS
  at=$root$1
  if [ -d "$at" ] && [ ! -L "$at" ]; then rmdir -- "$at"; else rm -f -- "$at"; fi 2>&1 || echo "kept $2"
}}
"""


def removed(pid: int, paths: Sequence[str], image: str, limit_s: float) -> dict[str, str]:
    """Remove real paths of the container whose first process is `pid`; those that are still there, with the reason.

    Raises:
        HelperUnavailable: no helper can run here, with the reason.
    """
    script = _SCRIPT.format(pid=pid, link=_LINK) + "".join(
        f"name=$(printf '{_octal(path)}_'); gone \"${{name%_}}\" {number}\n" for number, path in enumerate(paths)
    )
    said = _said(f"{script}echo {_DONE}\n", image, limit_s)
    return dict(_kept(said, paths))


def _octal(path: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in path.encode(errors="surrogateescape"))


def _kept(said: str, paths: Sequence[str]) -> list[tuple[str, str]]:
    kept = []
    words: list[str] = []
    for line in said.splitlines():
        how, _, number = line.partition(" ")
        if how in (_LINK, "kept") and number.isdigit() and int(number) < len(paths):
            reason = "a link is on the way to it, which cannot be followed from outside of the container"
            kept.append((paths[int(number)], reason if how == _LINK else "; ".join(words) or "it could not be removed"))
            words = []
        else:
            words.append(line.strip())
    return kept


def _said(script: str, configured: str, limit_s: float) -> str:
    unfit: list[str] = []
    for way in images.ways(configured, images.present(configured), can_assemble=own_image.possible()):
        try:
            return _run(images.had(way), script, limit_s)
        except Unfit as error:
            unfit.append(error.what)
    raise HelperUnavailable(f"nothing can be removed from outside: {'; '.join(unfit)}", fix=FIX)


def _run(image: str, script: str, limit_s: float) -> str:
    capabilities = ("SYS_PTRACE", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER")
    for more in ((), ("--userns=host",)):
        command = [
            "run",
            "--rm",
            "-i",
            "--entrypoint",
            "sh",
            *options("remove"),
            *isolated(*capabilities),
            *more,
            image,
        ]
        done = answer(command, stdin=script, limit_s=limit_s)
        if done.returncode == 0 and done.stdout.rstrip().endswith(_DONE):
            return done.stdout.rstrip().removesuffix(_DONE)
        if USER_NAMESPACES not in done.stderr:
            break
    raise refused(image, done.stderr)
