"""Recordings are kept whole, without secrets, and are read back or refused in plain words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.drill import journal
from seatrial.drill.run import judged
from seatrial.errors import UsageError

FILE = Path(__file__).parents[2] / "data" / "recordings" / "stops.json"
REAL = journal.read(FILE)


def same(told: object) -> object:
    return told


def test_what_was_written_is_read_back_and_judged_alike(tmp_path: Path) -> None:
    kept = tmp_path / "new folder" / "shop.drill.json"
    journal.write(kept, REAL, "shop", same)
    assert journal.read(kept) == REAL
    assert [judged(recording) for recording in journal.read(kept)] == [judged(recording) for recording in REAL]


def test_a_mask_with_all_64_bits_is_a_number(tmp_path: Path) -> None:
    (sampled, *_) = [recording for recording in REAL if recording.samples]
    masked = tuple(
        replace(sample, processes=tuple(replace(one, ignored=2**64 - 1) for one in sample.processes))
        for sample in sampled.samples
    )
    journal.write(tmp_path / "j", [replace(sampled, samples=masked)], "shop", same)
    assert journal.read(tmp_path / "j")[0].samples == masked


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    journal.write(tmp_path / "j", REAL[:1], "shop", same)
    assert (tmp_path / "j").stat().st_mode & 0o077 == 0


def test_nothing_is_written_before_it_is_redacted(tmp_path: Path) -> None:
    journal.write(tmp_path / "j", REAL[:1], "shop", lambda _: {"version": 1, "recordings": []})
    assert journal.read(tmp_path / "j") == ()


def test_preparation_leaves_no_empty_journal_and_keeps_the_previous_one(tmp_path: Path) -> None:
    journal.prepare(tmp_path / "new" / "j")
    assert not (tmp_path / "new" / "j").exists()
    journal.write(tmp_path / "j", REAL[:1], "shop", same)
    journal.prepare(tmp_path / "j")
    assert journal.read(tmp_path / "j") == REAL[:1]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write the journal"):
        journal.write(tmp_path / "file" / "j", REAL[:1], "shop", same)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "cannot read"),
        ("no json", "is no JSON"),
        ("[]", "is no journal"),
        ("{}", "is no journal"),
        ('{"version": 99}', "is a journal of version 99"),
        ('{"version": 1}', "recordings|valid"),
        ('{"version": 1, "recordings": [{"drill": "graceful-stop"}]}', "service"),
        ('{"version": 1, "recordings": [{"drill": 7}]}', "drill"),
        ("\x00", "is no JSON"),
        (" \n", "is empty"),
        ('{"version": 1, "recordings": [{"drill": "gracef', "a part is missing"),
        ("[" * 100_000, "is no JSON"),
        ('{"version": "1"}', 'version "1"'),
        ('{"version": 0}', "version 0"),
        ('{"version": 1, "recordings": [], "run": 7}', "run"),
        ('{"version": 1, "recordings": NaN}', "NaN is no number"),
        ('{"version": 1, "recordings": 1e308}', "1e308 is no number"),
        ('{"version": 1, "recordings": -99999999999999999999}', "-9999999999999999999 is no number"),
        ('{"version": ' + "9" * 10_000 + "}", "is no number"),
    ],
)
def test_what_is_no_journal_is_refused_with_the_place(tmp_path: Path, text: str | None, what: str) -> None:
    if text is not None:
        (tmp_path / "j").write_text(text)
    with pytest.raises(UsageError, match=what) as refusal:
        journal.read(tmp_path / "j")
    assert str(tmp_path / "j") in str(refusal.value)
    assert refusal.value.fix == "name a journal that drill has written"


def test_a_recording_of_an_unknown_drill_is_a_usage_error(tmp_path: Path) -> None:
    told = json.loads(FILE.read_text())
    told["recordings"] = [{**told["recordings"][0], "drill": "gracefull-stop"}]
    (tmp_path / "j").write_text(json.dumps(told))
    (recording,) = journal.read(tmp_path / "j")
    with pytest.raises(UsageError, match="no drill `gracefull-stop`"):
        judged(recording)
