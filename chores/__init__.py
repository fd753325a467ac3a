"""Tasks for people who work on this repository; `tasks.py` puts them beside seatrial's verbs."""

from chores.bench import bench
from chores.corpus import corpus
from chores.docs import docs
from chores.lint import lint
from chores.lock import lock
from chores.matrix import matrix
from chores.say import say
from chores.test import test

__all__ = ["bench", "corpus", "docs", "lint", "lock", "matrix", "say", "test"]
