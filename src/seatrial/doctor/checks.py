"""All checks, from cheap to expensive: what stands above is known before what stands below has been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial import plugin
from seatrial.doctor.check import Check
from seatrial.doctor.compose_file import (
    anonymous_volumes,
    dockerignore,
    fixed_names,
    grace,
    health_interval,
    init,
    latest_tag,
    log_limits,
    shell_command,
    version_key,
)
from seatrial.doctor.docker import buildx, client, clock, compose, engine
from seatrial.doctor.docker.info import numbers
from seatrial.doctor.finding import Finding, failure, ok, skipped
from seatrial.doctor.look import Unseen
from seatrial.doctor.machine import disk, file_system, inotify, memory
from seatrial.doctor.network import authority, names, proxy, registry
from seatrial.doctor.project import checkouts, env_file, environment, left_over, listeners, ports, user_ids, watch_rules
from seatrial.lifecycle.ports.wanted import clashes, wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.doctor.scene import Scene

# Of this repository: a base image where there is no hub.
_STAND_IN = "scripts/base-image"


def _client(scene: Scene) -> Iterator[Finding]:
    at = scene.machine
    try:
        version = at.info.answer().client if at.client else ""
    except Unseen:
        version = ""
    yield from client.judge(at.client, version, script=bool(at.client) and not plugin.plain_client(at.environ))


def _engine(scene: Scene) -> Iterator[Finding]:
    if scene.machine.client is None:
        raise Unseen("there is no docker command")
    try:
        yield from engine.judge(scene.machine.info.answer())
    except Unseen as unseen:
        yield failure(
            f"the docker client does not come back: {unseen}",
            why="without an engine nothing can be started or looked at",
            fix="look at the engine's log (journalctl -u docker) and restart it",
        )


def _compose_file(scene: Scene) -> Iterator[Finding]:
    why = "without it there is nothing to start"
    if scene.project is None:
        # A folder without one is no fault; a file that was named and is not there is.
        assert scene.absent is not None  # noqa: S101
        named = "named by" in scene.absent.what
        yield failure(scene.absent.what, why=why, fix=scene.absent.fix) if named else skipped(scene.absent.what)
    elif scene.refused is not None:
        if scene.machine.client is None:
            raise Unseen("there is no docker command")
        if not scene.machine.has_compose:
            raise Unseen("Compose cannot be asked")  # what keeps it from that is told by the checks of it
        yield failure(scene.refused.what, why=why, fix=scene.refused.fix, notes=scene.refused.detail)
    else:
        yield ok(", ".join(source.shown for source in scene.sources))


def _environment(scene: Scene) -> Iterator[Finding]:
    if scene.examination is None:
        raise Unseen(scene.no_model)
    yield from environment.judge(scene.examination)


def _memory(scene: Scene) -> Iterator[Finding]:
    at = scene.machine
    available = at.memory.answer() if at.near else None
    try:
        whole = at.info.answer().memory
    except Unseen:
        whole = 0
    yield from memory.judge(available, whole, memory.limits(_services(scene)))


def _certificates(scene: Scene) -> Iterator[Finding]:
    try:
        downloading = [name for name, file in scene.dockerfiles.items() if file.downloads]
        builds: Mapping[str, Mapping[str, Any]] = scene.builds
    except Unseen:
        downloading, builds = [], {}
    yield from authority.judge(scene.machine.authority.answer(), downloading, builds)


def _proxy(scene: Scene) -> Iterator[Finding]:
    environ = scene.machine.environ
    info = scene.machine.engine_answers()
    yield from proxy.judge(proxy.ours(environ), proxy.of_client(environ), info.proxies, info.settings)


def _ports(scene: Scene) -> Iterator[Finding]:
    wanted = wishes(scene.stack, scene.stack.names)
    yield from ports.judge(scene.taken.answer(), clashes(wanted), len(wanted))


def _health_interval(scene: Scene) -> Iterator[Finding]:
    try:
        version = numbers(scene.machine.engine_answers().engine)
    except Unseen:
        version = ()
    yield from health_interval.judge(scene.stack, version, scene.sources)


def _shell_command(scene: Scene) -> Iterator[Finding]:
    known = scene.services, scene.dockerfiles, scene.sources, scene.by_service
    try:
        programs = scene.shells.answer()
    except Unseen:
        programs = {}
    yield from shell_command.judge(tuple(shell_command.found(*known, programs)))


def _init(scene: Scene) -> Iterator[Finding]:
    yield from init.findings(scene.services, scene.dockerfiles, scene.by_service, scene.sources)


def _latest_tag(scene: Scene) -> Iterator[Finding]:
    try:
        images = scene.images.answer()
    except Unseen:
        images = {}
    yield from latest_tag.judge(scene.services, scene.dockerfiles, images, scene.sources, scene.made_here)


def _log_limits(scene: Scene) -> Iterator[Finding]:
    info = scene.machine.engine_answers()
    limited = scene.machine.near and log_limits.limited_by_engine(info.settings)
    yield from log_limits.judge(scene.services, info.logging, scene.sources, limited=limited, settings=info.settings)


def _names(scene: Scene) -> Iterator[Finding]:
    yield from names.judge(scene.machine.names.answer(), scene.machine.engine_answers().settings)


def _user_ids(scene: Scene) -> Iterator[Finding]:
    mapped = scene.machine.engine_answers().maps_users
    yield from user_ids.judge(scene.binds.answer(), scene.sources, scene.machine.start, mapped=mapped)


def _checkout(scene: Scene) -> Iterable[Finding]:
    seen = scene.seen.answer()
    assert scene.project is not None  # noqa: S101
    return checkouts.judge(scene.project, scene.stack, seen)


def _watch_rules(scene: Scene) -> Iterable[Finding]:
    written = sum(len((model.get("develop") or {}).get("watch") or ()) for model in scene.services.values())
    return watch_rules.judge(scene.rules, written)


def _registry(scene: Scene) -> Iterator[Finding]:
    here = scene.images.answer()
    missing = [name for name in scene.wanted_images if name not in here]
    root = scene.project.root if scene.project else scene.machine.start
    stand_in = _STAND_IN if (root / _STAND_IN).is_file() else ""
    yield from registry.judge(missing, scene.missing.answer() if missing else (), stand_in)


def _services(scene: Scene) -> Mapping[str, Mapping[str, Any]]:
    """None where there is no model: then nothing is to be said of them."""
    try:
        return scene.services
    except Unseen:
        return {}


def _folder(scene: Scene) -> str:
    return str(scene.project.root if scene.project else scene.machine.start)


CHECKS = (
    Check("docker-client", "is there a docker command?", _client),
    Check(
        "file-system",
        "does the project lie where changes of files are told?",
        lambda s: file_system.judge(_folder(s), s.mounts.answer()[0], wsl=s.mounts.answer()[1]),
    ),
    Check("env-file", "is the env file there?", lambda s: env_file.presence(s.env_file.answer())),
    Check("env-file-mode", "is it closed to others?", lambda s: env_file.permissions(s.env_file.answer())),
    Check("env-file-ignored", "is it kept out of git?", lambda s: env_file.ignored(s.env_file.answer())),
    Check("certificates", "do builds trust what this machine trusts?", _certificates),
    Check("engine", "does an engine answer, and is it recent enough?", _engine),
    Check("clock", "do the engine's clock and ours agree?", lambda s: clock.judge(s.machine.engine_answers())),
    Check(
        "compose",
        "is Compose there, and which of its faults are met?",
        lambda s: compose.judge(s.machine.info.answer(), compose.uses(_services(s))),
    ),
    Check(
        "buildx",
        "is buildx there, and does this Compose build with it?",
        lambda s: buildx.judge(s.machine.info.answer(), builds=any(m.get("build") for m in _services(s).values())),
    ),
    Check("memory", "is there memory for the stack?", _memory),
    Check("disk", "is there room on the disks that matter?", lambda s: disk.judge(s.space.answer())),
    Check("proxy", "is there a proxy, and does everybody know of it?", _proxy),
    Check(
        "left-over",
        "has a run that was killed left something behind?",
        lambda s: left_over.judge(s.machine.left.answer()),
    ),
    Check("compose-file", "does Compose take the project?", _compose_file),
    Check("environment", "does every service get what it needs?", _environment),
    Check("version-key", "is there still a `version:`?", lambda s: version_key.judge(s.sources)),
    Check("health-interval", "what do starts wait for the engine to ask?", _health_interval),
    Check("shell-command", "is a shell in the way of the stop signal?", _shell_command),
    Check("init", "is a runtime PID 1 without an init?", _init),
    Check(
        "grace-period", "have services that keep data the time to stop?", lambda s: grace.judge(s.services, s.sources)
    ),
    Check(
        "fixed-names",
        "has something a name that can be there once?",
        lambda s: fixed_names.judge(s.stack, s.renamed.answer(), s.sources),
    ),
    Check(
        "anonymous-volumes",
        "does data lie in a volume that nobody named?",
        lambda s: anonymous_volumes.judge(s.services, s.by_service, s.sources),
    ),
    Check(
        "dockerignore",
        "is a build context copied whole?",
        lambda s: dockerignore.judge(dockerignore.missing(s.builds, s.dockerfiles)),
    ),
    Check("latest-tag", "is an image meant that is another one tomorrow?", _latest_tag),
    Check("log-limits", "may logs grow until the disk is full?", _log_limits),
    Check("checkout", "is the project's name used by another folder?", _checkout),
    Check("ports", "are the ports free that `up` publishes?", _ports),
    Check(
        "listeners",
        "do running services listen where they are to be reached?",
        lambda s: listeners.judge(s.unreachable.answer()),
    ),
    Check("user-ids", "may services write where they are to?", _user_ids),
    Check("watch-rules", "can the watch rules be followed?", _watch_rules),
    Check(
        "inotify",
        "may as many folders be watched as there are?",
        lambda s: inotify.judge(s.machine.budget.answer(), s.folders.answer()),
    ),
    Check("registry", "can what is missing be pulled?", _registry),
    Check("names", "do names resolve inside of containers?", _names),
)
