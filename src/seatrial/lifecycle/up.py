"""`up`: what is wanted against what runs. The plan is pure; Compose itself creates and starts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seatrial.engine.joined import joined
from seatrial.engine.together import together
from seatrial.lifecycle.definitions import recalled
from seatrial.lifecycle.follows import RESTARTS_SINCE, becomes, follow, follow_owners
from seatrial.lifecycle.image_step import image_step, maker_of
from seatrial.lifecycle.plan import KEEP, NETWORK, REFUSE, Plan, Step
from seatrial.lifecycle.references import References, references, unknown_owners

_NEW_VOLUME = "for a new one, without that data: `down`, `docker volume rm {}`, `up`"

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        references: what is wrong with the networks, volumes and namespaces that containers refer to.
        unjudged: by service, what its image is not compared with.
        orphans: containers without a service, which Compose would remove where `remove_orphans` is wanted.
        tagged_ns: by image name, when it got that name, ns since the epoch.
        recorded: by image name, the id that Compose records for a new container; absent where its version decides.
        platforms: by image name, `OS/ARCHITECTURE` of an image that is for one platform only.
    """

    hashes: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)
    compose: tuple[int, ...] = ()
    references: References = field(default_factory=References)
    unjudged: Mapping[str, str] = field(default_factory=dict)
    orphans: tuple[Container, ...] = ()
    remove_orphans: bool = False
    tagged_ns: Mapping[str, int] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    platforms: Mapping[str, str] = field(default_factory=dict)


def wanted(engine: Engine, project: Project, stack: Stack, before: Snapshot) -> Wanted:
    """Asked of Compose only where there is a container to compare with: it takes a tenth of a second to tell."""
    with together() as asking:
        there = asking.ask(lambda: engine.resources(stack.name))
        outside = unknown_owners(before)
        others = engine.look(outside) if outside else ()
        hashes = engine.config_hashes(joined(stack, before)) if before.containers else {}
        made = engine.made(sorted({stack.image_of(name) for name in stack.names}))
        resources = there.answer()
    found = references(stack, before, resources, others, recalled(project, stack.name)) if resources else References()
    ids = {name: one.id for name, one in made.items()}
    single = {name: one for name, one in made.items() if not one.by_manifest}
    return Wanted(
        hashes,
        ids,
        references=found,
        tagged_ns={name: one.tagged_ns for name, one in made.items()},
        recorded={name: one.id for name, one in single.items()},
        platforms={name: one.platform for name, one in single.items()},
    )


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
    asked = stack.closure(request.services)
    networks = [name for name, users in want.references.on.items() if set(users) & set(asked)]
    beside = {name for network in networks for name in want.references.on[network] if snapshot.of(name)}
    steps = [*_orphans(want), *(Step("build", name, why) for name, why in want.stale.items() if name not in asked)]
    steps += [Step("recreate", f"{NETWORK}{name}", want.references.networks[name], ours=True) for name in networks]
    steps += [
        Step(REFUSE, f"{NETWORK}{name}", "external, and it does not exist")
        for name, users in want.references.missing.items()
        if set(users) & set(asked)
    ]
    anew: dict[str, str] = {}
    for name in asked if beside <= set(asked) else [n for n in stack.closure(()) if n in {*asked, *beside}]:
        service = stack.service(name)
        if service.provider:
            steps.append(Step("run", name, f"provider {service.provider}"))
            continue
        image = image_step(stack, service, want, request)
        steps += [image] if image else []
        want = _with_provider(stack, service, want)
        own = _container_steps(stack, service, snapshot.of(name), want, request)
        own = follow(service, own, anew, all_dependants=() < want.compose < RESTARTS_SINCE)
        if become := becomes(own):
            anew[name] = become
        steps += own
    return Plan((*follow_owners(snapshot, steps), *_volumes(want)))


def _with_provider(stack: Stack, service: Service, want: Wanted) -> Wanted:
    """Name the cause of what only Compose knows: a provider's variables change the configuration at every `up`."""
    active = set(stack.names) if service.depends_on else ()
    needs = (stack.service(edge.service) for edge in service.depends_on if edge.service in active)
    providers = [other.name for other in needs if other.provider]
    if not providers:
        return want
    return replace(want, causes={**want.causes, service.name: f"provider {providers[0]} sets its variables again"})


