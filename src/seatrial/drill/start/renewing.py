"""Makes a service's container anew, and first of all sees to it that nothing is lost or changed by that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seatrial.drill.data.data_paths import own_files
from seatrial.drill.live.joined import shares
from seatrial.drill.unjudged import inconclusive, skip
from seatrial.engine import containers
from seatrial.engine.attached import Mount
from seatrial.engine.command import compose
from seatrial.engine.joined import joined
from seatrial.engine.recreate import recreate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.drill.live.recorder import Recorder
    from seatrial.engine.containers import Change

_ENGINE_S = 60.0
_MOST_SHOWN = 3
# Nobody misses it. Everything else may be somebody's, whatever its name: this is about losing it, not about style.
_THROWN_AWAY = re.compile(
    r"/(?:tmp|run|dev|proc|sys|var/(?:tmp|run|cache|log|lock))(?:/.*)?"
    r"|.*/(?:\.cache|\.npm|__pycache__|node_modules/\.cache)(?:/.*)?|.*\.(?:pid|lock|sock)"
)


def kept_inside(changes: Iterable[Change], mounts: Iterable[Mount]) -> tuple[str, ...]:
    """Paths in the container's own layer that would be gone with it, other than what everybody throws away. Pure."""
    mounted = tuple(mounts)
    # A folder that was only touched is told too; what is mounted below it is not its own.
    above = tuple(mount.target for mount in mounted)
    return tuple(
        change.path
        for change in own_files(tuple(changes), mounted)
        if not _THROWN_AWAY.fullmatch(change.path) and not any(target.startswith(f"{change.path}/") for target in above)
    )


def copied_in(model: Mapping[str, Any]) -> tuple[Mount, ...]:
    """The configs and secrets of a service: Compose copies those without a file into the container. Pure."""
    targets = []
    for key, folder in (("configs", "/"), ("secrets", "/run/secrets/")):
        for entry in model.get(key) or ():
            target = entry if isinstance(entry, str) else entry.get("target") or entry.get("source") or ""
            targets.append(target if target.startswith("/") else folder + target)
    return tuple(Mount("copy", target) for target in targets)


def renewable(recorder: Recorder) -> None:
    """Whether its container can be made anew with nothing lost and nothing changed.

    Raises:
        Unjudged: SKIP where data would be lost; INCONCLUSIVE where another one would come of it.
    """
    scene, facts, service = recorder.scene, recorder.subject.facts, recorder.service
    if scene.project.by_labels:
        raise skip("its compose file is not here: it could not be made anew")
    if facts.id in scene.shared:
        raise skip("it is on another service's network: by Compose's hash nobody can tell whether it has changed")
    if others := shares(scene, service):
        raise skip(f"not done, {', '.join(others)} would be cut off for good: it shares the network of this container")
    if anonymous := facts.anonymous_volumes:
        targets = ", ".join(mount.target for mount in anonymous)
        raise skip(f"not done, data would be lost: {targets} is an anonymous volume; give it a name (data-placement)")
    given = copied_in(scene.stack.service_models().get(service, {}))
    if inside := kept_inside(containers.diff(facts.id), (*facts.mounts, *given)):
        more = f" and {len(inside) - _MOST_SHOWN} more" if len(inside) > _MOST_SHOWN else ""
        named = ", ".join(inside[:_MOST_SHOWN])
        raise skip(f"not done, its own layer would be lost with {named}{more}: a volume there (data-placement)")
    if len(scene.engine.snapshot(scene.stack.name).of(service)) > 1:
        raise skip("it has several containers, and all of them would be made anew at once")
    now = scene.engine.snapshot(scene.stack.name)
    hashes = scene.engine.config_hashes(joined(scene.stack, now))
    for name in scene.stack.closure([service]):
        if any(container.config_hash != hashes.get(name) for container in now.of(name)):
            raise inconclusive(f"the configuration of {name} has changed since it was made: up first")
    there = scene.engine.made([facts.image]).get(facts.image)
    if facts.image_id and (there is None or there.id != facts.image_id):
        raise inconclusive(f"the image {facts.image} is another one since it was made: up --service {service}")


def renew(recorder: Recorder) -> None:
    """Make it anew; its events and those of the one before are kept."""
    scene, own = recorder.scene, recorder.subject.facts.id
    scene.renewed[own] = recorder.service
    recorder.follow(own)
    missing = ("up", "--detach", "--no-deps", "--no-build", "--no-recreate", recorder.service)
    limit_s = recorder.subject.grace_s + _ENGINE_S
    with scene.guardian.owing(*compose(scene.project, *missing), late_s=limit_s) as debt:
        recreate(scene.project, recorder.service, limit_s)
        debt.settle()
