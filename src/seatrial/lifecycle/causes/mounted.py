"""What differs between the mounts of a container and those of the model. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.composed import undoubled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine.attached import Mount
    from seatrial.engine.facts import Facts

# They are mounts of the container too, and where they come from is Compose's business.
_OTHERS = ("configs", "secrets", "volumes_from")


def mounts(
    old: dict[str, str],
    new: dict[str, str],
    facts: Facts,
    model: Mapping[str, Any],
    names: Mapping[tuple[str, str], str],
) -> None:
    """Add to `old` what the container has, to `new` what it is to have: `volumes.TARGET`, and a text to compare."""
    if any(model.get(field) for field in _OTHERS):
        return
    has = {mount.target: mount for mount in facts.mounts}
    wanted = {volume["target"].rstrip("/") or "/": volume for volume in model.get("volumes") or ()}
    for target, volume in wanted.items():
        if not volume.get("source") and volume.get("type") == "volume":
            continue  # nobody has named it
        new[f"volumes.{target}"] = "as wanted"
        if target in has:
            as_wanted = _is(has[target], volume, names)
            old[f"volumes.{target}"] = "as wanted" if as_wanted else "another"
    for target, mount in has.items():
        if target not in wanted and not mount.anonymous and mount.kind != "tmpfs":  # the short `tmpfs:` is no volume
            old[f"volumes.{target}"] = "another"


def _is(mount: Mount, volume: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> bool:
    kind, source = volume.get("type"), undoubled(volume.get("source") or "")
    if mount.kind != kind:
        return False
    if kind == "tmpfs":
        return True
    if mount.writable == bool(volume.get("read_only")):
        return False
    if kind == "volume":
        return mount.name == names.get(("volumes", source), mount.name)
    # An engine in a virtual machine sees the folder of its host under a path of its own.
    return kind != "bind" or mount.source.endswith(source.rstrip("/"))