def _orphans(want: Wanted) -> Iterator[Step]:
    for one in want.orphans:
        cause = f"orphan: the compose files have no service {one.service}"
        if want.remove_orphans:
            yield Step("remove", one.name, cause, ours=True)
        else:
            yield Step(KEEP, one.name, f"{cause}; `up --remove-orphans` removes it")


def _volumes(want: Wanted) -> Iterator[Step]:
    for name, fields in want.references.volumes.items():
        cause = f"{fields}: the volume keeps its data and its old definition"
        yield Step(KEEP, f"volume {name}", f"{cause}; {_NEW_VOLUME.format(name)}")


def _container_steps(
    stack: Stack, service: Service, containers: tuple[Container, ...], want: Wanted, request: UpRequest
) -> list[Step]:
    steps = [*_renewals(containers, request)]
    steps += [_container_step(stack, service, c, want, request) for c in containers[: service.replicas]]
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


def _kept(container: Container) -> str:
    """What hides a part of the new image."""
    kept = ", ".join(container.anonymous_volumes)
    return f"; {kept}: what the old image put there stays (`up --renew-anon-volumes`)" if kept else ""


def _renewals(containers: Iterable[Container], request: UpRequest) -> Iterator[Step]:
    """Compose gives a container the anonymous volumes of the one before; one that is removed first leaves none."""
    for one in containers if request.renew_volumes else ():
        if one.anonymous_volumes:
            yield Step("remove", one.name, f"with its anonymous volumes: {', '.join(one.anonymous_volumes)}", ours=True)


def _container_step(stack: Stack, service: Service, container: Container, want: Wanted, request: UpRequest) -> Step:
    if request.force_recreate or (request.renew_volumes and container.anonymous_volumes):
        return Step("recreate", service.name, "asked for")
    if want.hashes.get(service.name, container.config_hash) != container.config_hash:
        return Step("recreate", service.name, want.causes.get(service.name, "its configuration changed"))
    if other := _other_image(stack, service, container, want):
        return Step("recreate", service.name, other)
    if container.id in want.references.broken:
        return Step("recreate", service.name, want.references.broken[container.id], ours=True)
    if container.state == "running" and (renewal := _renewal(stack, service, want, request)):
        return Step("recreate", service.name, f"if the {renewal} gives another image{_kept(container)}")
    if container.id in want.references.cut_off:
        return Step("restart", service.name, want.references.cut_off[container.id], ours=True)
    if container.state == "running":
        not_judged = want.unjudged.get(service.name, "")
        more = f"; its image is not compared with {not_judged}" if not_judged else ""
        return Step(KEEP, service.name, f"running, as wanted{more}")
    if container.state == "restarting":
        return Step(KEEP, service.name, f"its restart policy starts it again after exit code {container.exit_code}")
    if container.state == "paused":
        return Step("unpause", service.name, "paused")
    return Step("start", service.name, _why_not_running(container))


def _other_image(stack: Stack, service: Service, container: Container, want: Wanted) -> str:
    """Why the image has Compose recreate the container: it changed, or the one that Compose recorded is another one.

    Compose records one image by name. Where two services build that name, it may be the build that was replaced.
    """
    image, recorded = stack.image_of(service.name), container.recorded_image
    if want.images.get(image, container.image_id) != container.image_id:
        return f"the image {image} changed{_kept(container)}"
    if not recorded or recorded == want.recorded.get(image, recorded):
        return ""
    builders = [name for name in stack.builds() if stack.image_of(name) == image]
    both = f", which {' and '.join(builders)} build" if len(builders) > 1 else ""
    return f"Compose recorded another build of the image {image}{both}"


def _renewal(stack: Stack, service: Service, want: Wanted, request: UpRequest) -> str:
    """What may give the image of the service another content; "" for nothing."""
    own, maker = image_step(stack, service, want, request), maker_of(stack, service, request)
    if own:
        return "" if own.action == REFUSE else own.action
    step = image_step(stack, maker, want, request) if maker else None
    return f"{step.action} of {step.subject}" if step else ""


def _why_not_running(container: Container) -> str:
    return f"exited {container.exit_code}" if container.state in ("exited", "dead") else container.state


def _merged(steps: list[Step]) -> list[Step]:
    """Replicas that are treated alike are one line."""
    return list(dict.fromkeys(steps))
