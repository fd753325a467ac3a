"""Compose as docker starts it: a program of its own, called as `docker-compose compose ARGUMENTS`.

That is Docker's interface for plugins. Before docker starts one it asks all that are installed what they are, and that
takes as long as an answer of Compose. So what docker would find is found here; where there is doubt docker does it.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# By this a plugin knows that it is one, and not a command that a person typed.
STARTED_BY = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"
_NAME = "docker-compose"
_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


def client(environ: Mapping[str, str]) -> str | None:
    """Path of the docker command."""
    return shutil.which("docker", path=environ.get("PATH"))


def settings(environ: Mapping[str, str]) -> str:
    """Docker's own settings file."""
    return os.path.join(_home(environ), "config.json")  # noqa: PTH118  plain texts: each check starts here


def places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where docker looks for Compose, in its order; what is found first counts."""
    return tuple(f"{folder}/{_NAME}" for folder in (f"{_home(environ)}/cli-plugins", *_FOLDERS))


def compose(environ: Mapping[str, str]) -> str | None:
    """The Compose that docker would start; None when only docker itself can tell."""
    if not plain_client(environ) or _has_more_places(environ):
        return None
    for place in places(environ):
        try:
            os.stat(place)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
        return place if os.access(place, os.X_OK) else None
    return None


def plain_client(environ: Mapping[str, str]) -> bool:
    """Whether `docker` is Docker's own program; a script may be a wrapper, or another engine's command in its place."""
    docker = client(environ)
    return docker is not None and os.path.isabs(_home(environ)) and not _is_script(docker)  # noqa: PTH117


def _home(environ: Mapping[str, str]) -> str:
    own = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111
    return environ.get("DOCKER_CONFIG") or f"{own}/.docker"


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(2) == b"#!"
    except OSError:
        return True


def _has_more_places(environ: Mapping[str, str]) -> bool:
    try:
        with open(settings(environ), "rb") as file:  # noqa: PTH123
            return b"cliPluginsExtraDirs" in file.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True
