"""A run of drills as JUnit XML, by the schema of Ant's JUnit tasks: a suite for each service, a case a drill. Pure.

INCONCLUSIVE is an `error`, as ERROR is: the case could not be carried out. As `skipped` it would be green in most
places, and what was not proven is never green. KNOWN is `skipped`, as an expected failure is in pytest. What is worth
a WARN passes, and is told in the `system-out` of its suite.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from seatrial.drill.verdict import Cause, Grade, Verdict
from seatrial.report.drill_text import STACK, block, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from seatrial.drill.run import Report

# What XML 1.0 cannot hold, or should not.
_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_FAILED, _UNTRIED, _SKIPPED = "failure", "error", "skipped"
_ELEMENTS = {
    Grade.FAIL: _FAILED,
    Grade.ERROR: _UNTRIED,
    Grade.INCONCLUSIVE: _UNTRIED,
    Grade.SKIP: _SKIPPED,
    Grade.KNOWN: _SKIPPED,
}
RESTORED = "restored"


def text(project: str, found: Report, began: datetime, host: str, redact: Callable[[str], str]) -> str:
    """The file's content.

    Args:
        project: its name.
        found: what was found.
        began: in UTC.
        host: where it ran; "" is told as `localhost`.
        redact: takes out of a text what must not be shown.
    """
    suites = Element("testsuites")
    every = (*found.verdicts, _restored(found))
    for number, service in enumerate(dict.fromkeys(verdict.service for verdict in every)):
        own = [verdict for verdict in every if verdict.service == service]
        _suite(suites, project, own, redact).attrib |= {
            "id": str(number),
            "timestamp": began.strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": _clean(host) or "localhost",
        }
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _restored(found: Report) -> Verdict:
    """That the stack is as before is a case of its own: it can fail when no drill does."""
    fine = Verdict(RESTORED, "", Grade.PASS, "the stack is as it was before", seconds=0.0)
    if not found.unrestored:
        return fine
    cause = Cause("not-as-before", "seatrial up", found.unrestored)
    return replace(fine, grade=Grade.FAIL, summary="the stack is not as it was before", cause=cause)


def _suite(suites: Element, project: str, own: Sequence[Verdict], redact: Callable[[str], str]) -> Element:
    told = [_ELEMENTS.get(verdict.grade, "") for verdict in own]
    suite = SubElement(suites, "testsuite", name=_clean(own[0].service or STACK), package=_clean(project))
    suite.attrib |= {
        "tests": str(len(own)),
        "failures": str(told.count(_FAILED)),
        "errors": str(told.count(_UNTRIED)),
        "skipped": str(told.count(_SKIPPED)),
        "time": _seconds(sum(verdict.seconds or 0.0 for verdict in own)),
    }
    properties = SubElement(suite, "properties")
    for verdict in own:
        for name, value in verdict.figures.items():
            SubElement(properties, "property", name=f"{_case_name(verdict)}.{name}", value=figure(value))
    for verdict in own:
        _case(suite, project, verdict, redact)
    aside = [line for v in own if v.grade in (Grade.WARN, Grade.KNOWN) for line in (*block(v), "")]
    SubElement(suite, "system-out").text = _clean(redact("\n".join(aside)))
    SubElement(suite, "system-err").text = ""
    return suite


def _case(suite: Element, project: str, verdict: Verdict, redact: Callable[[str], str]) -> None:
    case = SubElement(
        suite,
        "testcase",
        name=_clean(_case_name(verdict)),
        classname=_clean(f"{project}.{verdict.service or STACK}"),
        time=_seconds(verdict.seconds or 0.0),
    )
    kind = _ELEMENTS.get(verdict.grade)
    if not kind:
        return
    summary = f"known: {verdict.known}: {verdict.summary}" if verdict.known else verdict.summary
    inner = SubElement(case, kind, message=_clean(redact(summary)))
    if kind != _SKIPPED:
        inner.set("type", verdict.cause.id if verdict.cause else verdict.grade.value)
    inner.text = _clean(redact("\n".join(block(verdict))))


def _case_name(verdict: Verdict) -> str:
    return f"{verdict.drill} > {verdict.dependency}" if verdict.dependency else verdict.drill


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _clean(text: str) -> str:
    return _FOREIGN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
