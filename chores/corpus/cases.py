"""The compose files of a checkout: one case for each distinct file, in a copy whose builds need no network."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_COMPOSE_FILE = re.compile(r"^(services|include)\s*:", re.MULTILINE)
# Steps of a build that ask a registry or a web server.
_NETWORK = re.compile(
    r"\b(apk|apt|apt-get|npm|npx|yarn|pnpm|pip3?|pipenv|poetry|go|curl|wget|git|mvn|gradle|cargo|rustup|dotnet|"
    r"composer|gem|bundle|pecl|docker-php-ext-install|a2enmod|xx-\w+|sbt|make)\b"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One compose file.

    Attributes:
        title: its path in the checkout.
        folder: the folder in which both commands run.
        files: values of `-f`; empty where Compose finds the file by its name.
    """

    title: str
    folder: Path
    files: tuple[str, ...]


def copied(checkout: Path, into: Path) -> Path:
    """Copy a checkout without its git data, with builds that need no network; return the copy."""
    copy = into / checkout.resolve().name
    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(checkout, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"), ignore_dangling_symlinks=True)
    for path in copy.rglob("*"):
        if path.is_file() and not path.is_symlink() and re.search(r"dockerfile", path.name, re.IGNORECASE):
            path.write_text(offline_dockerfile(path.read_text(encoding="utf-8", errors="replace")), encoding="utf-8")
    return copy


def find_cases(checkout: Path) -> Iterator[Case]:
    """Find every compose file below a folder; equal files count once."""
    known = set()
    for path in sorted(checkout.rglob("*.y*ml")):
        if ".github" in path.parts or not path.is_file():
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest in known or not _COMPOSE_FILE.search(content.decode(errors="replace")):
            continue
        known.add(digest)
        files = () if path.name in _DEFAULT_NAMES else (path.name,)
        yield Case(str(path.relative_to(checkout.parent)), path.parent, files)


def offline_dockerfile(text: str) -> str:
    """Return a Dockerfile without the steps that need a network, and without what those steps would have made."""
    kept, dropped = [], False
    for instruction in _instructions(text):
        word = instruction.split(maxsplit=1)[0].upper() if instruction.split() else ""
        needs_network = (word == "RUN" and _NETWORK.search(instruction)) or (word == "ADD" and "://" in instruction)
        needs_dropped = dropped and ((word == "COPY" and "--from" in instruction) or word == "RUN")
        if instruction.lower().startswith("# syntax"):
            continue
        if needs_network or needs_dropped:
            dropped = True
            continue
        kept.append(instruction)
    if dropped:  # the programs that the dropped steps would have installed are missing: the stand-in's entrypoint stays
        kept = [line for line in kept if not re.match(r"\s*(ENTRYPOINT\b|CMD\s+[^\[\s])", line, re.IGNORECASE)]
    return "\n".join(kept) + "\n"


def _instructions(text: str) -> Iterator[str]:
    """Each instruction with its continuation lines and here-documents."""
    lines = iter(text.splitlines())
    for line in lines:
        instruction = [line]
        while instruction[-1].rstrip().endswith("\\") or (
            len(instruction) > 1 and instruction[-1].lstrip().startswith("#")
        ):
            following = next(lines, None)
            if following is None:
                break
            instruction.append(following)
        here = re.search(r"<<-?[\"']?(\w+)", line)
        if here and not line.lstrip().startswith("#"):
            for following in lines:
                instruction.append(following)
                if following.strip() == here[1]:
                    break
        yield "\n".join(instruction)
