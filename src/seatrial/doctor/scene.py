"""Everything that the checks look at. Each look is begun once, as early as it can be, and has a limit of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial import places
from seatrial.doctor.compose_file import dockerfile, shell_command, shells
from seatrial.doctor.look import DISK_S, ENGINE_S, FAR_S, QUICK_S, Look, Unseen, unknown
from seatrial.doctor.machine import disk, file_system, folders
from seatrial.doctor.network import registry
from seatrial.doctor.project import env_file, listeners, user_ids, watch_rules
from seatrial.engine import compose_text
from seatrial.errors import EngineError
from seatrial.lifecycle.building.bases import with_tag
from seatrial.lifecycle.fixed_names import under_another_name
from seatrial.lifecycle.ports import preflight
from seatrial.lifecycle.ports.culprit import Culprit, culprit
from seatrial.lifecycle.ports.trying import free, near
from seatrial.lifecycle.ports.wanted import wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.doctor.surroundings import Machine
    from seatrial.engine.observed import Snapshot
    from seatrial.env.examination import Examination
    from seatrial.errors import SeatrialError
    from seatrial.lifecycle.unreachable import Unreachable
    from seatrial.project import Project
    from seatrial.stack import Stack


@dataclass
class Scene:
    """The machine, and the project if there is one.

    Attributes:
        project: None when the folder means none; then `absent` says why.
        examination: what is known of its environment; None when Compose refuses it, and then `refused` says why.
        far: whether images are asked of registries.
        watched: reads the watch rules, which is another layer's business.
    """

    machine: Machine
    project: Project | None = None
    absent: SeatrialError | None = None
    examination: Examination | None = None
    refused: SeatrialError | None = None
    far: bool = True
    watched: Callable[[Stack], watch_rules.Rules] = lambda _: watch_rules.Rules()
    space: Look[tuple[disk.Space, ...]] = field(init=False)
    mounts: Look[tuple[str, bool]] = field(init=False)
    env_file: Look[env_file.State] = field(init=False)
    seen: Look[Snapshot] = field(init=False)
    images: Look[Mapping[str, dict[str, Any]]] = field(init=False)
    shells: Look[Mapping[str, str]] = field(init=False)
    missing: Look[tuple[registry.Missing, ...]] = field(init=False)
    folders: Look[int] = field(init=False)
    binds: Look[tuple[user_ids.Mounted, ...]] = field(init=False)
    taken: Look[tuple[tuple[preflight.Taken, Culprit], ...]] = field(init=False)
    unreachable: Look[tuple[Unreachable, ...]] = field(init=False)
    renamed: Look[Stack | None] = field(init=False)

    def __post_init__(self) -> None:
        """Begin to look at what is the project's."""
        begin, here = self.machine.looks.begin, self.machine.start
        project, folder = self.project, self.project.root if self.project else self.machine.start
        self.space = begin(lambda: disk.looked(self._places(folder)), ENGINE_S)
        self.mounts = begin(lambda: file_system.looked(folder), QUICK_S)
        self.env_file = begin(lambda: env_file.looked(project, here), DISK_S) if project else self._no_project()
        stack = self.examination.stack if self.examination else None
        if stack is None:
            reason = self.no_model
            self.seen, self.images, self.missing = unknown(reason), unknown(reason), unknown(reason)
            self.folders, self.binds, self.taken = unknown(reason), unknown(reason), unknown(reason)
            self.unreachable, self.renamed = unknown(reason), unknown(reason)
            self.shells = unknown(reason)
            return
        self.seen = begin(lambda: self._seen(stack), ENGINE_S)
        self.renamed = begin(lambda: self._renamed(stack), ENGINE_S)
        self.images = begin(self._images, ENGINE_S)
        self.shells = begin(self._shells, ENGINE_S)
        self.missing = begin(self._missing, FAR_S) if self.far else unknown("not asked")
        self.folders = begin(lambda: folders.counted(self.rules.rules), DISK_S)
        self.binds = begin(lambda: user_ids.looked(self.services, self._users), ENGINE_S)
        self.taken = begin(lambda: self._taken(stack), ENGINE_S)
        self.unreachable = begin(lambda: listeners.looked(stack, self.seen.answer()), FAR_S)

    @property
    def name(self) -> str:
        """The project's; "" where that is not known."""
        found = self.examination.stack if self.examination else None
        return found.name if found else ""

    @property
    def no_model(self) -> str:
        """Why there is none, where there is none."""
        if self.project is None:
            return "there is no compose file"
        return "Compose cannot be asked" if isinstance(self.refused, EngineError) else "Compose refuses the project"

    @property
    def stack(self) -> Stack:
        """Raises `Unseen`."""
        found = self.examination.stack if self.examination else None
        if found is None:
            raise Unseen(self.no_model)
        return found

    @cached_property
    def services(self) -> Mapping[str, Mapping[str, Any]]:
        """Of the resolved model. Raises `Unseen`."""
        return self.stack.service_models()

    @cached_property
    def rules(self) -> watch_rules.Rules:
        """Raises `Unseen`."""
        return self.watched(self.stack)

    @cached_property
    def builds(self) -> Mapping[str, Mapping[str, Any]]:
        return self.stack.builds()

    @cached_property
    def dockerfiles(self) -> Mapping[str, dockerfile.Dockerfile]:
        """By service, those that can be read here."""
        read = {name: dockerfile.read(build) for name, build in self.builds.items()}
        start = self.machine.start
        return {name: replace(file, shown=compose_text.near(file.path, start)) for name, file in read.items() if file}

    @cached_property
    def sources(self) -> tuple[compose_text.Source, ...]:
        if self.project is None:
            raise Unseen("there is no compose file")
        return compose_text.read(self.project.files, self.machine.start)

    @property
    def by_service(self) -> Mapping[str, Mapping[str, Any]]:
        """By service, what the engine tells of its image; those that are not here, or not looked at, are left out."""
        try:
            images = self.images.answer()
        except Unseen:
            return {}
        named = {name: self.stack.image_of(name) for name in self.services}
        return {name: images[image] for name, image in named.items() if image in images}

    @property
    def made_here(self) -> frozenset[str]:
        """Images that the project itself builds, with their tags: other services may use them or start from them."""
        return frozenset(with_tag(self.stack.image_of(name)) for name in self.builds)

    @property
    def wanted_images(self) -> tuple[str, ...]:
        """What is not made here: images of services that are not built, and what the others start from."""
        services = self.services.items()
        run = [str(model["image"]) for name, model in services if name not in self.builds and model.get("image")]
        bases = [base for file in self.dockerfiles.values() for base in file.bases]
        return tuple(dict.fromkeys(name for name in (*run, *bases) if self._asked_for(name)))

    def _asked_for(self, image: str) -> bool:
        return bool(image) and "$" not in image and with_tag(image) not in self.made_here

    @property
    def _users(self) -> Mapping[str, str | None]:
        return user_ids.users(self.services, self.dockerfiles, self.by_service)

    def _places(self, folder: Path) -> tuple[tuple[str, Path], ...]:
        own = ((disk.PROJECT, folder), (disk.KEPT, places.cache()))
        try:
            root = self.machine.info.answer().root
        except Unseen:
            root = ""
        return (((disk.ENGINES, Path(root)),) if root and self.machine.near else ()) + own

    def _seen(self, stack: Stack) -> Snapshot:
        self.machine.engine_answers()
        return self.machine.engine.snapshot(stack.name)

    def _renamed(self, stack: Stack) -> Stack | None:
        if self.project is None:
            raise Unseen("there is no compose file")
        return under_another_name(self.machine.engine, self.project, stack, self.machine.environ)

    def _images(self) -> Mapping[str, dict[str, Any]]:
        self.machine.engine_answers()
        names = {*self.wanted_images, *(self.stack.image_of(name) for name in self.services)}
        return registry.present(self.machine.environ, names)

    def _shells(self) -> Mapping[str, str]:
        """By service, the shell that its image has, where a shell is given what is run."""
        given = shell_command.shell_texts(self.services, self.dockerfiles, (), self.by_service)
        here = {name: image["Id"] for name, image in self.by_service.items()}
        wanted = {name: one.shell for name, one in given.items()}
        if not wanted:
            return {}
        return shells.image_shells(self.machine.engine, wanted, self.seen.answer(), here, create=self.far)

    def _missing(self) -> tuple[registry.Missing, ...]:
        here = self.images.answer()
        return registry.looked(self.machine.environ, [name for name in self.wanted_images if name not in here])

    def _taken(self, stack: Stack) -> tuple[tuple[preflight.Taken, Culprit], ...]:
        self.machine.engine_answers()
        if not near(self.machine.environ):
            raise Unseen("the engine publishes ports elsewhere: they cannot be tried from here")
        found = preflight.taken(wishes(stack, stack.names), self.seen.answer(), (), free)
        return tuple((each, culprit(self.machine.engine, each.port, each.wish.protocol)) for each in found)

    @staticmethod
    def _no_project() -> Look[Any]:
        return unknown("there is no compose file")
