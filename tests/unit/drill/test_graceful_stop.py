"""Verdicts on stops, from recordings of real ones and what might have been instead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e.drills.stop_cases import CASES
from seatrial.drill import journal
from seatrial.drill.drills import signal_path
from seatrial.drill.drills.graceful_stop import judge
from seatrial.drill.recording import Mark
from seatrial.drill.service.extension import Budgets, Extension, Probe
from seatrial.drill.stop.ended import GIVEN_UP, SIGNALLED, stop
from seatrial.drill.stop.flight import RELEASED
from seatrial.drill.traffic.request import Trial
from seatrial.drill.verdict import Confidence, Grade
from seatrial.engine.observed import Event, LogLine
from unit.drill.looked import TERM, listens, process

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording
    from seatrial.drill.stop.ended import Stop

FILE = Path(__file__).parents[2] / "data" / "recordings" / "stops.json"
REAL = {recording.service: recording for recording in journal.read(FILE)}
WANTED = {case.name: (case.verdict, case.cause) for case in CASES}
SOUND = REAL["node-drains"]
S = 10**9


def told(recording: Recording) -> tuple[str, str | None]:
    verdict = judge(recording)
    return verdict.grade, verdict.cause.id if verdict.cause else None


def ended(recording: Recording) -> Stop:
    found = stop(recording)
    assert found
    return found


def with_facts(recording: Recording, **changes: object) -> Recording:
    facts = replace(recording.subject.facts, **changes)  # type: ignore[arg-type]
    return replace(recording, subject=replace(recording.subject, facts=facts))


def declared(recording: Recording, extension: Extension) -> Recording:
    return replace(recording, subject=replace(recording.subject, extension=extension))


def with_event(recording: Recording, action: str, after_s: float, **attributes: str) -> Recording:
    at = ended(recording).signal_ns + int(after_s * S)
    event = Event(action, recording.subject.facts.id, recording.service, at, attributes)
    return replace(recording, events=tuple(sorted((*recording.events, event), key=lambda e: e.time_ns)))


def exiting(recording: Recording, code: int) -> Recording:
    events = (replace(e, attributes={"exitCode": str(code)}) if e.action == "die" else e for e in recording.events)
    return replace(recording, events=tuple(events))


def taking(recording: Recording, seconds: float) -> Recording:
    """As if it had ended so long after what was held was let go."""
    released = recording.mark(RELEASED)
    assert released
    events = tuple(
        replace(e, time_ns=released.at_ns + int(seconds * S)) if e.action == "die" else e for e in recording.events
    )
    before = tuple(r for r in recording.requests if r.due_ns < ended(recording).signal_ns)
    return replace(recording, events=events, ended=None, requests=before)


@pytest.mark.parametrize("service", sorted(REAL))
def test_a_real_stop_gets_the_verdict_and_the_cause_it_got_on_the_engine(service: str) -> None:
    assert told(REAL[service]) == WANTED[service]


def test_the_mask_that_is_told_is_the_one_that_proves_it() -> None:
    for service in ("node-deaf", "master-deaf"):
        cause = judge(REAL[service]).cause
        assert cause
        seen = next(line for line in cause.evidence if "does not catch SIGTERM" in line)
        before, after = (int(mask, 16) for mask in re.findall("[0-9a-f]{16}", seen))
        assert (bool(before & TERM), bool(after & TERM)) == (True, False)


@pytest.mark.parametrize("control", [True, False])
def test_a_shell_that_ignores_the_signal_is_to_blame_for_what_has_inherited_it(control: bool) -> None:
    real = REAL["node-deaf"]
    text = "trap '' TERM; while true; do sleep 1; done"
    shell = process(1, 0, "sh", "-c", text, ignored=TERM)
    sleep = process(7, 1, "sleep", "1", ignored=TERM)
    samples = tuple(replace(sample, processes=(shell, sleep), sockets=()) for sample in real.samples)
    loop = replace(real, samples=samples, requests=(), port=None)
    verdict = judge(replace(loop, control=loop) if control else loop)
    assert verdict.cause
    assert (verdict.cause.id, verdict.cause.confidence) == ("shell-swallows-signal", Confidence.CERTAIN)
    assert any(line.endswith("and sleep (PID 7), which it started, inherited that") for line in verdict.cause.evidence)
    assert verdict.cause.fix.startswith("remove `trap '' TERM`")
    assert "init: true" not in verdict.cause.fix


def test_an_init_is_advised_only_where_it_lets_the_signal_end_the_program() -> None:
    real = REAL["node-deaf"]
    advice = {}
    for name, alone in (
        ("dropped", process(1, 0, "worker")), ("ignored", process(1, 0, "worker", ignored=TERM)),
    ):  # fmt: skip
        samples = tuple(replace(sample, processes=(alone,), sockets=()) for sample in real.samples)
        cause = judge(replace(real, samples=samples, requests=(), port=None)).cause
        assert cause
        advice[name] = "`init: true` lets the signal end it" in cause.fix
        assert ("nohup" in cause.fix) is (name == "ignored")
    assert advice == {"dropped": True, "ignored": False}


def test_a_verdict_tells_what_was_in_flight_and_how_much_of_the_grace_was_used() -> None:
    verdict = judge(SOUND)
    assert verdict.summary.startswith("ended in ")
    assert "of 10 s grace, exit 0, in flight " in verdict.summary
    assert verdict.figures["in_flight"] > 0
    assert verdict.figures["in_flight_lost"] == 0
    assert verdict.figures["used_s"] == pytest.approx(ended(SOUND).used_s, abs=0.001)


@pytest.mark.parametrize(
    ("trial", "grade", "hint"),
    [
        (Trial(error="port 80: nothing listens there"), Grade.INCONCLUSIVE, "nothing listens there"),
        (Trial(kept=2, doubt="port 80: no whole answer in 15 s"), Grade.INCONCLUSIVE, "no whole answer in 15 s"),
        (Trial(kept=2), Grade.SKIP, "gives no HTTP answer"),
        (SOUND.trial, Grade.SKIP, "reads no body"),
    ],
)
def test_a_stop_with_nothing_in_flight_is_skipped_where_nothing_can_be(
    trial: Trial | None, grade: Grade, hint: str
) -> None:
    verdict = judge(replace(SOUND, requests=(), trial=trial))
    assert verdict.grade is grade
    assert hint in verdict.summary


def test_a_worker_without_a_port_is_judged_by_its_processes() -> None:
    worker = replace(SOUND, requests=(), trial=None)
    assert judge(worker).grade is Grade.PASS
    assert any("writer" in note and "probe:" not in note for note in judge(worker).notes)
    assert judge(exiting(worker, 143)).grade is Grade.SKIP  # whether it lost a job cannot be seen
    assert judge(exiting(worker, 1)).grade is Grade.FAIL
    none = declared(worker, Extension(probe=Probe("none")))
    assert judge(none).grade is Grade.SKIP
    assert "`probe: none`" in judge(none).summary


@pytest.mark.parametrize(
    ("init", "caught", "wanted"),
    [
        (("tini", "-g", "--"), 0, ("FAIL", "no-handler")), (("dumb-init",), 0, ("FAIL", "no-handler")),
        (("tini", "--"), 0, ("PASS", None)), (("dumb-init", "--single-child"), 0, ("PASS", None)),
        (("tini", "-g", "--"), TERM, ("PASS", None)),
    ],
)  # fmt: skip
def test_workers_that_the_signal_of_the_group_ends_lose_their_job(
    init: tuple[str, ...], caught: int, wanted: tuple[str, str | None]
) -> None:
    pool = process(7, 1, "queue", caught=TERM)
    processes = (process(1, 0, *init), pool, process(8, 7, "job", caught=caught), process(9, 7, "job", caught=caught))
    sample = replace(SOUND.samples[0], processes=processes, sockets=())
    assert told(replace(SOUND, requests=(), trial=None, samples=(sample,), port=None)) == wanted


def test_what_a_server_answers_is_said_also_when_it_is_an_error() -> None:
    assert SOUND.trial
    assert SOUND.trial.answer
    ill = replace(SOUND, trial=replace(SOUND.trial, answer=replace(SOUND.trial.answer, status=502)))
    assert any("it answers 502" in note for note in judge(ill).notes)
    assert not judge(declared(ill, Extension(expect=(502,)))).notes


@pytest.mark.parametrize(("first", "wanted"), [("tail", "wrapper-swallows-signal"), ("watch", "no-handler")])
def test_a_program_that_only_waits_is_to_blame_also_when_the_one_below_it_is_no_better(first: str, wanted: str) -> None:
    processes = (process(1, 0, first, "-f"), process(7, 1, "serve"))
    listening = (listens(7, port=8080),)
    real = REAL["node-deaf"]
    samples = tuple(replace(sample, processes=processes, sockets=listening) for sample in real.samples)
    deaf = replace(real, samples=samples, port=8080)
    assert told(replace(deaf, control=deaf)) == ("FAIL", wanted)


def test_a_container_that_did_not_end_is_not_judged() -> None:
    events = tuple(event for event in SOUND.events if event.action not in ("die", "stop"))
    assert told(replace(SOUND, events=events, ended=None)) == ("INCONCLUSIVE", None)


@pytest.mark.parametrize(("code", "grade"), [(0, "PASS"), (143, "PASS"), (1, "FAIL"), (130, "FAIL")])
def test_0_and_128_with_the_signal_are_the_same_end(code: int, grade: str) -> None:
    assert told(exiting(SOUND, code))[0] == grade


def test_a_service_may_declare_its_own_exit_codes_and_then_no_other_counts() -> None:
    assert told(declared(exiting(SOUND, 3), Extension(exit_codes=(3,))))[0] == "PASS"
    assert told(declared(SOUND, Extension(exit_codes=(3,))))[0] == "FAIL"


def test_a_sigkill_of_the_engine_is_a_failure_however_it_ended() -> None:
    assert told(with_event(exiting(SOUND, 137), "kill", 0.01, signal="9"))[0] == "FAIL"


def test_137_is_told_apart_by_the_events() -> None:
    alone = exiting(SOUND, 137)
    assert told(alone)[1] == "foreign-kill"
    assert told(with_event(alone, "oom", 0.01))[1] == "oom-during-stop"
    assert told(with_event(with_facts(alone, stop_timeout_s=0), "kill", 0.01, signal="9"))[1] == "grace-truncated"


@pytest.mark.parametrize(("seconds", "grade"), [(4, "PASS"), (6, "WARN"), (8.5, "FAIL")])
def test_more_than_half_of_the_grace_is_a_warning_and_more_than_four_fifths_a_failure(
    seconds: float, grade: str
) -> None:
    assert told(taking(SOUND, seconds)) == (grade, None if grade == "PASS" else "drain-exceeds-grace")


def test_a_budget_for_the_stop_counts_more_than_the_grace() -> None:
    slow = taking(SOUND, 3)
    assert told(declared(slow, Extension(budgets=Budgets(stop_s=2))))[0] == "FAIL"
    assert told(declared(slow, Extension(budgets=Budgets(stop_s=5))))[0] == "PASS"


def test_the_way_is_to_blame_for_certain_only_when_the_same_signal_works_without_it() -> None:
    real = REAL["busybox-stays"]
    cause = judge(real).cause
    assert cause is not None
    assert cause.confidence is Confidence.CERTAIN
    assert "exec" in cause.fix
    unproven = judge(replace(real, control=None)).cause
    assert unproven is not None
    assert (unproven.id, unproven.confidence) == ("shell-swallows-signal", Confidence.LIKELY)


def test_what_fails_without_the_way_as_well_is_the_fault_of_the_program() -> None:
    real = REAL["busybox-stays"]
    assert real.control
    gave_up = replace(real.control, marks=(*real.control.marks, Mark(real.control.marks[-1].at_ns, GIVEN_UP)))
    assert told(replace(real, control=gave_up))[1] not in ("shell-swallows-signal", None)


def test_init_is_no_cure_for_a_shell_and_the_report_says_so() -> None:
    verdict = judge(REAL["init-shell"])
    assert verdict.figures["used_s"] < 2
    assert verdict.cause is not None
    assert any("init: true" in line for line in verdict.cause.evidence)


def test_a_worker_that_tells_of_its_end_only_when_it_gets_the_signal_itself_was_not_reached() -> None:
    """Nothing was in flight, so its log is the proof."""
    real = REAL["init-shell"]
    assert real.control

    def quiet(recording: Recording, *lines: str) -> Recording:
        at = ended(recording).ended_ns or 0
        stamp = f"{_utc(recording.clock.engines(at - 1_000_000))}"
        return replace(recording, requests=(), trial=None, logs=tuple(LogLine(stamp, line) for line in lines))

    reached = replace(quiet(real), control=quiet(real.control, "closing the books"))
    assert told(reached) == ("FAIL", "shell-swallows-signal")
    assert judge(reached).cause.confidence is Confidence.LIKELY  # type: ignore[union-attr]
    both = replace(quiet(real, "closing the books"), control=quiet(real.control, "closing the books"))
    assert told(both)[0] == "SKIP"


def test_a_server_that_is_known_to_finish_on_another_signal_gets_told_which() -> None:
    cause = judge(REAL["nginx-quick"]).cause
    assert cause is not None
    assert cause.fix == "stop_signal: SIGQUIT"


def test_what_was_sent_to_a_busy_server_just_before_the_signal_is_not_held_against_it() -> None:
    moment = ended(SOUND)
    template = next(r for r in SOUND.requests if r.lane == "fresh" and r.good)
    sent = moment.signal_ns - 100_000_000
    unread = replace(
        template, marker="unread", due_ns=sent, connect_ns=sent, connected_ns=sent, sent_ns=sent,
        first_byte_ns=None, done_ns=moment.signal_ns + 50_000_000, status=None, complete=False, error="reset",
    )  # fmt: skip
    slow = replace(template, marker="slow", due_ns=sent - 2 * S, done_ns=sent - S)
    held = tuple(request for request in SOUND.requests if request.lane.startswith("straddle"))
    assert told(replace(SOUND, requests=(*held, unread)))[0] == "FAIL"
    assert told(replace(SOUND, requests=(*held, unread, slow)))[0] == "PASS"
    # Of one that we, being starved, had not sent by then it had no more than a connection.
    unsent = replace(unread, sent_ns=moment.signal_ns + 60_000_000, done_ns=moment.signal_ns + 80_000_000)
    assert told(replace(SOUND, requests=(*held, unsent)))[0] == "WARN"
    assert told(replace(SOUND, requests=(*held, unsent, slow)))[0] == "PASS"


@pytest.mark.parametrize(
    ("service", "grade", "cause"),
    [
        ("busybox-stays", "FAIL", "shell-swallows-signal"),
        ("init-shell", "FAIL", "shell-swallows-signal"),
        ("node-run", "FAIL", "wrapper-swallows-signal"),
    ],
)
def test_the_way_is_broken_when_the_stop_is_clean_only_without_it(service: str, grade: str, cause: str) -> None:
    verdict = signal_path.judge(REAL[service])
    assert (verdict.drill, verdict.grade, verdict.cause and verdict.cause.id) == ("signal-path", grade, cause)


def straight(recording: Recording) -> Recording:
    """As if the same had come of the signal sent to the process itself."""
    return replace(recording, marks=(*recording.marks, Mark(ended(recording).signal_ns, SIGNALLED)))


def test_the_way_is_fine_when_both_are_alike_and_clean() -> None:
    verdict = signal_path.judge(replace(SOUND, control=straight(SOUND)))
    assert verdict.grade is Grade.PASS
    assert "alike both ways" in verdict.summary


def test_of_a_way_nothing_is_said_when_the_program_fails_without_it_too() -> None:
    real = REAL["node-exits"]
    verdict = signal_path.judge(replace(real, control=straight(real)))
    assert verdict.grade is Grade.INCONCLUSIVE
    assert "unclean both ways" in verdict.summary


def test_a_way_that_was_tried_once_only_is_not_judged() -> None:
    assert signal_path.judge(SOUND).grade is Grade.INCONCLUSIVE


def _utc(at_ns: int) -> str:
    whole = datetime.fromtimestamp(at_ns // S, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{at_ns % S:09d}Z"


def released_late(recording: Recording, cut_after_s: float) -> Recording:
    """As if we had been busy for five seconds, and the server had cut off what it had half of."""
    signal_ns = ended(recording).signal_ns
    marks = tuple(replace(m, at_ns=signal_ns + 5 * S) if m.what == RELEASED else m for m in recording.marks)
    cut = signal_ns + int(cut_after_s * S)
    requests = tuple(
        replace(r, status=None, complete=False, error="eof", done_ns=cut) if r.lane.startswith("straddle") else r
        for r in recording.requests
    )
    return replace(recording, marks=marks, requests=requests)


def test_a_request_that_we_held_too_long_ourselves_is_not_judged() -> None:
    assert told(released_late(SOUND, cut_after_s=2.1)) == (Grade.INCONCLUSIVE, None)


def test_what_a_starved_server_had_half_of_is_not_held_against_it_when_it_may_not_have_read_it() -> None:
    moment = ended(SOUND)
    half_ns = moment.signal_ns - S
    held = tuple(
        replace(r, half_ns=half_ns, status=None, complete=False, error="reset", first_byte_ns=None)
        for r in SOUND.requests
        if r.lane == "straddle-body"
    )
    one = next(r for r in SOUND.requests if r.lane == "fresh" and r.good)
    prompt = replace(one, due_ns=moment.sent_ns - 3 * S, done_ns=moment.sent_ns - 3 * S + 1)
    slow = replace(one, marker="slow", due_ns=moment.sent_ns - 3 * S, done_ns=moment.sent_ns - S)
    assert told(replace(SOUND, requests=(*held, prompt)))[0] == "FAIL"
    starved = replace(SOUND, requests=(*held, prompt, slow))
    assert told(starved) == ("INCONCLUSIVE", None)
    assert "this machine is too busy" in judge(starved).summary


def test_a_request_that_was_cut_at_once_is_lost_however_late_we_were() -> None:
    assert told(released_late(SOUND, cut_after_s=0.05))[0] == Grade.FAIL


def test_that_a_published_port_accepts_while_the_service_stops_is_the_proxys_doing() -> None:
    def accepted(address: str) -> Recording:
        """As if connections that were refused had been accepted there, and cut; half a second long."""
        refused = [r for r in SOUND.requests if r.error == "refused"]
        others = tuple(replace(r, address=address) for r in SOUND.requests if r.error != "refused")
        moments = [ended(SOUND).signal_ns + (1 + place) * S // 8 for place, _ in enumerate(refused)]
        cut = (
            replace(r, address=address, error="eof", due_ns=at, connect_ns=at, connected_ns=at, sent_ns=at, done_ns=at)
            for r, at in zip(refused, moments, strict=True)
        )
        return replace(SOUND, requests=(*others, *cut))

    assert told(accepted("172.18.0.2")) == (Grade.WARN, "exits-without-draining")
    assert told(accepted("127.0.0.1")) == (Grade.PASS, None)
    shared = with_facts(accepted("127.0.0.1"), network_mode="host")  # no proxy is on the way
    assert told(shared) == (Grade.WARN, "exits-without-draining")
