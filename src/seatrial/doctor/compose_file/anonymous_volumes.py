"""Does a container made anew start with an empty volume that nobody named?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.doctor.finding import Finding, ok, warning
from seatrial.engine import compose_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.engine.compose_text import Source

# Written over a bind mount on purpose, to keep what the image has there.
_ON_PURPOSE = ("/node_modules", "/.venv", "/vendor", "/target", "/.next")


def judge(
    services: Mapping[str, Mapping[str, Any]], images: Mapping[str, Any], sources: tuple[Source, ...]
) -> Iterator[Finding]:
    """Those of the compose file, and of images (`images`: by service, what the engine tells of it)."""
    found = {name: sorted(_anonymous(model, images.get(name) or {})) for name, model in services.items()}
    bad = {name: targets for name, targets in found.items() if targets}
    if not bad:
        yield ok("every volume has a name")
        return
    told = ", ".join(f"{name} {' '.join(targets)}" for name, targets in bad.items())
    yield warning(
        f"volumes without a name: {told}",
        why="`down` and `up` make them anew and empty, and the old ones stay on the disk with nobody's name on them",
        fix=f'name them: volumes: ["data:{next(iter(bad.values()))[0]}"] in the service, and `data:` under the'
        " top-level volumes; or `tmpfs:` where nothing is to be kept",
        services=tuple(bad),
        places=tuple(place for name in bad for place in compose_text.place(sources, "services", name)),
    )


def _anonymous(model: Mapping[str, Any], image: Mapping[str, Any]) -> Iterator[str]:
    mounts = model.get("volumes") or ()
    targets = {str(mount.get("target")).rstrip("/") for mount in mounts}
    tmpfs = model.get("tmpfs") or ()
    targets |= {str(one).partition(":")[0].rstrip("/") for one in ([tmpfs] if isinstance(tmpfs, str) else tmpfs)}
    for mount in mounts:
        target = str(mount.get("target"))
        if mount.get("type") == "volume" and not mount.get("source") and not target.endswith(_ON_PURPOSE):
            yield target
    for target in (image.get("Config") or {}).get("Volumes") or {}:
        if target.rstrip("/") not in targets:
            yield target
