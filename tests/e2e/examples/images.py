"""What stands in for the official images of the examples: made of Debian's packages, without a registry."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from e2e.drills.server_images import NGINX, Server, Servers

if TYPE_CHECKING:
    from pathlib import Path


def stand_in(example: str, base_image: str, folder: Path) -> str:
    """An image with what the example's official one has; `folder` keeps packages. Skips where they cannot be had."""
    servers = Servers(base_image, folder)
    return {"node": lambda: base_image, "nginx": lambda: servers.image(NGINX), "python": lambda: _python(servers)}[
        example
    ]()


def _python(servers: Servers) -> str:
    told = subprocess.run(
        ["apt-cache", "depends", "python3-minimal"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"python(3\.\d+)-minimal", told)
    if not found:
        pytest.skip("no python3 among the packages of this machine")
    version = found[1]
    packages = (f"python{version}-minimal", f"libpython{version}-minimal", f"libpython{version}-stdlib")
    recipe = f"RUN ln -s /usr/bin/python{version} /usr/local/bin/python3\n"
    library = (f"usr/lib/python{version}",)
    return servers.image(Server("python", "python", (f"python{version}",), recipe, library, packages=packages))
