"""What a person sees of a run of drills: the overview, a block for what went wrong, what was skipped, how long."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.drill.drills import DRILLS
from seatrial.drill.run import Report
from seatrial.drill.verdict import Cause, Confidence, Grade, Verdict
from seatrial.engine.clock import Clock
from seatrial.report import drill as show
from seatrial.report import terminal
from seatrial.report.drill_rows import OVERVIEW, overview
from seatrial.report.drill_text import blocks, skipped, wrapped
from seatrial.stack import Service, Stack

if TYPE_CHECKING:
    import pytest

STACK = Stack("shop", (Service("api"), Service("db")))
CAUSE = Cause(
    "shell-swallows-signal",
    'CMD ["node", "server.js"]\n(in api/Dockerfile)',
    ("+0.00 SIGTERM", "+0.13 exit 143"),
    Confidence.LIKELY,
)
LOST = Verdict(
    "graceful-stop",
    "api",
    Grade.FAIL,
    "ended in 0.13 s; 3 of 4 requests in flight got no answer",
    CAUSE,
    ("WARN: no shutdown lines",),
    {"used_s": 0.1304, "grace_s": 10.0, "exit_code": 143.0, "in_flight": 4.0, "in_flight_lost": 3.0},
    seconds=3.21,
)
FINE = Verdict("crash-restart", "api", Grade.PASS, "back", figures={"ready_again_s": 1.25}, seconds=6.5)
IMAGE = Verdict("image", "db", Grade.PASS, "fine", figures={"image_bytes": 251_600_000.0, "uid": 999.0})
NO_WRITER = "no writer is declared"
FOUND = (
    LOST,
    FINE,
    Verdict("durability", "api", Grade.SKIP, NO_WRITER),
    IMAGE,
    Verdict("graceful-stop", "db", Grade.KNOWN, "SIGKILL", Cause("no-handler", "handle it"), known="issue 12"),
    Verdict("durability", "db", Grade.SKIP, NO_WRITER),
)


def shown(capsys: pytest.CaptureFixture[str], *verdicts: Verdict, unrestored: tuple[str, ...] = ()) -> str:
    show.report(STACK, Report(verdicts, (), unrestored, 12.4), Path("j.json"), as_json=False)
    return capsys.readouterr().out


def test_a_whole_report_reads_like_this(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.rstrip() for line in shown(capsys, *FOUND).splitlines()]
    assert lines == [
        "service  stop   used/grace  exit  in flight ok/lost  restart  ready  image   user  cause",
        "api      FAIL   0.13/10 s   143   1/3                PASS     1.2 s  -       -     shell-swallows-signal",
        "db       KNOWN  -           -     -                  -        -      252 MB  999   no-handler",
        "",
        "api, graceful-stop: FAIL: ended in 0.13 s; 3 of 4 requests in flight got no answer",
        "  cause: shell-swallows-signal (likely)",
        "    +0.00 SIGTERM",
        "    +0.13 exit 143",
        '  fix: CMD ["node", "server.js"]',
        "       (in api/Dockerfile)",
        "  also: WARN: no shutdown lines",
        "",
        "db, graceful-stop: KNOWN: SIGKILL",
        "  known: issue 12",
        "  cause: no-handler (certain)",
        "  fix: handle it",
        "",
        "skipped:",
        "  durability (api, db): no writer is declared",
        "",
        "6 drills of 2 services in 12 s (the longest: api, crash-restart, 6.5 s): 1 FAIL, 1 KNOWN, 2 PASS, 2 SKIP",
        "recorded in j.json",
    ]


def test_a_good_run_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, replace(FINE, seconds=0.2)).splitlines()
    assert [line for line in lines[2:] if line] == ["1 drill of 1 service in 12 s: 1 PASS", "recorded in j.json"]


def test_what_could_not_be_put_back_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, FINE, unrestored=("api: was running, is exited",)).splitlines()
    assert lines[:2] == ["NOT AS BEFORE: api: was running, is exited", "  fix: seatrial up"]


def test_what_many_drills_say_in_the_same_words_is_told_once() -> None:
    down = "it has no container: up --service api"
    found = [Verdict(name, "api", Grade.INCONCLUSIVE, down) for name in ("anatomy", "image", "hang")]
    found.insert(1, Verdict("zombies", "db", Grade.INCONCLUSIVE, down))
    assert list(blocks(found)) == [
        "",
        f"api, 3 drills: INCONCLUSIVE: {down}",
        "  anatomy, image, hang",
        "",
        f"db, zombies: INCONCLUSIVE: {down}",
    ]


def test_the_worst_is_told_first() -> None:
    warned = Verdict("image", "api", Grade.WARN, "big", Cause("image-too-big", "smaller"))
    heads = [line for line in blocks([FOUND[4], warned, LOST]) if line and not line.startswith(" ")]
    assert [head.split(": ")[1] for head in heads] == ["FAIL", "KNOWN", "WARN"]


def test_a_pass_with_something_to_say_has_its_block() -> None:
    assert list(blocks([replace(FINE, notes=("it took long",))])) == [
        "", "api, crash-restart: PASS: back", "  also: it took long",
    ]  # fmt: skip


def test_a_reason_is_told_once_for_all_whom_it_concerns() -> None:
    edge = Verdict("dependency-cut", "api", Grade.SKIP, "one network", dependency="db")
    assert list(skipped([edge, *FOUND])) == [
        "  dependency-cut (api > db): one network",
        f"  durability (api, db): {NO_WRITER}",
    ]


def test_figures_of_another_drill_of_the_same_name_do_not_count() -> None:
    other = Verdict("signal-path", "api", Grade.PASS, "", figures={"used_s": 9.0, "grace_s": 9.0, "ready_again_s": 9.0})
    assert overview([LOST, FINE, other]) == overview([LOST, FINE])


def test_several_causes_are_counted() -> None:
    second = Verdict("image", "api", Grade.WARN, "", Cause("image-too-big", "x"))
    assert overview([second, LOST])[0][-1] == "shell-swallows-signal +1"


def test_lines_fit_a_terminal_and_stay_whole_in_a_pipe() -> None:
    line = "  fix: " + "word " * 40 + "end"
    told = list(wrapped([line, ""], 100))
    assert all(len(part) <= 100 for part in told)
    assert told[0].startswith("  fix: word")
    assert all(part.startswith("    ") for part in told[1:-1])
    assert list(wrapped([line, ""], None)) == [line, ""]
    assert terminal.width() is None


def test_nothing_that_a_program_has_logged_drives_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    nasty = "\x1b[2Jgone\x07\x9b\ud800"
    found = replace(LOST, summary=nasty, cause=replace(CAUSE, evidence=(nasty,), fix=nasty), notes=(nasty,))
    told = shown(capsys, found)
    show.verdicts([found], as_json=False)
    told += capsys.readouterr().out
    assert told.count("gone") == 9
    assert not set(told) & set("\x1b\x07\x9b\ud800")


def test_a_row_of_usual_names_fits_120_columns() -> None:
    row = overview([replace(LOST, service="notifications-worker"), replace(IMAGE, service="notifications-worker")])[0]
    widths = [max(len(cell), len(head)) for cell, head in zip(row, OVERVIEW, strict=True)]
    assert sum(widths) + 2 * (len(widths) - 1) <= 120


def test_no_service_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert show.report(STACK, Report(()), Path("j"), as_json=False) == 0
    assert capsys.readouterr().err == "project shop has no active service\n"


def test_the_list_says_what_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    show.drills(DRILLS, as_json=True)
    acts = {drill["drill"]: drill["acts"] for drill in json.loads(capsys.readouterr().out)["drills"]}
    assert (acts["anatomy"], acts["stop-config"], acts["graceful-stop"]) == (False, False, True)


def test_the_list_is_in_three_parts_and_says_what_each_drill_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert [bool(drill.does) for drill in DRILLS] == [drill.acts for drill in DRILLS]
    show.drills(DRILLS, as_json=False)
    looks, acts, deep, _ = capsys.readouterr().out.split("\n\n")
    assert "  anatomy: " in looks
    assert "  crash-restart: after a real crash the service is started again and answers within its budget\n" in acts
    assert "      kills its first process past the engine, once\n" in acts
    assert "while it is written to; needs a writer in x-seatrial" in acts
    assert "--deep, or --only NAME" in deep
    assert "  hang: " in deep


def test_how_it_was_measured_is_told_where_the_engine_is_on_another_machine(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report((FINE,), machine="10.0.0.7", clock=Clock(-1_500_000_000, 20_000_000))
    show.report(STACK, report, Path("j.json"), as_json=False)
    told = capsys.readouterr().out
    assert "the engine is on 10.0.0.7: its clock is 1.500 s behind ours, known to 0.020 s" in told
    assert "the engine is on" not in shown(capsys, FINE)


def test_that_addresses_of_containers_could_not_be_asked_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show.report(STACK, Report((FINE,), apart="rootless"), Path("j.json"), as_json=False)
    told = capsys.readouterr().out
    assert "the engine is rootless: the networks of its containers cannot be reached from here;\n" in told
    show.report(STACK, Report((FINE,), apart="rootless"), Path("j.json"), as_json=True)
    assert json.loads(capsys.readouterr().out)["engine"]["apart"] == "rootless"
