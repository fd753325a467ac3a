"""One root, one cause: what several drills of a service say of its stop is said with the same cause and fix. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drills import graceful_stop
from seatrial.drill.stop.fixes import NOT_TRIED, TRIED
from seatrial.drill.verdict import Cause, Grade, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.drill.recording import Recording

# Who has made the experiment comes first.
_ORDER = ("graceful-stop", "signal-path", "idle-clients", "anatomy")
_ROOTS = frozenset(
    {
        causes.SHELL_SWALLOWS, causes.WRAPPER_SWALLOWS, causes.NO_HANDLER, causes.DRAIN_EXCEEDS_GRACE,
        causes.CONNECTIONS_HOLD_STOP, causes.EXITS_WITHOUT_DRAINING, causes.WRONG_STOP_SIGNAL, causes.WORKERS_ABANDONED,
    }
)  # fmt: skip
_SEVERAL = 2
_BAD = (Grade.FAIL, Grade.WARN)


def reconcile(verdicts: Sequence[Verdict], recordings: Iterable[Recording]) -> list[Verdict]:
    """The verdicts in their order. What was tried on copies replaces what was only read from the configuration."""
    found = list(verdicts)
    seen = {(r.service, text): outcome for r in recordings if r.attempts for text, outcome in graceful_stop.trials(r)}
    for index, verdict in enumerate(found):
        if verdict.drill == "stop-config" and verdict.cause:
            found[index] = _by_trial(verdict, verdict.cause, seen.get((verdict.service, verdict.cause.fix), ""))
    for service in dict.fromkeys(verdict.service for verdict in verdicts):
        _one_root(found, service)
    return found


def _one_root(found: list[Verdict], service: str) -> None:
    own = {v.drill: i for i, v in enumerate(found) if v.service == service and v.drill in _ORDER and not v.dependency}
    bad = [own[d] for d in _ORDER if d in own and found[own[d]].grade in _BAD and _root(found[own[d]])]
    passed = own.get("graceful-stop")
    if passed is not None and found[passed].grade is Grade.PASS:
        for index in bad:
            note = "graceful-stop passed: the stop itself was good, so these two drills disagree"
            found[index] = replace(found[index], notes=(*found[index].notes, note))
        return
    if len(bad) < _SEVERAL:
        return
    first, *others = bad
    lead = found[first].cause
    assert lead is not None  # noqa: S101  `_root`
    support = tuple(f"{found[index].drill}: {found[index].summary}" for index in others)
    found[first] = replace(found[first], cause=replace(lead, evidence=(*lead.evidence, *support)))
    for index in others:
        found[index] = _joined(found[index], found[first].drill, lead)


def _joined(verdict: Verdict, by: str, lead: Cause) -> Verdict:
    """The verdict with the cause of the drill that has proven it, and its own evidence."""
    own = verdict.cause
    assert own is not None  # noqa: S101  `_root`
    differs = f"{verdict.drill} alone would say {own.id}; {by} has tried it" if own.id != lead.id else f"as {by} says"
    cause = replace(lead, evidence=(*own.evidence, f"{by}: {lead.id}"))
    return replace(verdict, cause=cause, notes=(*verdict.notes, differs))


def _root(verdict: Verdict) -> bool:
    return verdict.cause is not None and verdict.cause.id in _ROOTS


def _by_trial(verdict: Verdict, cause: Cause, outcome: str) -> Verdict:
    """A stop signal that the manual names, after it was tried: proven, or not proposed any more."""
    if not outcome or outcome.startswith(NOT_TRIED):
        return replace(verdict, notes=(*verdict.notes, outcome)) if outcome else verdict
    if outcome.startswith(TRIED):
        return replace(verdict, cause=replace(cause, fix=f"{cause.fix}; {outcome}"))
    note = f"{cause.fix} is what its manual says; {outcome}, so it is not proposed"
    return replace(verdict, grade=Grade.PASS, cause=None, notes=(*verdict.notes, note))
