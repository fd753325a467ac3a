"""Services of which it is known what drills find: once in the tests, again and again in `inv matrix`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping

    from conftest import ComposeProject

Verdicts = dict[tuple[str, str], tuple[str, str | None]]


def _nothing(_: ComposeProject) -> None: ...


@dataclass(frozen=True)
class Suite:
    """One compose project, and what it is drilled with.

    Attributes:
        model: by the base image `services`, `volumes` and `networks`.
        verdicts: by service and drill the verdict and the cause that it must get.
        prepare: what becomes of the services before they are drilled.
        waits: whether they are brought up with `up`, which waits until all stand; some of them never do.
        lasting: whether they are as before after it, so that they can be drilled again.
        services: those that are drilled; all when empty.
    """

    name: str
    drills: tuple[str, ...]
    model: Callable[[str], dict[str, Any]]
    verdicts: Verdicts
    prepare: Callable[[ComposeProject], None] = _nothing
    waits: bool = False
    lasting: bool = True
    services: tuple[str, ...] = ()

    def start(self, project: ComposeProject, base_image: str) -> None:
        project.file.write_text(json.dumps({"name": project.name, **self.model(base_image)}), encoding="utf-8")
        if self.waits:
            done = project.run("up")
            assert done.returncode == 0, done.stderr
        else:
            project.docker("compose", "-f", str(project.file), "up", "--detach")
        self.prepare(project)

    def drilled(self, project: ComposeProject, *arguments: str) -> subprocess.CompletedProcess[str]:
        chosen = [word for name in self.drills for word in ("--only", name)]
        chosen += [word for name in self.services for word in ("--service", name)]
        done = project.run("drill", *chosen, "--json", *arguments, timeout_s=300)
        assert done.stdout, done.stderr
        return done

    def missed(self, told: Mapping[str, Any]) -> Verdicts:
        """What a report says otherwise than it must."""
        found = short(told)
        nothing = ("nothing", None)
        return {
            place: found.get(place, nothing) for place, wanted in self.verdicts.items() if found.get(place) != wanted
        }


def short(told: Mapping[str, Any]) -> Verdicts:
    """Of a report, or of recordings that were judged again."""
    return {(v["service"], v["drill"]): (v["verdict"], v["cause"]) for v in told["verdicts"]}


def of(drill: str, verdicts: Mapping[str, tuple[str, str | None]]) -> Verdicts:
    return {(service, drill): verdict for service, verdict in verdicts.items()}
