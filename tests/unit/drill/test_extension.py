"""`x-seatrial`: what is read out of it, what is refused and in which words, and that no value of it is ever shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from seatrial.drill.service.extension import Budgets, Extension, Probe, Straddle
from seatrial.drill.service.extension.declared import Declared, declared
from seatrial.engine.memory import MemoryEngine
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project
from seatrial.stack import Service, Stack

DRILLS = ("graceful-stop", "crash-restart")
TOKEN = "t0ken-of-the-year"


def read(written: Any, **variables: str) -> Declared:
    engine = MemoryEngine(Stack("shop", (Service("api"),)), variables=variables)
    engine.source = json.dumps({"services": {"api": {"x-seatrial": written}, "other": {"x-seatrial": {"bad": 1}}}})
    return declared(engine, Project(Path(), ()), ("api",), DRILLS)


def refused(written: Any, **variables: str) -> str:
    with pytest.raises(ConfigurationInvalid) as error:
        read(written, **variables)
    return str(error.value)


def test_everything_that_can_be_said() -> None:
    told = read({
        "probe": "http://:8080/health?full=1",
        "straddle": "POST /orders",
        "headers": {"Authorization": "Bearer ${TOKEN}", "X-Retries": 0},
        "expect": [200, 204],
        "budgets": {"startup": "1m30s", "stop": "500ms", "image": "300MB"},
        "exit_codes": 0,
        "via": "published",
        "needs": {"db": "/ready"},
        "drill": {"skip": {"graceful-stop": "a batch job"}},
    }, TOKEN=TOKEN)  # fmt: skip
    assert told.of("api") == Extension(
        probe=Probe("http", 8080, "/health?full=1"),
        straddle=Straddle("POST", "/orders"),
        expect=(200, 204),
        budgets=Budgets(90, 0.5, 300_000_000),
        exit_codes=(0,),
        via="published",
        needs={"db": "/ready"},
        skip={"graceful-stop": "a batch job"},
    )
    assert told.headers_of("api") == (("Authorization", f"Bearer {TOKEN}"), ("X-Retries", "0"))


@pytest.mark.parametrize("nothing", [None, {}, {"probe": None, "headers": None, "drill": {"skip": None}}])
def test_nothing_said_is_nothing_known(nothing: Any) -> None:
    assert read(nothing).of("api") == Extension()
    assert read(nothing).headers_of("api") == ()


@pytest.mark.parametrize(
    ("written", "probe"),
    [
        ("http://:8080", Probe("http", 8080, "/")),
        ("https://shop.test/x", Probe("https", 443, "/x", "shop.test")),
        ("http://[::1]:81/a", Probe("http", 81, "/a", "::1")),
        ("tcp://redis:6379/0", Probe("tcp", 6379, "/", "redis")),
        ("none", Probe("none")),
        ("http://:${PORT-9000}${SLASH}x", Probe("http", 9000, "/x")),
    ],
)
def test_a_route_in_pieces(written: str, probe: Probe) -> None:
    assert read({"probe": written}, SLASH="/").of("api").probe == probe


@pytest.mark.parametrize(
    ("written", "size"), [("300MB", 300_000_000), ("1.5GiB", 1_610_612_736), ("2k", 2000), (4096, 4096)]
)
def test_sizes_are_docker_s_powers_of_1000_unless_they_say_otherwise(written: Any, size: int) -> None:
    assert read({"budgets": {"image": written}}).of("api").budgets.image_bytes == size


@pytest.mark.parametrize(
    ("written", "what", "fix"),
    [
        ("graceful", "it is no mapping", "write keys"),
        ({"prob": "none"}, "there is no key prob", "write probe"),
        ({"budgets": {"boot": "1s"}}, "there is no key budgets.boot", "use one of startup, stop, image"),
        ({"probe": "localhost:80"}, "probe is no route", "write http://:8080/health"),
        ({"probe": "http:///health"}, "probe names no port", "write http://:8080"),
        ({"probe": "http://:99999/"}, "probe is no route", "write http://:8080"),
        ({"probe": "http://:80/a b"}, "a blank", "%20"),
        ({"probe": "http://me:hush@x:80/"}, "probe holds a password", "headers"),
        ({"straddle": "orders"}, "straddle is no route", 'write "POST /path"'),
        ({"headers": {"X Y": "1"}}, "headers.X Y is no name of a header", "letters, digits and -"),
        ({"headers": {"X": None}}, "headers.X is no text", "in quotes"),
        ({"headers": {"X": "${EMPTY}"}}, "headers.X is empty", "leave it out"),
        ({"headers": {"X": "a\r\nY: b"}}, "headers.X holds a line break", "take it out"),
        ({"headers": {"content-length": "3"}}, "written by the drill itself", "leave it out"),
        ({"expect": [200, "ok"]}, "expect is no list of HTTP statuses", "[200, 204]"),
        ({"expect": [99]}, "expect is no list of HTTP statuses", "[200, 204]"),
        ({"exit_codes": [True]}, "exit_codes is no list of exit codes", "[0, 143]"),
        ({"via": "host"}, "via is neither", "container or published"),
        ({"needs": "db"}, "needs is no mapping", "write keys"),
        ({"needs": {"db": "ready"}}, "needs.db is no path", "write /ready"),
        ({"needs": {"db": "GET /ready"}}, "needs.db is no path", "write /ready"),
        ({"needs": {"db": None}}, "needs.db is no path", "write /ready"),
        ({"budgets": {"startup": "10"}}, "budgets.startup is no duration with a unit", "10s"),
        ({"budgets": {"stop": 10}}, "budgets.stop is no duration with a unit", "10s"),
        ({"budgets": {"image": "big"}}, "budgets.image is no size", "300MB"),
        ({"drill": {"skip": {"gracefull-stop": "x"}}}, "no key drill.skip.gracefull-stop", "graceful-stop"),
        ({"drill": {"skip": {"graceful-stop": None}}}, "drill.skip.graceful-stop says no reason", "write why"),
        ({"headers": {"A": "${NOWHERE}"}}, "headers.A needs NOWHERE, which is not set", "set NOWHERE"),
        ({"headers": {"A": "${EMPTY:?}"}}, "headers.A needs EMPTY", "set EMPTY"),
        ({"headers": {"A": "${"}}, "headers.A has a `$` that starts no variable", "$$"),
    ],
)
def test_what_is_wrong_is_named_with_service_key_and_what_would_be_right(written: Any, what: str, fix: str) -> None:
    text = refused(written, EMPTY="")
    first, last = text.splitlines()[0], text.splitlines()[-1]
    assert first.startswith("error: x-seatrial of service api: ")
    assert what in first
    assert fix in last


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = refused({"via": "x", "expect": "y"})
    assert "x-seatrial is wrong in 2 places" in text
    assert "api: expect is no list of HTTP statuses (fix: write [200, 204])" in text


@pytest.mark.parametrize("key", ["probe", "straddle", "expect", "via", "exit_codes"])
def test_a_refusal_never_shows_the_value(key: str) -> None:
    assert TOKEN not in refused({key: "${TOKEN} ?"}, TOKEN=TOKEN)
    assert TOKEN not in refused({"headers": {"A": "${TOKEN}\n."}}, TOKEN=TOKEN)


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"Authorization": "Bearer ${ANY}"}, {"Bearer abcdef", "abcdef"}),
        ({"X-Api-Key": "written-here"}, {"written-here"}),
        ({"Accept": "text/html"}, set()),
        ({"X": "v-${ANY}-w"}, {"v-abcdef-w", "abcdef"}),
    ],
)
def test_what_headers_are_made_of_is_secret_and_what_everybody_sends_is_not(
    headers: dict[str, str], secret: set[str]
) -> None:
    told = read({"headers": headers}, ANY="abcdef")
    assert {one.reveal() for one in told.secrets} == secret
    assert "abcdef" not in repr(told)


def test_a_variable_of_a_secret_name_is_kept_out_of_sight_wherever_it_stands() -> None:
    told = read({"probe": "http://:80/?t=${API_TOKEN}&p=${PAGE}"}, API_TOKEN=TOKEN, PAGE="first")
    assert [one.reveal() for one in told.secrets] == [TOKEN]
    assert TOKEN not in repr(told)


def test_a_dollar_that_is_meant_is_one_dollar() -> None:
    assert read({"headers": {"X": "a$$b"}}).headers_of("api") == (("X", "a$b"),)


def test_compose_is_asked_for_variables_only_when_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        pytest.fail("a process for nothing")

    monkeypatch.setattr(MemoryEngine, "values", asked)
    assert read({"probe": "none"}).of("api").probe == Probe("none")


def test_an_extension_can_be_recorded_and_read_back() -> None:
    written = read({"probe": "tcp://:1", "expect": 200, "drill": {"skip": {"crash-restart": "slow"}}}).of("api")
    adapter = TypeAdapter(Extension)
    assert adapter.validate_json(adapter.dump_json(written)) == written


def test_every_key_is_in_the_example_that_people_copy() -> None:
    page = (Path(__file__).parents[3] / "docs" / "drills.md").read_text(encoding="utf-8")
    keys = refused({"?": 1}).rpartition("use one of ")[2].strip().split(", ")
    example = page.partition("x-seatrial:\n")[2].partition("```")[0]
    assert [key for key in keys if f"      {key}: " not in example] == []
