"""What changes lead to beside a sync: builds, restarts, and commands in containers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seatrial.watch.builds import Builds
from seatrial.watch.happenings import Ran
from seatrial.watch.restarts import Restarts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from seatrial.engine import Ran as Ended
    from seatrial.engine.observed import Container
    from seatrial.watch.rules import Rule
    from seatrial.watch.scene import Scene
    from seatrial.watch.sources import Sources
    from seatrial.watch.workers import Workers

# The command of a `sync+exec`.
HOOK_LIMIT_S = 300.0


class Acting:
    """Follows the rules for what they want done; called in the loop."""

    def __init__(self, scene: Scene, sources: Sources, workers: Workers) -> None:
        self._scene, self._sources, self._workers = scene, sources, workers
        self._builds, self._restarts = Builds(scene, workers), Restarts(scene, workers)
        self._rules = [rule for rule in scene.rules if not rule.syncs]

    def adopt(self, scene: Scene) -> None:
        """Follow the rules of this scene from here on."""
        self._scene = scene
        self._rules = [rule for rule in scene.rules if not rule.syncs]
        self._builds.adopt(scene)
        self._restarts.adopt(scene)

    @property
    def building(self) -> tuple[str, ...]:
        return self._builds.building

    @property
    def restarting(self) -> tuple[str, ...]:
        """Services that are being restarted, or will be."""
        return tuple(sorted({*self._restarts.restarting, *self._restarts.wishes.wanted}))

    @property
    def busy(self) -> tuple[str, ...]:
        """Services whose containers end because we want it."""
        return (*self._builds.building, *self._restarts.restarting)

    @property
    def since_s(self) -> dict[str, float]:
        """By service that will be restarted, when that was wanted first."""
        return self._restarts.wishes.since_s

    def due_at(self, owing: Collection[str]) -> float | None:
        """When `pump` has something to do; None while it has not."""
        both = (self._builds.due_at(), self._restarts.due_at({*self._builds.building, *owing}))
        return min((at for at in both if at is not None), default=None)

    def pump(self, now_s: float, owing: Collection[str]) -> None:
        """Begin what is due; no service is restarted that is in `owing`: files are on their way to it."""
        self._builds.pump(now_s)
        self._restarts.pump({*self._builds.building, *owing}, now_s)

    def changed(self, paths: Iterable[str]) -> tuple[str, ...]:
        """These have another stamp; the services for which something is done, as the content is another one."""
        entries = self._sources.tree.entries
        touched = [path for path in paths if any(self._counts(rule, path) for rule in self._rules)]
        other = [path for path in touched if self._sources.contents.changed(path, entries.get(path))]
        found = []
        for rule in self._rules:
            own = sorted(path for path in other if self._counts(rule, path))
            if own:
                found.append(rule.service)
                self._do(rule, own)
        return tuple(found)

    def synced(self, container: Container, hosts: Iterable[str]) -> None:
        """The container has something else of these paths now."""
        for rule in self._scene.of(container.service):
            own = sorted(host for host in hosts if rule.covers(host))
            if own and rule.action == "sync+restart":
                self._restarts.wishes.want(container.service, own)
            elif own and rule.action == "sync+exec":
                self._run(container, rule)

    def _counts(self, rule: Rule, path: str) -> bool:
        stamp = self._sources.tree.entries.get(path)
        return rule.wants(path, folder=stamp is not None and stamp.kind == "folder")

    def _do(self, rule: Rule, paths: Iterable[str]) -> None:
        """A rule that sends nothing; one whose files are mounted in the container is such."""
        if rule.action == "rebuild":
            self._builds.wishes.want(rule.service, paths)
        elif rule.action != "sync+exec":
            self._restarts.wishes.want(rule.service, paths)
        else:
            for container in self._scene.engine.snapshot(self._scene.stack.name).of(rule.service):
                self._run(container, rule)

    def _run(self, container: Container, rule: Rule) -> None:
        hook = rule.hook
        if hook is None:
            return
        began_s = time.monotonic()

        def ended(answer: Ended | BaseException | None) -> None:
            if isinstance(answer, BaseException):
                code, output = None, str(answer)
            else:
                code, output = (None, "") if answer is None else (answer.exit_code, answer.output)
            seconds = time.monotonic() - began_s
            self._scene.tell(Ran(container.service, container.name, hook.command, code, output, seconds))

        self._workers.begin(
            lambda: self._scene.engine.run(
                container.id,
                hook.command,
                HOOK_LIMIT_S,
                user=hook.user,
                working_dir=hook.working_dir,
                environment=hook.environment,
                privileged=hook.privileged,
            ),
            ended,
        )
