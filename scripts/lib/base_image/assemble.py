"""Puts the stand-in together: fetch, arrange, load, try out, name."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from base_image.archive import write_archive
from base_image.debs import fetch_debs, read_debs
from base_image.engine import Engine
from base_image.names import OWN_REPOSITORY
from base_image.pins import DEBS, Target, target_for
from base_image.rootfs import build_tree, wanted_from_wheel
from base_image.smoke import check_image
from base_image.tree import Entry, Tree
from base_image.wheel import fetch_wheel, read_wheel
from failure import Failure
from paths import cache_folder
from talk import doing

PIP_PACKAGE = "python3-pip-whl"
DRAFT_NAME = f"{OWN_REPOSITORY}:untried"
"""The image's name until it has been tried out."""


def assemble(libc: str, tag: str, engine: Engine, environment: Mapping[str, str]) -> None:
    """Give the engine a working stand-in named `tag`, or raise the failure that says what is in the way."""
    target = _target(libc, engine)
    cache = Path(cache_folder(environment), "base-image")
    debs_folder = cache / f"debs-{target.deb}"
    with doing(f"fetching Debian packages for {tag}"):
        debs = fetch_debs(DEBS[libc], target.deb, debs_folder / libc, environment)
    with doing("fetching Node (60 MB)"):
        wheel = fetch_wheel(target, cache / "wheels", environment, lambda: _bring_pip(target, debs_folder, environment))
    with doing(f"putting {tag} together"):
        _load(_arrange(target, wheel, debs), target, engine, cache)
    with doing(f"trying {tag} out"):
        check_image(DRAFT_NAME, engine)
    engine.rename(DRAFT_NAME, tag)


def _target(libc: str, engine: Engine) -> Target:
    here, there = target_for(libc), target_for(libc, engine.architecture())
    if here != there:
        raise Failure(
            f"the engine runs on {there.machine} but this machine is {here.machine}: one cannot make the other's image",
            "run this on the engine's machine, or set BASE_IMAGE in env/.env to an image the engine has",
        )
    return here


def _arrange(target: Target, wheel: Path, debs: list[Path]) -> Tree:
    entries = read_debs(debs)
    files = read_wheel(wheel, wanted_from_wheel)
    return build_tree(target, files, entries, _applets(entries))


def _load(tree: Tree, target: Target, engine: Engine, cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix=".image-") as folder:
        archive = Path(folder, "image.tar")
        with archive.open("wb") as out:
            write_archive(tree, target, DRAFT_NAME, out, Path(folder, "layer.tar"))
        with archive.open("rb") as ready:
            engine.load(ready)


def _applets(debs: Mapping[str, Entry]) -> list[str]:
    """What busybox can be called as, by its own list. It is static, so it runs here whatever libc this machine has."""
    content = next((entry.content for path, entry in debs.items() if path.endswith("bin/busybox")), None)
    if content is None:
        raise Failure(
            "the package busybox-static has no busybox in it", "report this: the package has changed its layout"
        )
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "busybox")
        Path(program).write_bytes(content)
        os.chmod(program, 0o700)
        done = subprocess.run([program, "--list-full"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def _bring_pip(target: Target, folder: Path, environment: Mapping[str, str]) -> Path:
    """A pip for a Python that has none: Debian's wheel of it, which Python runs as it is."""
    packages = fetch_debs([PIP_PACKAGE], target.deb, folder / "pip", environment)
    found = [(path, entry) for path, entry in read_debs(packages).items() if path.endswith(".whl") and "/pip-" in path]
    if not found or found[0][1].content is None:
        raise Failure("this Python has no pip, and none could be fetched", "apt-get install python3-pip")
    wheel = folder / "pip" / found[0][0].rpartition("/")[2]
    wheel.write_bytes(found[0][1].content)
    return wheel
