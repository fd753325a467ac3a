"""JUnit XML: what CI systems read out of it, and that nothing in a text can break it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from seatrial.drill.run import Report
from seatrial.drill.verdict import Cause, Grade, Verdict
from seatrial.errors import UsageError
from seatrial.report.junit import text
from seatrial.report.junit_file import ready, write

BEGAN = datetime(2026, 11, 23, 22, 5, 7, 123456, tzinfo=UTC)
CAUSE = Cause("no-handler", "add a <handler> & exit", ("+0.00 SIGTERM", "+10.0 SIGKILL"))
FOUND = (
    Verdict("stop-order", "", Grade.PASS, "fine", seconds=2.0),
    Verdict("graceful-stop", "api", Grade.FAIL, "SIGKILL", CAUSE, ("WARN: x",), {"used_s": 10.04}, seconds=11.5),
    Verdict("image", "api", Grade.WARN, "big", Cause("image-too-big", "smaller"), figures={"image_bytes": 3e8}),
    Verdict("crash-restart", "api", Grade.KNOWN, "stays down", Cause("policy-missing", "x"), known="issue 12"),
    Verdict("hang", "api", Grade.SKIP, "it has no health check"),
    Verdict("dependency-stop", "api", Grade.INCONCLUSIVE, "not steady", dependency="db", figures={"recovery_s": 1.5}),
    Verdict("dependency-stop", "api", Grade.ERROR, "the helper broke", dependency="mq"),
)
# Required by the schema of Ant's JUnit tasks, in its order.
SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}
PARTS = ["properties", "testcase", "system-out", "system-err"]


def written(*verdicts: Verdict, unrestored: tuple[str, ...] = ()) -> str:
    return text("shop", Report(verdicts, (), unrestored, 20.0), BEGAN, "", lambda told: told.replace("hunter2", "[R]"))


def read(*verdicts: Verdict, unrestored: tuple[str, ...] = ()) -> ET.Element:
    return ET.fromstring(written(*verdicts, unrestored=unrestored).encode())  # noqa: S314  our own


def test_a_suite_for_each_service_and_a_case_for_each_drill() -> None:
    stack, api = read(*FOUND)
    assert {suite.get("name"): [case.get("name") for case in suite.iter("testcase")] for suite in (stack, api)} == {
        "(stack)": ["stop-order", "restored"],
        "api": ["graceful-stop", "image", "crash-restart", "hang", "dependency-stop > db", "dependency-stop > mq"],
    }
    for suite in (stack, api):
        assert set(suite.attrib) == SUITE
        assert list(dict.fromkeys(part.tag for part in suite)) == PARTS
        assert all(set(case.attrib) == {"name", "classname", "time"} for case in suite.iter("testcase"))
    counted = [api.get(name) for name in ("tests", "failures", "errors", "skipped", "time", "id", "hostname")]
    assert counted == ["6", "1", "2", "2", "11.500", "1", "localhost"]
    assert api.get("timestamp") == "2026-11-23T22:05:07"


@pytest.mark.parametrize(
    ("case", "element", "kind", "message"),
    [
        ("graceful-stop", "failure", "no-handler", "SIGKILL"),
        ("image", None, None, ""),
        ("crash-restart", "skipped", None, "known: issue 12: stays down"),
        ("hang", "skipped", None, "it has no health check"),
        ("dependency-stop > db", "error", "INCONCLUSIVE", "not steady"),
        ("dependency-stop > mq", "error", "ERROR", "the helper broke"),
    ],
)
def test_a_grade_is_what_a_ci_system_makes_of_it(case: str, element: str | None, kind: str, message: str) -> None:
    found = list(next(c for c in read(*FOUND).iter("testcase") if c.get("name") == case))
    assert [inner.tag for inner in found] == ([element] if element else [])
    for inner in found:
        assert (inner.get("type"), inner.get("message")) == (kind, message)


def test_evidence_and_fix_stand_in_the_failure_and_figures_are_properties() -> None:
    (failure,) = read(*FOUND).iter("failure")
    assert "+10.0 SIGKILL" in (failure.text or "")
    assert "fix: add a <handler> & exit" in (failure.text or "")
    properties = {p.get("name"): p.get("value") for p in read(*FOUND).iter("property")}
    assert properties == {
        "graceful-stop.used_s": "10.04",
        "image.image_bytes": "300000000",
        "dependency-stop > db.recovery_s": "1.5",
    }


def test_what_passes_with_a_warning_is_told_beside_the_cases() -> None:
    out = [suite.findtext("system-out") or "" for suite in read(*FOUND)]
    assert "api, image: WARN: big" in out[1]
    assert "known: issue 12" in out[1]
    assert "graceful-stop" not in out[1]


def test_a_stack_that_is_not_as_before_fails() -> None:
    (failure,) = read(unrestored=("api: was running, is exited",)).iter("failure")
    assert "api: was running, is exited" in (failure.text or "")


def test_no_text_breaks_it_and_no_secret_is_in_it() -> None:
    nasty = "hunter2 \x1b[31mred\x00 \ud800 \ufffe ]]> é\n"
    found = replace(FOUND[1], summary=nasty, cause=replace(CAUSE, evidence=(nasty,), fix=nasty), notes=(nasty,))
    told = written(found, replace(found, grade=Grade.WARN), replace(found, grade=Grade.KNOWN, known=nasty))
    assert "hunter2" not in told
    (failure,) = ET.fromstring(told.encode()).iter("failure")  # noqa: S314  our own
    assert (failure.get("message") or "").startswith(r"[R] \x1b[31mred\x00 \ud800 \ufffe ]]> é")


def test_the_file_is_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.xml"
    write(ready(str(file)), "shop", Report(FOUND), BEGAN, str)
    before = file.read_bytes()
    assert b"</testsuites>" in before

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write(file, "shop", Report(()), BEGAN, str)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.xml", tmp_path / "link.xml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write(ready(str(link)), "shop", Report(()), BEGAN, str)
    assert link.is_symlink()
    assert real.read_text().startswith("<?xml")
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        ready(str(tmp_path / "reports" / "junit.xml"))
    assert "there is no folder" in error.value.what
    assert error.value.fix == f"mkdir -p {tmp_path / 'reports'}"
    with pytest.raises(UsageError, match="it is a folder"):
        ready(str(tmp_path))
