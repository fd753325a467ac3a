"""The engine's words, made readable."""

from __future__ import annotations

import pytest

from seatrial.watch.sync.reasons import concerns_all, readable


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("write /full/x: no space left on device", "no space left"),
        ("container rootfs is marked read-only", "`read_only: false`"),
        ("mounted volume is marked read-only", "mount that is read-only"),
        ("open /app/ro/x: read-only file system", "mount that is read-only: drop the mount or the rule"),
        ("open /etc/passwd/x: not a directory", "no folder in the container"),
        ("unlinkat /app/vol: device or resource busy", "mounted there"),
        ("Container x is paused, unpause the container before exec", "is paused"),
        ("container 64b5 is not running", "does not run"),
        ("rm: can't remove '/app/x': Permission denied", "permission denied"),
        ("something new", "something new"),
        ("", "no reason"),
    ],
)
def test_words_become_a_reason(words: str, reason: str) -> None:
    assert reason in readable([words])


def test_a_refusal_of_the_archive_itself_is_told_from_one_of_something_in_it() -> None:
    assert concerns_all(["container rootfs is marked read-only"])
    assert not concerns_all(["write /full/x: no space left on device"])
