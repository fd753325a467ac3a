"""The ledger: a known failure keeps a run green, a fixed one turns it red, an entry that cannot be met is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.drill.drill import Drill, Scope
from seatrial.drill.ledger import checked, held
from seatrial.drill.service.extension import Extension, Gap
from seatrial.drill.service.extension.declared import Declared, declared
from seatrial.drill.verdict import Cause, Finding, Grade, Verdict, concluded
from seatrial.engine.memory import MemoryEngine
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project
from seatrial.report.drill import exit_code
from seatrial.stack import Dependency, Service, Stack

if TYPE_CHECKING:
    from seatrial.drill.recording import Recording

KNOWN = Gap("graceful-stop", "no-handler", "issue 12")
STACK = Stack("shop", (Service("web", depends_on=(Dependency("db", "service_started"),)), Service("db")))


def judge(_: Recording) -> Verdict:
    raise NotImplementedError


DRILLS = (
    Drill("graceful-stop", "", judge),
    Drill("dependency-stop", "", judge, scope=Scope.EDGE),
    Drill("stop-order", "", judge, scope=Scope.STACK),
)


def verdict(grade: Grade, cause: str = "", *, also: tuple[str, ...] = ()) -> Verdict:
    found = Cause(cause, "change it", ("seen",)) if cause else None
    return Verdict("graceful-stop", "web", grade, "what was found", found, also=also)


@pytest.mark.parametrize(
    ("found", "grade", "cause"),
    [
        (verdict(Grade.FAIL, "no-handler"), Grade.KNOWN, "no-handler"),
        (verdict(Grade.WARN, "no-handler"), Grade.KNOWN, "no-handler"),
        (verdict(Grade.FAIL, "foreign-kill"), Grade.FAIL, "foreign-kill"),
        (verdict(Grade.FAIL), Grade.FAIL, None),
        (verdict(Grade.PASS), Grade.FAIL, "known-gap-fixed"),
        (verdict(Grade.WARN, "foreign-kill"), Grade.FAIL, "known-gap-fixed"),
        (verdict(Grade.WARN), Grade.FAIL, "known-gap-fixed"),
        (verdict(Grade.WARN, "foreign-kill", also=("no-handler",)), Grade.WARN, "foreign-kill"),
        (verdict(Grade.SKIP), Grade.SKIP, None),
        (verdict(Grade.INCONCLUSIVE), Grade.INCONCLUSIVE, None),
        (verdict(Grade.ERROR), Grade.ERROR, None),
    ],
)
def test_what_is_known_against_what_was_found(found: Verdict, grade: Grade, cause: str | None) -> None:
    told = held(found, [KNOWN])
    assert (told.grade, told.cause.id if told.cause else None) == (grade, cause)
    assert "issue 12" in "".join((*told.notes, told.known, *(told.cause.evidence if told.cause else ())))


def test_a_known_failure_is_told_whole_and_keeps_the_run_green() -> None:
    found = verdict(Grade.FAIL, "no-handler")
    told = held(found, [KNOWN])
    assert told == replace(found, grade=Grade.KNOWN, known="issue 12")
    assert exit_code([told]) == 0


def test_a_fixed_one_turns_it_red_and_says_which_entry_goes() -> None:
    told = held(verdict(Grade.WARN, "foreign-kill"), [KNOWN])
    assert exit_code([told]) == 1
    assert told.summary == "fixed: no-handler is not found any more; remove it from the ledger"
    assert told.cause is not None
    assert told.cause.fix == "remove drill.known.graceful-stop from the x-seatrial of service web"
    assert told.notes == ("WARN: what was found (fix: change it)",)


def test_a_failure_without_a_cause_can_be_known() -> None:
    assert held(verdict(Grade.FAIL), [replace(KNOWN, cause="none")]).grade is Grade.KNOWN
    assert held(verdict(Grade.PASS), [replace(KNOWN, cause="none")]).grade is Grade.FAIL


def test_an_entry_is_about_one_drill_and_one_dependency() -> None:
    found = Verdict("dependency-stop", "web", Grade.FAIL, "", Cause("stale-address", "x"), dependency="db")
    entry = Gap("dependency-stop", "stale-address", "later", "db")
    assert held(found, [entry]).grade is Grade.KNOWN
    for other in (replace(entry, dependency="cache"), replace(entry, drill="dependency-crash")):
        assert held(found, [other]) == found


def test_the_causes_of_lesser_findings_are_kept() -> None:
    findings = [Finding(Grade.WARN, "b", Cause("zombies", "x")), Finding(Grade.FAIL, "a", Cause("no-handler", "x"))]
    assert concluded("d", "s", findings, "fine").also == ("zombies",)


def read(services: dict[str, Any], top: Any = None) -> None:
    engine = MemoryEngine(STACK)
    model = {"services": {name: {"x-seatrial": {"drill": {"known": known}}} for name, known in services.items()}}
    engine.source = json.dumps(model | ({"x-seatrial": {"drill": {"known": top}}} if top else {}))
    names = [drill.name for drill in DRILLS]
    checked(STACK, declared(engine, Project(Path(), ()), STACK.names, names), DRILLS)


ENTRY = {"cause": "no-handler", "why": "later"}


def test_entries_that_can_be_met() -> None:
    edge = {**ENTRY, "dependency": "db"}
    read({"web": {"graceful-stop": ENTRY, "dependency-stop": [edge]}, "db": {"graceful-stop": ENTRY}}, None)
    read({}, {"stop-order": {"cause": "none", "why": "later"}})


@pytest.mark.parametrize(
    ("service", "known", "what", "fix"),
    [
        ("web", {"gracefull-stop": ENTRY}, "no key drill.known.gracefull-stop", "write drill.known.graceful-stop"),
        ("web", {"graceful-stop": {**ENTRY, "cause": "no-handlr"}}, "known.graceful-stop.cause is no cause", "no-hand"),
        ("web", {"graceful-stop": {"why": "x"}}, "known.graceful-stop.cause is no cause", "docs/drills.md lists them"),
        ("web", {"graceful-stop": {"cause": "no-handler"}}, "why says no reason", "for those who read the report"),
        ("web", {"graceful-stop": "no-handler"}, "known.graceful-stop is no mapping", "write keys"),
        ("web", {"graceful-stop": {**ENTRY, "whi": "x"}}, "no key drill.known.graceful-stop.whi", "graceful-stop.why"),
        ("web", {"graceful-stop": [ENTRY, ENTRY]}, "drill.known.graceful-stop is there twice", "leave one"),
        ("web", {"graceful-stop": {**ENTRY, "dependency": "db"}}, "graceful-stop has a dependency", "leave it out"),
        ("web", {"dependency-stop": ENTRY}, "dependency-stop names no dependency", "write dependency: db"),
        ("web", {"dependency-stop": {**ENTRY, "dependency": "bd"}}, "names bd, and it depends", "dependency: db"),
        ("db", {"dependency-stop": {**ENTRY, "dependency": "web"}}, "depends on no such service", "leave the entry"),
        ("web", {"stop-order": ENTRY}, "is about the whole stack", "at the top of the compose file"),
    ],
)
def test_an_entry_that_cannot_be_met_is_refused(service: str, known: Any, what: str, fix: str) -> None:
    with pytest.raises(ConfigurationInvalid) as error:
        read({service: known})
    assert f"x-seatrial of service {service}: " in error.value.what
    assert what in str(error.value)
    assert fix in error.value.fix


def test_an_entry_at_the_wrong_end_of_the_file_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid) as error:
        read({}, {"graceful-stop": ENTRY})
    assert (
        error.value.what == "x-seatrial at the top of the compose file: drill.known.graceful-stop is about one service"
    )


@pytest.mark.parametrize(
    ("needs", "fix"),
    [
        ({"dbs": "/ready"}, "write db"),
        ({"web": "/ready"}, "write depends_on: [web], or leave it out"),
        ({"mail": "/ready"}, ""),  # it may be in a profile that is not enabled
        ({"db": "/ready"}, ""),
    ],
)
def test_what_a_service_is_said_to_need_must_be_a_dependency_of_it(needs: dict[str, str], fix: str) -> None:
    said = Declared({"web": Extension(needs=needs)})
    if not fix:
        checked(STACK, said, DRILLS)
        return
    with pytest.raises(ConfigurationInvalid, match=r"no service that it depends on") as refused:
        checked(STACK, said, DRILLS)
    assert refused.value.fix == fix
