"""Makes or refreshes the virtual environment of a checkout; run by scripts/inv with the machine's own Python.

Usage: environment.py ROOT LOCK, where LOCK is runtime or dev. What was made is written to .venv/.made last, so that an
interrupted run is simply done again. Two at once: the second waits, then finds the work done.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from failure import Failure
from talk import doing, run_door, say

APT_LIMIT_S = 300


def main(arguments: list[str]) -> int:
    """Bring `.venv` in line with the lock file."""
    root, lock = Path(arguments[0]), arguments[1]
    venv = root / ".venv"
    with (root / ".venv.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if is_fresh(root, venv, lock):
            return 0
        if not usable(venv):
            with doing("making .venv"):
                make(venv)
        with doing(f"installing requirements/{lock}.txt into .venv"):
            install(root, venv, lock)
        remember(root, venv, lock)
    return 0


def kept(root: Path, lock: str) -> dict[str, bytes]:
    """What the environment was made from, by the name that it is remembered under."""
    return {
        f"{lock}.txt": (root / "requirements" / f"{lock}.txt").read_bytes(),
        "pyproject.toml": (root / "pyproject.toml").read_bytes(),
        "place": f"{root}\n".encode(),
    }


def is_fresh(root: Path, venv: Path, lock: str) -> bool:
    made = venv / ".made"
    return usable(venv) and all(
        (made / name).is_file() and (made / name).read_bytes() == content for name, content in kept(root, lock).items()
    )


def usable(venv: Path) -> bool:
    """Whether its interpreter still starts and has pip; an upgraded machine Python leaves a dangling link behind."""
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def make(venv: Path) -> None:
    """A new environment in place of what is there."""
    if venv.is_symlink() or (venv.exists() and not (venv / "pyvenv.cfg").exists()):
        raise Failure(f"{venv} exists and is no virtual environment", f"move {venv} away")
    shutil.rmtree(venv, ignore_errors=True)
    made = run([sys.executable, "-m", "venv", str(venv)])
    if made.returncode and "ensurepip" in made.stdout + made.stderr:
        install_venv_module()
        shutil.rmtree(venv, ignore_errors=True)
        made = run([sys.executable, "-m", "venv", str(venv)])
    if made.returncode:
        raise Failure(f"python3 -m venv failed: {last(made)}", "correct that; SEATRIAL_PYTHON names another Python")


def install_venv_module() -> None:
    """Debian and Ubuntu keep the module's other half in a package of its own."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    command = f"apt-get install -y {package}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure(f"this Python cannot make environments: {package} is missing", f"as root: {command}")
    say(f"installing {package}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = run(["apt-get", "install", "-y", "-q", package], env=quiet)
    if done.returncode:
        run(["apt-get", "update", "-q"], env=quiet)
        done = run(["apt-get", "install", "-y", "-q", package], env=quiet)
    if done.returncode:
        raise Failure(f"{command} failed: {last(done)}", f"install {package}, then try again")


def install(root: Path, venv: Path, lock: str) -> None:
    """The locked packages, each by its hash, and this checkout in place."""
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-q"]
    locked = run([*pip, "--no-deps", "--require-hashes", "-r", str(root / "requirements" / f"{lock}.txt")])
    if locked.returncode:
        raise Failure(
            f"pip could not install requirements/{lock}.txt: {last(locked)}",
            "see that the package index can be reached (pip config list); behind a proxy with its own CA set PIP_CERT",
        )
    own = run([*pip, "--no-deps", "--no-build-isolation", "-e", str(root)])
    if own.returncode:
        raise Failure(f"pip could not install this checkout: {last(own)}", "see that pyproject.toml is as committed")


def remember(root: Path, venv: Path, lock: str) -> None:
    made = venv / ".made"
    made.mkdir(exist_ok=True)
    for name, content in kept(root, lock).items():
        (made / name).write_bytes(content)


def run(command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, stdin=subprocess.DEVNULL)


def last(done: subprocess.CompletedProcess[str]) -> str:
    """The last line with an error in it, else the last line."""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "no message")


if __name__ == "__main__":
    sys.exit(run_door(main, sys.argv[1:]))
