"""Drills and verdicts as plain data; docs/json.md tells every key. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.drill.drill import Drill
    from seatrial.drill.run import Report
    from seatrial.drill.verdict import Verdict

JSON_VERSION = 2


def report_json(project: str, found: Report, journal: Path) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "project": project,
        "unrestored": list(found.unrestored),
        "seconds": round(found.seconds, 1),
        "journal": str(journal),
        "engine": {
            "machine": found.machine or None,
            "apart": found.apart or None,
            "clock_offset_s": round(found.clock.offset_ns / 1e9, 4),
            "clock_error_s": round(found.clock.error_ns / 1e9, 4),
        },
        "verdicts": [verdict_json(verdict) for verdict in found.verdicts],
    }


def verdicts_json(found: Iterable[Verdict]) -> dict[str, Any]:
    return {"version": JSON_VERSION, "verdicts": [verdict_json(verdict) for verdict in found]}


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    cause = verdict.cause
    return {
        "service": verdict.service,
        "dependency": verdict.dependency or None,
        "drill": verdict.drill,
        "verdict": verdict.grade.value,
        "summary": verdict.summary,
        "cause": cause.id if cause else None,
        "confidence": cause.confidence.value if cause else None,
        "evidence": list(cause.evidence) if cause else [],
        "fix": cause.fix if cause else None,
        "notes": list(verdict.notes),
        "other_causes": list(verdict.also),
        "known": verdict.known or None,
        "figures": dict(verdict.figures),
        "seconds": None if verdict.seconds is None else round(verdict.seconds, 3),
    }


def drills_json(known: Iterable[Drill]) -> dict[str, Any]:
    return {"version": JSON_VERSION, "drills": [_drill_json(drill) for drill in known]}


def _drill_json(drill: Drill) -> dict[str, Any]:
    return {
        "drill": drill.name,
        "summary": drill.summary,
        "acts": drill.acts,
        "does": drill.does,
        "default": drill.default,
        "scope": drill.scope.value,
        "asks": drill.asks,
    }
