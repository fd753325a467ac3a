"""Is this project's name used by another folder, too?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok
from seatrial.lifecycle.belonging import another_name, strangers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.engine.observed import Snapshot
    from seatrial.project import Project
    from seatrial.stack import Stack


def judge(project: Project, stack: Stack, seen: Snapshot) -> Iterator[Finding]:
    others = strangers(project, stack.names, seen)
    if others:
        folder, other = others[0].folder, another_name(stack.name, project.root)
        yield failure(
            f"containers of project {stack.name} were made from {folder}",
            why="two folders of one name make each other's containers anew; `up` refuses to",
            fix=f"give this checkout a name of its own: export COMPOSE_PROJECT_NAME={other}"
            f"\nor remove what is there: docker compose -p {stack.name} down",
            services=tuple(dict.fromkeys(container.service for container in others)),
        )
    elif project.worktree:
        yield ok(f"a worktree, called {stack.name}; the main checkout is {project.worktree.main}")
    else:
        yield ok(f"project {stack.name} belongs to this folder")
