"""This repository's tasks: seatrial's verbs for the stack in compose/, and the chores of working on seatrial itself."""

import seatrial
from chores import bench, lint, lock, say, test
from invoke import Collection

ns = Collection.from_module(seatrial)
for chore in (test, lint, bench, say, lock):
    ns.add_task(chore)
