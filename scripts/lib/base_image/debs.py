"""Debian packages of the base image, fetched by apt into the cache: no root needed, nothing on this machine changes.

apt runs over folders of its own, with a source derived from the machine's. It checks the package lists' signature and
each package's hash against them; the hashes are then kept, so that a second assembly needs no network.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from base_image.tree import Entry
from engine_host.apt_sources import derive_release, read_sources
from engine_host.install import read_apt_files
from engine_host.install_plan import SOURCE_FILE, read_os_release
from failure import Failure
from paths import read_text, write_atomically
from process import last_lines, run

UPDATE_LIMIT_S = 300


def fetch_debs(packages: Sequence[str], architecture: str, folder: Path, environment: Mapping[str, str]) -> list[Path]:
    """Paths of the packages' files in `folder`, from the cache where their hashes still match."""
    kept = _kept(folder, packages)
    return kept if kept is not None else _download(packages, architecture, folder, environment)


def read_debs(paths: Sequence[Path]) -> dict[str, Entry]:
    """Path → entry of all files and links in the packages."""
    tree: dict[str, Entry] = {}
    for path in paths:
        done = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], capture_output=True, check=False)
        if done.returncode != 0:
            reason = done.stderr.decode(errors="replace").strip()
            raise Failure(f"{path} cannot be unpacked: {reason}", f"remove {path} and run this again")
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
            for member in tar:
                name = member.name.removeprefix("./")
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is not None:
                    tree[name] = Entry(member.mode & 0o777, stream.read())
                elif member.issym():
                    tree[name] = Entry(0o777, target=member.linkname)
    return tree


def source_for(os_release: str, apt_files: Mapping[str, str]) -> str:
    """The deb822 source to fetch from: Debian trixie on bookworm, else the machine's own release. Pure."""
    fields = read_os_release(os_release)
    codename = fields.get("VERSION_CODENAME", "")
    wanted = "trixie" if codename == "bookworm" else codename
    components = ("main", "universe") if fields.get("ID") == "ubuntu" else ("main",)
    sources = read_sources({path: text for path, text in apt_files.items() if path != SOURCE_FILE})
    text = derive_release(sources, codename, wanted, components, suffixes=("",)) if codename else None
    if text is None:
        raise Failure(
            f"no base image can be put together on {fields.get('PRETTY_NAME', 'this system')}: "
            "apt names no mirror of Debian or Ubuntu",
            "give this machine access to an image registry, or set BASE_IMAGE in env/.env to an image the engine has",
        )
    return text if "\nTargets:" in text else f"{text}Targets: Packages\n"


def _kept(folder: Path, packages: Sequence[str]) -> list[Path] | None:
    try:
        known = json.loads((folder / "debs.json").read_text(encoding="utf-8"))
        paths = [folder / known[package]["file"] for package in packages]
        whole = all(_sha256(path) == known[package]["sha256"] for path, package in zip(paths, packages, strict=True))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return paths if whole else None


def _download(packages: Sequence[str], architecture: str, folder: Path, environment: Mapping[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    apt = folder / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for part in ("lists/partial", "archives/partial", "nothing"):
        (apt / part).mkdir(parents=True)
    (apt / "status").touch()
    (apt / "base.sources").write_text(
        source_for(read_text("/etc/os-release") or "", read_apt_files()), encoding="utf-8"
    )
    options = _options(apt, architecture)
    _apt([*options, "update"], folder, environment)
    _apt([*options, "download", *packages], folder, environment)
    shutil.rmtree(apt)
    paths = [_newest(folder, package) for package in packages]
    known = {name: {"file": path.name, "sha256": _sha256(path)} for name, path in zip(packages, paths, strict=True)}
    write_atomically(str(folder / "debs.json"), json.dumps(known, indent=1).encode(), 0o644)
    return paths


def _options(apt: Path, architecture: str) -> list[str]:
    settings = {
        "Dir::State": apt,
        "Dir::State::Lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt,
        "Dir::Cache::Archives": apt / "archives",
        "Dir::Etc::SourceList": apt / "base.sources",
        "Dir::Etc::SourceParts": apt / "nothing",
        "Dir::Etc::Preferences": apt / "none",
        "Dir::Etc::PreferencesParts": apt / "nothing",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "APT::Update::Error-Mode": "any",
    }
    return [text for name, value in settings.items() for text in ("-o", f"{name}={value}")]


def _apt(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = run(["apt-get", "-q", *arguments], {**environment, "LC_ALL": "C"}, UPDATE_LIMIT_S, cwd=folder, merged=True)
    if done.returncode != 0:
        telling = "\n".join(line for line in done.stdout.splitlines() if line.startswith(("E:", "W:")))
        raise Failure(
            f"apt could not fetch the base image's packages{last_lines(telling or done.stdout, 6)}",
            "check the network and apt's sources, then run this again",
        )


def _newest(folder: Path, package: str) -> Path:
    found = sorted(folder.glob(f"{package}_*.deb"), key=os.path.getmtime)
    if not found:
        raise Failure(f"apt reported success but left no file of {package}", f"remove {folder} and run this again")
    for old in found[:-1]:
        old.unlink()
    return found[-1]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
