"""How findings are shown: readable at 80 columns, and complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, skipped, warning
from seatrial.doctor.fixing.carry_out import Files, Outcome
from seatrial.doctor.fixing.remedy import Change, Remedy
from seatrial.report import doctor as show

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LONG = "a sentence that is somewhat longer than a terminal is wide " * 4


def named(finding: Finding, check: str) -> Finding:
    from dataclasses import replace

    return replace(finding, check=check)


def test_everything_fits_into_80_columns() -> None:
    found = warning(LONG, why=LONG, fix=f"{LONG}\nor {LONG}", places=("compose.yaml:1",) * 9, notes=(LONG,))
    lines = list(show.lines(named(found, "anonymous-volumes"), 80))
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert text.count("a sentence that is somewhat longer") == 20
    assert text.startswith("warning anonymous-volumes a sentence")


def test_what_a_command_would_be_cut_by_is_kept_whole() -> None:
    command = "http://" + "x" * 100
    assert any(command in line for line in show.lines(named(failure("a", why="b", fix=command), "c"), 80))


def test_a_terminals_control_sequences_are_not_passed_on() -> None:
    assert "\x1b" not in "".join(show.lines(named(ok("evil \x1b[2J words"), "c"), 80))


def test_checks_that_are_skipped_for_one_reason_are_told_together(capsys: pytest.CaptureFixture[str]) -> None:
    teller = show.Teller()
    for check, finding in (
        ("a", skipped("no engine")),
        ("b", skipped("no engine")),
        ("c", skipped("other")),
        ("d", ok("x")),
    ):
        teller.tell(named(finding, check))
    teller.tell(named(skipped("last"), "e"))
    teller.end()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["skipped", "2", "checks", "no", "engine"],
        ["a,", "b"],
        ["skipped", "c", "other"],
        ["ok", "d", "x"],
        ["skipped", "e", "last"],
    ]


def test_only_a_failure_is_a_failure() -> None:
    wrong = warning("a", why="b", fix="c")
    assert show.code([wrong, ok("x"), skipped("y")]) == 0
    assert show.code([wrong, failure("a", why="b", fix="c")]) == 1
    assert show.counted([wrong, wrong, ok("x")]) == "2 warnings, 1 ok, 0 skipped"


def test_json_has_the_diff_of_what_would_be_changed(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("version: 1\nservices: {}\n")
    found = warning("a", why="b", fix="c", remedy=Remedy((Change(file, 0, 1),), (("chmod", "600", "x"),)))
    told = show.as_json([named(found, "version-key"), ok("x")], [Outcome("e", "no")], Files(), tmp_path)
    one, other = told["findings"]
    assert (one["check"], one["status"], one["fixable"]) == ("version-key", "warning", True)
    assert one["diff"][2:] == ["@@ -1,2 +1 @@", "-version: 1", " services: {}"]
    assert one["commands"] == [["chmod", "600", "x"]]
    assert other["diff"] == []
    assert told["counts"] == {"ok": 1, "warning": 1, "failure": 0, "skipped": 0}
    assert told["fixes"] == [{"check": "e", "done": False, "trouble": "no"}]


def test_a_file_that_is_no_text_is_told_in_place_of_its_diff(tmp_path: Path) -> None:
    file = tmp_path / ".gitignore"
    file.write_bytes(b"caf\xe9\n")
    found = warning("a", why="b", fix="c", remedy=Remedy((Change(file, 1, added=("/.env",)),)))
    (line,) = show.patch(found, Files(), tmp_path)
    assert "cannot be read as text" in line


def test_a_fix_after_which_the_check_still_complains_is_not_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    remedy = Remedy(commands=(("true",),))
    still = [named(warning("a", why="b", fix="c", remedy=remedy), "one")]
    assert show.outcomes([Outcome("one"), Outcome("two")], still) == 1
    err = capsys.readouterr().err
    assert "one: changed, and still not as it should be" in err
    assert "two: fixed" in err
    assert show.outcomes([Outcome("two")], []) == 0
    assert show.outcomes([Outcome("two")], [named(warning("a", why="b", fix="c"), "two")]) == 0
    assert "two: fixed in part; the rest by hand: a" in capsys.readouterr().err
