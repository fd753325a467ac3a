"""`up`: what is wanted against what runs. The plan is pure; Compose itself creates and starts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.joined import joined
from seatrial.lifecycle.follows import RESTARTS_SINCE, becomes, follow
from seatrial.lifecycle.plan import KEEP, Plan, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.engine import Engine, UpRequest
    from seatrial.engine.observed import Container, Snapshot
    from seatrial.project import Project
    from seatrial.stack import Service, Stack


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Compose would make now.

    Attributes:
        hashes: config hash by service.
        images: image id by image name.
        causes: by service what has changed in its configuration; absent where nobody can tell.
        stale: by service, why its image is older than its sources.
        compose: the version of Compose; empty where it makes no difference.
    """

    hashes: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)
    compose: tuple[int, ...] = ()


def wanted(engine: Engine, stack: Stack, before: Snapshot) -> Wanted:
    """Asked of Compose only where there is a container to compare with: it takes a tenth of a second to tell."""
    hashes = engine.config_hashes(joined(stack, before)) if before.containers else {}
    made = engine.made(sorted({stack.image_of(name) for name in stack.names}))
    return Wanted(hashes, {name: one.id for name, one in made.items()})


def explained(
    engine: Engine, project: Project, stack: Stack, want: Wanted, changed: Mapping[str, Container]
) -> Wanted:  # fmt: skip
    """The same with the causes of what has `changed`; where nothing has, nothing is loaded or looked at for it."""
    if not changed:
        return want
    from seatrial.lifecycle.causes.found import causes

    return replace(want, causes=causes(engine, project, stack, changed))


def changed(stack: Stack, before: Snapshot, want: Wanted, request: UpRequest) -> Mapping[str, Container]:
    """By service that is made anew for its configuration, its first container that was made from another one. Pure."""
    found: dict[str, Container] = {}
    for name in () if request.force_recreate else stack.closure(request.services):
        for container in before.of(name)[: stack.service(name).replicas]:
            if want.hashes.get(name, container.config_hash) != container.config_hash:
                found.setdefault(name, container)
    return found


def plan_up(stack: Stack, snapshot: Snapshot, want: Wanted, request: UpRequest) -> Plan:
    """Steps for the services asked for and all they depend on, dependencies first."""
    steps: list[Step] = []
    anew: dict[str, str] = {}
    for name in stack.closure(request.services):
        service = stack.service(name)
        image = _image_step(stack, service, want, request)
        steps += [image] if image else []
        own = _container_steps(stack, service, snapshot.of(name), want, request)
        own = follow(service, own, anew, all_dependants=() < want.compose < RESTARTS_SINCE)
        if become := becomes(own):
            anew[name] = become
        steps += own
    return Plan(tuple(steps))


def _image_step(stack: Stack, service: Service, want: Wanted, request: UpRequest) -> Step | None:
    present = stack.image_of(service.name) in want.images
    if service.builds and request.build:
        return Step("build", service.name, "asked for")
    if present:
        return Step("build", service.name, want.stale[service.name]) if service.name in want.stale else None
    return Step("build" if service.builds else "pull", service.name, f"no image {stack.image_of(service.name)}")


def _container_steps(
    stack: Stack, service: Service, containers: tuple[Container, ...], want: Wanted, request: UpRequest
) -> list[Step]:
    steps = [_container_step(stack, service, c, want, request) for c in containers[: service.replicas]]
    steps += [Step("remove", service.name, f"{c.name} is one too many") for c in containers[service.replicas :]]
    missing = service.replicas - len(containers)
    if missing > 0:
        steps.append(
            Step(
                "create",
                service.name,
                f"{len(containers)} of {service.replicas} containers" if containers else "no container",
            )
        )
    return _merged(steps)


def _container_step(stack: Stack, service: Service, container: Container, want: Wanted, request: UpRequest) -> Step:
    image = want.images.get(stack.image_of(service.name), container.image_id)
    if request.force_recreate:
        return Step("recreate", service.name, "asked for")
    if want.hashes.get(service.name, container.config_hash) != container.config_hash:
        return Step("recreate", service.name, want.causes.get(service.name, "its configuration changed"))
    if image != container.image_id:
        return Step("recreate", service.name, f"the image {stack.image_of(service.name)} changed")
    builds = (request.build and service.builds) or service.name in want.stale
    if builds and container.state == "running":
        return Step("recreate", service.name, "if the build gives another image")
    if container.state == "running":
        return Step(KEEP, service.name, "running, as wanted")
    if container.state == "restarting":
        return Step(KEEP, service.name, f"its restart policy starts it again after exit code {container.exit_code}")
    if container.state == "paused":
        return Step("unpause", service.name, "paused")
    return Step("start", service.name, _why_not_running(container))


def _why_not_running(container: Container) -> str:
    return f"exited {container.exit_code}" if container.state in ("exited", "dead") else container.state


def _merged(steps: list[Step]) -> list[Step]:
    """Replicas that are treated alike are one line."""
    return list(dict.fromkeys(steps))
