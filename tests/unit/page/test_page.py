"""The report page: it needs nothing, lets nothing in, hides nothing that matters, and can be read by everybody."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.provenance import Provenance
from seatrial.engine.observed import LogLine
from unit.page.made import Elements, page, recorded

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

FILES = ("stops", "outage", "starts", "crash-loop", "hang", "stop-order", "stop-while-starting", "looking", "servers")
RUN = Provenance("inv drill", "2026-11-25T00:00:00+00:00", 45.2, {"engine": "26.1.5"}, "Linux")


@pytest.fixture(scope="module")
def whole() -> str:
    """A page of every kind of drill."""
    return page([recording for file in FILES for recording in recorded(file)], provenance=RUN)


@pytest.fixture(scope="module")
def found(whole: str) -> Elements:
    return Elements(whole)


def test_a_page_loads_nothing_and_runs_nothing(whole: str, found: Elements) -> None:
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {element.tag for element in found.every}
    links = [v for e in found.every for k, v in e.attributes.items() if k in ("href", "src", "xlink:href", "action")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert set(re.findall(r"url\(\s*(.)", whole)) == {"#"}
    assert "@import" not in whole
    assert not [k for e in found.every for k in e.attributes if k.startswith("on") or k == "style"]
    assert "default-src &#39;none&#39;" in whole or "default-src 'none'" in whole


def test_every_place_that_is_pointed_at_is_there_once(whole: str, found: Elements) -> None:
    ids = [e.attributes["id"] for e in found.every if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    pointed = {v[1:] for e in found.every for k, v in e.attributes.items() if k == "href"}
    pointed |= {one for e in found.every for one in e.attributes.get("aria-labelledby", "").split()}
    pointed |= set(re.findall(r"url\(#([\w-]+)\)", whole))
    assert pointed <= set(ids)


def test_headings_leave_out_no_level_and_every_chart_and_table_has_words(found: Elements) -> None:
    levels = [int(e.tag[1]) for e in found.of("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for chart in found.of("svg"):
        named = "aria-labelledby" in chart.attributes or "aria-label" in chart.attributes
        assert chart.attributes.get("aria-hidden") == "true" or (chart.attributes.get("role") == "img" and named)
    assert len(found.of("caption")) == len(found.of("table"))
    assert all(e.attributes.get("scope") in ("col", "row") for e in found.of("th"))
    assert [e.tag for e in found.of("header", "nav", "main", "footer")] == ["header", "nav", "main", "footer"]
    assert found.of("html")[0].attributes["lang"] == "en"


def test_what_can_be_scrolled_can_be_reached_with_the_keyboard(found: Elements) -> None:
    regions = [e for e in found.of("div") if e.attributes.get("class") == "wide"]
    assert regions
    assert all(e.attributes.get("tabindex") == "0" and e.attributes.get("aria-label") for e in regions)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_words_and_marks_stand_out_from_their_ground(theme: str, whole: str) -> None:
    """WCAG 2.2: 4.5 for text, 3 for what else has to be seen."""
    themes = [dict(re.findall(r"--([\w-]+):(#\w+)", block)) for block in re.findall(r":root\{([^}]*)\}", whole)]
    colours = dict(zip(("light", "dark", "paper"), themes, strict=True))[theme]
    for ink in ("ink", "soft", "link", "ok", "warn", "fail", "info", "none"):
        for ground in ("paper", "tint"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["upink"], colours["up"]) >= 4.5


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_failure_is_told_with_cause_evidence_fix_and_its_moments() -> None:
    told = page(recorded("stops", "init-shell"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told))
    for words in (
        "2 lost (2 eof)",
        "Cause: shell-swallows-signal certain",
        "SIGTERM sent straight to node",
        "fix: start it directly",
        "SIGTERM from the engine",
        "PID 1 has ended",
        "in flight at the signal: must be answered: 2 lost",
        "sh PID 7, uid 0 shell",
        "node PID 8, uid 0 does the work",
        "once more, with the signal sent straight",
    ):
        assert words in text, words


def test_what_was_not_judged_is_listed_with_its_reason() -> None:
    told = page(recorded("stops", "worker", "node-drains"))
    part = told.partition('id="unjudged"')[2].partition("</section>")[0]
    assert "no request can be in flight" in part
    assert "node-drains" not in part


def within(recording: Recording, text: str) -> Recording:
    """With a log line at the time of its signal."""
    at = datetime.fromtimestamp(recording.marks[0].at_ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return replace(recording, logs=(*recording.logs, LogLine(at, text)))


def test_nothing_that_a_service_says_becomes_markup() -> None:
    (recording,) = recorded("stops", "node-drains")
    bad = "</li></svg><script>alert(1)</script><img src=http://example.com/x onerror=alert(1)>\x1b[31m'\"&\u202e"
    recording = within(replace(recording, service=bad), bad)
    told = page([recording])
    found = Elements(told)
    assert not found.of("script", "img")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told
    assert "\x1b" not in told


def test_a_secret_in_a_log_line_or_a_name_does_not_get_into_the_file() -> None:
    secret = "hunter2Zx9kQw"
    (recording,) = recorded("stops", "node-drains")
    recording = within(replace(recording, service=f"web-{secret}"), f"connected with {secret}")
    told = page([recording], redact=lambda text: text.replace(secret, "[REDACTED]"))
    assert "connected with [REDACTED]" in told
    assert secret not in told
    assert secret.lower() not in told.lower()


def test_ten_thousand_requests_are_drawn_as_counts_and_none_is_left_out() -> None:
    (recording,) = recorded("stops", "node-drains")
    some = [request for request in recording.requests if request.sent_ns and request.done_ns]
    many = tuple(
        replace(some[number % len(some)], marker=str(number), due_ns=some[number % len(some)].due_ns)
        for number in range(10_000)
    )
    began = time.process_time()
    told = page([replace(recording, requests=many)])
    assert time.process_time() - began < 10
    assert len(told) < 300_000
    counts = re.findall(r'class="c o-answered"', told)
    assert counts
    total = re.search(r"([\d]+) requests\. The moments", told)
    assert total is not None
    assert total[1] == "10000"


def test_a_stop_that_several_drills_judge_is_drawn_once() -> None:
    (stop,) = recorded("stops", "node-drains")
    told = page([stop, replace(stop, drill="logs-flushed")])
    assert told.count('class="chart"') == 2  # all of it, and near to the signal
    assert "the charts stand there" in told


def test_of_many_failures_the_first_are_unfolded_and_none_is_left_out() -> None:
    (stop,) = recorded("stops", "busybox-stays")
    told = page([replace(stop, service=f"s{number}") for number in range(50)])
    entries = re.findall(r'<details class="entry"[^>]*>', told)
    assert len(entries) == 50
    assert sum(" open" in entry for entry in entries) == 40
