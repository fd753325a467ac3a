"""Local stand-ins for the images that compose files and Dockerfiles name."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_TAG = "seatrial-test-corpus-stand-in"
_PROBES = "mysqladmin mariadb-admin pg_isready curl mongo mongosh redis-cli rabbitmq-diagnostics healthcheck.sh"
_PROBES += " valkey-cli psql wget imgproxy kafka-cluster.sh airflow mc"
# A probe succeeds. Not as a link to `true`: BusyBox picks its applet by the link's name, and has no `redis-cli`.
# Runs what is asked for where it has it, and otherwise stays until it is stopped.
_DOCKERFILE = f"""\
FROM BASE
USER root
RUN mkdir -p /usr/local/bin && printf '#!/bin/sh\\n' >/probe && chmod 755 /probe && \\
    for name in {_PROBES}; do ln -sf /probe /usr/local/bin/$name; done && \\
    {{ [ -e /bin/bash ] || {{ printf '%s\\n' '#!/bin/sh' 'exec sh "$@"' >/bin/bash && chmod 755 /bin/bash; }}; }} && \\
    printf '%s\\n' '#!/bin/sh' 'if command -v "$1" >/dev/null 2>&1; then exec "$@"; fi' "trap 'exit 0' TERM INT" \\
    'while :; do sleep 3600 & wait $!; done' >/stand-in && chmod 755 /stand-in
ENTRYPOINT ["/stand-in"]
CMD []
"""
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)


class StandIns:
    """Tags one image with every name that is asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def provide(self, names: Iterable[str]) -> None:
        """Tag the stand-in with each name that no local image has; a name with a digest cannot be provided."""
        for name in names:
            if "@" in name or "$" in name or name == "scratch" or _docker("image", "inspect", name):
                continue
            if _docker("tag", _TAG, name):
                self.names.add(name)


@contextmanager
def stand_in_images(base: str) -> Iterator[StandIns]:
    """Build the stand-in; on the way out remove it and every name that it was given."""
    dockerfile = _DOCKERFILE.replace("BASE", base, 1)
    subprocess.run(
        ["docker", "build", "-q", "-t", _TAG, "-"], input=dockerfile, text=True, check=True, capture_output=True
    )
    images = StandIns()
    try:
        yield images
    finally:
        _docker("rmi", "-f", *sorted(images.names), _TAG)


def model_images(model: str, folder: Path) -> Iterator[str]:
    """The images that a resolved model (JSON) and the Dockerfiles of its builds name."""
    for service in (json.loads(model).get("services") or {}).values():
        build = service.get("build")
        if isinstance(service.get("image"), str) and not build:
            yield service["image"]
        for volume in service.get("volumes") or ():
            if volume.get("type") == "image" and volume.get("source"):
                yield volume["source"]
        for hook in service.get("pre_start") or ():
            if isinstance(hook, dict) and hook.get("image"):
                yield hook["image"]
        if build:
            yield from _build_images(build, folder)


def _build_images(build: dict[str, object], folder: Path) -> Iterator[str]:
    context = folder / str(build.get("context", "."))
    inline = build.get("dockerfile_inline")
    file = context / str(build.get("dockerfile") or "Dockerfile")
    text = str(inline) if inline else file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    stages = {stage.lower() for _, stage in _FROM.findall(text) if stage}
    defaults = dict(re.findall(r"^\s*ARG\s+(\w+)=(\S+)", text, re.MULTILINE))
    defaults |= {str(key): str(value) for key, value in dict(build.get("args") or {}).items()}  # type: ignore[call-overload]
    for name, _ in _FROM.findall(text):
        image = re.sub(r"\$\{?(\w+)(?::-([^}]*))?\}?", lambda found: defaults.get(found[1]) or found[2] or "", name)
        if image.lower() not in stages:
            yield image.strip('"')


def _docker(*arguments: str) -> bool:
    return subprocess.run(["docker", *arguments], capture_output=True, check=False).returncode == 0
