"""Whatever happens, and whoever does it: in the end the tree is what a first look sees."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.patterns import patterns
from seatrial.watch.sieve import Sieve
from unit.watch.watching import Watching, rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Watch = Callable[..., Watching]

NAMES = ("a", "b", "c", "ignored")


def anything(dice: random.Random, root: Path, outside: Path) -> None:
    """One random operation on a random path; many fail, which is as good."""

    def path() -> Path:
        return root.joinpath(*(dice.choice(NAMES) for _ in range(dice.randint(1, 4))))

    one, other = path(), path()
    with suppress(OSError):
        match dice.randrange(12):
            case 0 | 1 | 2:
                one.parent.mkdir(parents=True, exist_ok=True)
                one.write_text(str(dice.random()), encoding="utf-8")
            case 3:
                one.mkdir(parents=True)
            case 4:
                one.unlink()
            case 5:
                shutil.rmtree(one)
            case 6 | 7:
                one.rename(other)
            case 8:
                one.symlink_to(dice.choice([str(outside), "a", "nowhere"]))
            case 9:
                one.chmod(dice.choice([0o700, 0o755]))
            case 10:
                one.rename(outside / str(dice.random()))
            case _:
                dice.choice([*outside.iterdir(), outside / "nothing"]).rename(one)


@pytest.mark.parametrize("seed", range(12))
def test_random_operations_while_the_hints_are_followed(watch: Watch, root: Path, seed: int) -> None:
    outside = root.parent / "outside"
    (outside / "seed").mkdir(parents=True)
    nested = root / "ignored" / "a"
    watching = watch(rule(root, Sieve(str(root), patterns(["**/ignored"]))), rule(nested), rule(root / "b" / "c"))
    dice = random.Random(seed)  # noqa: S311  the same each time

    def operate() -> None:
        for _ in range(400):
            anything(dice, root, outside)

    thread = threading.Thread(target=operate)
    thread.start()
    while thread.is_alive():
        watching.settle()
    thread.join()
    watching.settle()
    watching.assert_equal()
    assert watching.lost == []
    watching.observer.check()
    assert watching.observer._source.trouble() is None


CHURN = """
import os, random, shutil, sys, time
dice, end = random.Random(sys.argv[2]), time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    folder = os.path.join(sys.argv[1], *(str(dice.randrange(6)) for _ in range(3)))
    try:
        if dice.random() < 0.5:
            os.makedirs(folder, exist_ok=True)
            open(os.path.join(folder, "file"), "w").close()
        elif dice.random() < 0.5:
            shutil.rmtree(os.path.dirname(folder))
        else:
            os.rename(folder, folder + "-moved")
    except OSError:
        pass
"""


def test_two_processes_that_make_and_remove_folders(watch: Watch, root: Path) -> None:
    watching = watch()
    churning = [subprocess.Popen([sys.executable, "-c", CHURN, str(root), seed, "3"]) for seed in "12"]
    beat = time.monotonic()
    while any(process.poll() is None for process in churning):
        watching.settle()
        if time.monotonic() - beat > 1:
            beat = time.monotonic()
            watching.observer.check()
    assert [process.returncode for process in churning] == [0, 0]
    watching.settle()
    watching.assert_equal()
    assert all("ended" not in reason for reason in watching.lost), watching.lost
