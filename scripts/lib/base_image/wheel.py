"""Node's own build, from PyPI with whatever pip this machine has, checked against the pinned hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from base_image.certificates import build_ca_file
from base_image.names import NODE_VERSION
from base_image.pins import WHEEL, Target
from failure import Failure
from process import last_lines, run

LIMIT_S = 900
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
PIP_SETTINGS = {
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_NO_INPUT": "1",
    "PIP_RETRIES": "2",
}


def fetch_wheel(target: Target, folder: Path, environment: Mapping[str, str], bring_pip: Callable[[], Path]) -> Path:
    """The wheel's path in `folder`, downloaded unless it is there whole. `bring_pip` gives one where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{WHEEL.replace('-', '_')}-{NODE_VERSION}-py2.py3-none-{target.wheel_platform}.whl"
    if _is_whole(path, target):
        return path
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as draft:
        _download(target, Path(draft), environment, bring_pip)
        found = list(Path(draft).glob("*.whl"))
        if len(found) != 1 or not _is_whole(found[0], target):
            raise Failure(
                f"pip brought something else than {path.name}",
                "check which package index pip is configured with: pip config list",
            )
        os.replace(found[0], path)
    return path


def read_wheel(path: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Path → content of the wanted files."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/") and wanted(name)}


def _download(target: Target, folder: Path, environment: Mapping[str, str], bring_pip: Callable[[], Path]) -> None:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{WHEEL}=={NODE_VERSION} --hash=sha256:{target.wheel_sha256}\n", encoding="ascii")
    arguments = ["download", "-q", "--no-deps", "--only-binary", ":all:", "--platform", target.wheel_platform]
    arguments += ["--require-hashes", "-r", str(wanted), "-d", str(folder)]
    pip = next(_pips(environment), None)
    settings = {**environment, **PIP_SETTINGS}
    if pip is None:
        pip = [sys.executable, "-m", "pip"]
        settings["PYTHONPATH"] = str(bring_pip())
    done = run([*pip, *arguments], settings, LIMIT_S)
    if UNTRUSTED in done.stderr and (ca_file := build_ca_file(environment)):
        done = run([*pip, *arguments], {**settings, "PIP_CERT": ca_file}, LIMIT_S)
    if done.returncode != 0:
        raise _not_fetched(" ".join(pip), done.stderr)


def _not_fetched(pip: str, said: str) -> Failure:
    what = f"pip could not fetch Node {NODE_VERSION} ({pip})"
    if UNTRUSTED in said:
        return Failure(
            f"{what}: this machine does not trust the package index's certificate",
            "behind a proxy with its own authority, put its certificate into /usr/local/share/ca-certificates\n"
            "(as name.crt) and run update-ca-certificates as root, or name its file in PIP_CERT",
        )
    return Failure(
        f"{what}{last_lines(said, 4)}", "check the network and pip's index (pip config list), then run this again"
    )


def _pips(environment: Mapping[str, str]) -> Iterator[list[str]]:
    """Every way to call pip that works here, this interpreter's first."""
    names = [shutil.which("python3", path=environment.get("PATH")), "/usr/bin/python3"]
    for python in dict.fromkeys([sys.executable, *filter(None, names)]):
        if run([python, "-m", "pip", "--version"], environment, LIMIT_S).returncode == 0:
            yield [python, "-m", "pip"]


def _is_whole(path: Path, target: Target) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == target.wheel_sha256
    except OSError:
        return False
