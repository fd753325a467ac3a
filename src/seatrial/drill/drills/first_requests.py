"""Is a service that counts as ready really ready? Its first two seconds under load tell."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.start import cycle
from seatrial.drill.start.startup import Startup, first_served, startup
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.drill.traffic.request import Request

NAME = "first-requests"
_TOO_FEW = 5


def record(scene: Scene, place: Place) -> Recording:
    """After a stop and a start, load from the moment when its check passes."""
    return cycle.taken(scene, NAME, place)


def judge(recording: Recording) -> Verdict:
    """Every request from then on is answered, and none with 5xx."""
    start, service = startup(recording), recording.service
    if recording.trial is None or recording.trial.error:
        why = recording.trial.error if recording.trial else "it has no port that is known"
        return Verdict(NAME, service, Grade.SKIP, f"nothing can be asked of it ({why})")
    ready_ns = _ready_ns(recording, start)
    if start is None or ready_ns is None:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, "it was not ready while we watched: see warm-start")
    asked = first_served(recording, ready_ns)
    bad = [request for request in asked if not request.good]
    figures = {"first_requests": float(len(asked)), "first_lost": float(len(bad))}
    since = "since its check passed" if start.healthy_ns else "since its first answer"
    if len(asked) < _TOO_FEW:
        return Verdict(NAME, service, Grade.INCONCLUSIVE, f"{len(asked)} requests {since}: too few", figures=figures)
    fine = f"{len(asked)} requests {since}, all answered"
    return concluded(NAME, service, _findings(start, ready_ns, asked, bad, since), fine, figures)


DRILL = Drill(
    NAME,
    "from the moment when it counts as ready, every request is answered",
    judge,
    record,
    does="sends requests after the start of idle-clients",
)


def _ready_ns(recording: Recording, start: Startup | None) -> int | None:
    if start is None:
        return None
    return start.healthy_ns if recording.subject.facts.check else start.answered_ns


def _findings(
    start: Startup, ready_ns: int, asked: tuple[Request, ...], bad: list[Request], since: str
) -> Iterator[Finding]:
    if not bad:
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(r.kind for r in bad).most_common())
    text = f"{len(bad)} of {len(asked)} requests {since} were not answered ({kinds})"
    lines = tuple(f"{(r.due_ns - ready_ns) / 1e9:+.3f} s  {r.lane}: {r.kind}" for r in bad[:_TOO_FEW])
    first = next((r for r in asked if r.good and r.done_ns), None)
    told = f"its first answer came {((first.done_ns or 0) - ready_ns) / 1e9:.2f} s after that" if first else "none was"
    if start.healthy_ns is None:
        yield Finding(Grade.FAIL, text, Cause(causes.START_TOO_SLOW, _LISTEN, lines, Confidence.GUESS))
        return
    early = start.answered_ns is None or start.answered_ns > ready_ns
    confidence = Confidence.CERTAIN if early else Confidence.LIKELY
    yield Finding(Grade.FAIL, text, Cause(causes.PROBE_BROKEN, _ASK, (told, *lines), confidence))


_LISTEN = "listen only when everything that is needed to answer is there"
_ASK = "let the check ask what the service is for (its own route, on 127.0.0.1), so that it passes only when it answers"
