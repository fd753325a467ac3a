"""Are ended children reaped? The engine's own list of processes does not show them; the kernel's does."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.data.dead_children import dead_children, zombies
from seatrial.drill.drill import Drill
from seatrial.drill.live import looking
from seatrial.drill.recording import Refusal
from seatrial.drill.service.anatomy import shown
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.data.dead_children import DeadChildren
    from seatrial.drill.live.recorder import Recorder
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording, Sample
    from seatrial.engine.facts import Check
    from seatrial.engine.inside import Process

NAME = "zombies"
# Only where there are any: long enough for two probes of a quick health check, which often makes them.
_SHORTEST_S, _LONGEST_S = 2.0, 10.0
_EVERY_S, _FEWEST = 0.25, 5
_MOST_SHOWN = 5
_NS = 1e9


def record(scene: Scene, place: Place) -> Recording:
    """One look; where there are zombies more, until it is known whether they stay and whether more come."""
    found = looking.inside(scene, NAME, place)
    if found.subject.facts.pid_mode:
        reason = "it shares the processes of others: whose they are cannot be told"
        return replace(found, refusal=Refusal(Grade.SKIP, reason))
    if found.refusal or not zombies(found.samples[-1]):
        return found
    with scene.recorder(NAME, place) as recorder:
        recorder.before = found.before
        _watched(recorder, found.samples[-1])
    watched = recorder.recording()
    return replace(watched, samples=(*found.samples, *watched.samples))


def judge(recording: Recording) -> Verdict:
    """Those that stay are a WARN, more and more of them a FAIL."""
    found = dead_children(recording.samples)
    figures = {"zombies": float(len(found.stayed)), "zombies_came": float(len(found.came))}
    figures |= {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
    seen = len(zombies(recording.samples[0])) if recording.samples else 0
    fine = f"{seen} seen, all reaped within {_span_s(recording):.1f} s" if seen else "none"
    return concluded(NAME, recording.service, _findings(recording, found), fine, figures)


DRILL = Drill(NAME, "processes that have ended do not stay as zombies", judge, record, looks=True)


def _watched(recorder: Recorder, first: Sample) -> None:
    check = recorder.subject.facts.check
    limit = min(max(2 * check.interval_s + 1 if check else 0, _SHORTEST_S), _LONGEST_S)
    recorder.scene.tell(f"{recorder.service}: {NAME}: there are some; watching for {limit:.0f} s whether they stay")
    began, looks = time.monotonic(), [first]
    # On a busy machine a look takes long: time alone proves nothing.
    while (passed := time.monotonic() - began) < limit or len(looks) < _FEWEST:
        time.sleep(_EVERY_S)
        taken = recorder.sample()
        if taken is None or not zombies(taken):
            return
        looks.append(taken)
        # Before that it may be somebody who reaps now and then.
        if passed >= _SHORTEST_S and dead_children(looks).growing:
            return


def _findings(recording: Recording, found: DeadChildren) -> Iterator[Finding]:
    if not found.stayed:
        return
    count = len(found.stayed)
    many = "1 zombie" if count == 1 else f"{count} zombies"
    text = f"{many}, {len(found.came)} of them new within {_span_s(recording):.1f} s" if found.growing else many
    yield Finding(Grade.FAIL if found.growing else Grade.WARN, f"{text}: nobody reaps them", _cause(recording, found))


def _cause(recording: Recording, found: DeadChildren) -> Cause:
    evidence = [*_listed(found.stayed, found), *_came(found)]
    of_first, check = found.of_first(), recording.subject.facts.check
    if not of_first:
        parents = {
            found.parents[p.parent].pid: found.parents[p.parent] for p in found.stayed if p.parent in found.parents
        }
        who = ", ".join(shown(parent) for parent in parents.values()) or "their parent"
        fix = f"let {who} wait for its children (waitpid, or SIGCHLD ignored); `init: true` cannot do it while it lives"
        return Cause(causes.ZOMBIES, fix, tuple(evidence))
    probes = _probes(of_first, check)
    if probes:
        evidence.append(f"{', '.join(probes)}: also in the health check")
        fix = "init: true, and a limit of the tool's own in the health check that is shorter than its `timeout`"
        return Cause(causes.ZOMBIES, fix, tuple(evidence), Confidence.LIKELY)
    if found.orphans:
        evidence.append("they were started by somebody who ended first, and became children of PID 1")
        return Cause(causes.ZOMBIES, "init: true", tuple(evidence))
    fix = "init: true; should PID 1 itself have started them, it must wait for them (waitpid, or SIGCHLD ignored)"
    return Cause(causes.ZOMBIES, fix, tuple(evidence), Confidence.LIKELY)


def _listed(stayed: Sequence[Process], found: DeadChildren) -> Iterator[str]:
    names = Counter((process.name, process.parent) for process in stayed)
    for (name, parent), count in names.most_common(_MOST_SHOWN):
        above = shown(found.parents[parent]) if parent in found.parents else "a process that is not in the container"
        yield f"{count} x {name}, child of {above}"


def _came(found: DeadChildren) -> Iterator[str]:
    if found.came:
        yield f"{len(found.came)} came while we looked, and none went"


def _probes(stayed: Sequence[Process], check: Check | None) -> tuple[str, ...]:
    """Names of zombies that the health check's command mentions."""
    words = {PurePosixPath(word).name[:15] for part in (check.test if check else ()) for word in part.split()}
    return tuple(dict.fromkeys(process.name for process in stayed if process.name in words))


def _span_s(recording: Recording) -> float:
    samples = recording.samples
    return (samples[-1].at_ns - samples[0].at_ns) / _NS if samples else 0.0
