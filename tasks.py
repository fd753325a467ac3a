"""This repository's tasks: seatrial's verbs for the stack in compose/, and the chores of working on seatrial itself."""

from typing import Any

from invoke import Collection, Task

import seatrial
from chores import bench, lint, lock, say, test

ns = Collection.from_module(seatrial)
chores: tuple[Task[Any], ...] = (test, lint, bench, say, lock)
for chore in chores:
    ns.add_task(chore)
