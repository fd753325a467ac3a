"""The image as `docker load` takes it: one layer and a fixed configuration, so one tree always gives one image id."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import BinaryIO

from base_image.names import LABEL, NODE_VERSION
from base_image.pins import CREATED, Target
from base_image.tree import Tree, write_tar

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def write_archive(tree: Tree, target: Target, name: str, out: BinaryIO, draft: Path) -> str:
    """Write the archive of an image called `name`; its layer's digest.

    `draft` is a file that does not exist yet: the layer goes there first, because its size must be known.
    """
    with draft.open("wb") as layer:
        digest = write_tar(tree, layer)
    config = json.dumps(image_config(target, digest), sort_keys=True).encode()
    config_path = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_path, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        for path, content in ((config_path, config), ("manifest.json", manifest)):
            _add(tar, path, len(content), io.BytesIO(content))
        with draft.open("rb") as layer:
            _add(tar, "layer.tar", draft.stat().st_size, layer)
    draft.unlink()
    return digest


def image_config(target: Target, layer_digest: str) -> dict[str, object]:
    """The image configuration (OCI image-spec, config.md), equal to that of the image this one stands in for."""
    return {
        "architecture": target.oci,
        "os": "linux",
        "created": CREATED,
        "config": {
            "Env": [f"PATH={PATH}", f"NODE_VERSION={NODE_VERSION}"],
            "Entrypoint": ["docker-entrypoint.sh"],
            "Cmd": ["node"],
            "Labels": {LABEL: target.libc},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
        "history": [{"created": CREATED, "created_by": "scripts/base-image"}],
    }


def _add(tar: tarfile.TarFile, path: str, size: int, content: BinaryIO) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = size, 0o644
    tar.addfile(info, content)
