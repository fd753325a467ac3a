"""This repository's tasks: seatrial's verbs for the stack in compose/, and the chores of working on seatrial itself."""

from invoke import Collection

import seatrial
from chores import bench, corpus, docs, lint, lock, matrix, say, test

ns = Collection.from_module(seatrial)
for chore in (test, lint, docs, bench, matrix, corpus, say, lock):
    ns.add_task(chore)
