"""An env file gets what it lacks; what it has stays byte for byte."""
# ruff: noqa: S311  chance is seeded so that a failure repeats

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.encoding import decoded
from seatrial.env.lint import lint
from seatrial.env.merge import Additions, Merged, merged
from seatrial.env.place import Place
from seatrial.env.problem import Severity
from seatrial.env.secret import Secret
from seatrial.env.types import violations
from seatrial.env_syntax.dollars import dollars
from seatrial.env_syntax.scan import statements
from unit.env.nasty import env_file
from unit.env.reading import reading
from unit.env.test_schema_syntax import EXAMPLE, schema_of

TODAY = date(2026, 11, 22)


def merge(existing: str | bytes, schema: str, **values: str) -> Merged:
    data = existing.encode() if isinstance(existing, str) else existing
    return merged(
        data,
        schema_of(schema),
        Additions(TODAY, random.Random(1), {key: Secret(value) for key, value in values.items()}),
    )


def test_a_new_file_holds_every_variable_with_its_description() -> None:
    done = merge("", EXAMPLE)
    secret = read_key(done, "SESSION_SECRET")
    assert len(secret) == 64
    assert (
        done.data.decode()
        == f"""\
# Added by seatrial on 2026-11-22 from .env.schema

# Port of the web server on the host.
WEB_PORT=8080

LOG_LEVEL=info

API_URL="http://localhost:${{WEB_PORT}}/api"

# Stripe key, test mode.
# How to get one: https://stripe.com/docs/keys
# Example: sk_test_...
# Required: fill this in.
STRIPE_KEY=

SESSION_SECRET={secret}

DEBUG=
"""
    )
    assert done.added == ("WEB_PORT", "LOG_LEVEL", "API_URL", "STRIPE_KEY", "SESSION_SECRET", "DEBUG")
    assert [item.key for item in done.missing] == ["STRIPE_KEY"]


def read_key(done: Merged, key: str) -> str:
    found = reading(done.data.decode().removeprefix("\ufeff"))
    assert isinstance(found, dict), found
    return found[key]


def test_a_second_run_changes_no_byte() -> None:
    once = merge("", EXAMPLE)
    again = merge(once.data, EXAMPLE)
    assert again.data == once.data
    assert (again.added, again.filled) == ((), ())
    assert [item.key for item in again.missing] == ["STRIPE_KEY"]


def test_keys_that_are_there_keep_their_line_and_missing_ones_are_appended() -> None:
    existing = "# mine\nexport LOG_LEVEL = 'debug'   # note\nDEBUG\n\nOTHER=x"
    done = merge(existing, EXAMPLE)
    assert done.data.startswith(existing.encode() + b"\n\n# Added by seatrial on 2026-11-22")
    assert "LOG_LEVEL" not in done.added
    assert "DEBUG" not in done.added


@given(st.integers(), st.integers(1, 5))
def test_no_byte_of_an_existing_file_changes_whatever_it_is(seed: int, amount: int) -> None:
    source = random.Random(seed)
    existing = "".join(env_file(source) for _ in range(amount))
    done = merge(existing, "# @optional\nK=a\n# @optional\nNEW=b c\n# @optional\nL=c\n")
    if done.problems:
        assert done.data == existing.encode()
        return
    assert done.data.startswith(existing.encode())
    before, after = reading(existing), reading(done.data.decode())
    if isinstance(before, dict) and isinstance(after, dict):
        assert {key: after[key] for key in before} == before
        assert after.keys() >= {"K", "NEW", "L"} - before.keys() or "K" in existing


def test_a_required_variable_that_stands_there_empty_is_filled_in_place() -> None:
    schema = "# @required\nA=randomHex(8)\n# @required\nB=x y\n# @required\nC=\n# @optional\nD=d\n"
    done = merge('A=\r\nB=""  # note\r\nC=\r\nD=\r\n', schema, C="it's")
    assert done.data.decode() == f"A={read_key(done, 'A')}\r\nB='x y'  # note\r\nC=\"it's\"\r\nD=\r\n"
    assert len(read_key(done, "A")) == 8
    assert done.filled == ("A", "B", "C")
    assert done.missing == ()


def test_an_answer_fills_what_is_missing_and_never_replaces_what_is_there() -> None:
    done = merge("A=mine\n", "# @required\nA=\n# @required\nB=\n# @required\nC=\n", A="x", B="pa$word", UNKNOWN="y")
    assert read_key(done, "A") == "mine"
    assert b"\nB='pa$word'\n" in done.data
    assert [item.key for item in done.missing] == ["C"]
    assert b"UNKNOWN" not in done.data


def test_the_last_of_two_lines_decides_whether_a_value_is_there() -> None:
    assert merge("A=\nA=x\n", "# @required\nA=y\n").data == b"A=\nA=x\n"
    assert merge("A=x\nA=\n", "# @required\nA=y\n").data == b"A=x\nA=y\n"


WITH_WORDS = "# Port of the web server.\n# @type=port\nPORT=8080\n\n# How much is told.\nLEVEL=info\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_that_was_deleted_comes_back_below_its_description(end: str) -> None:
    whole = merge("", WITH_WORDS).data.decode().replace("\n", end)
    for line in ("PORT=8080", "LEVEL=info"):
        done = merge(whole.replace(f"{line}{end}", ""), WITH_WORDS)
        assert (done.data.decode(), done.added) == (whole, (line.split("=")[0],))


@pytest.mark.parametrize(
    "existing",
    [
        "# Port of the web server.\nOTHER=1\n",
        "# Of old:\n# Port of the web server.\n",
        "# Port of the web server.\n\n# Port of the web server.\n",
        "TEXT='\n# Port of the web server.\n\n'\n",
        "# Port of the web server.",
    ],
)
def test_a_description_that_may_be_somebody_elses_stays_alone(existing: str) -> None:
    done = merge(existing, WITH_WORDS)
    assert done.data.decode().startswith(existing)
    assert done.added == ("PORT", "LEVEL")


def test_a_generator_runs_once_for_each_variable_and_gives_what_its_type_allows() -> None:
    schema = schema_of(
        "A=randomHex(9)\nB=cache(randomHex(9))\n# @type=uuid\nC=randomUuid()\n# @type=port(min=3000, max=3005)\n"
        "D=randomNum(3000, 3005)\n# @type=number(min=-1, max=1, precision=4)\nE=randomNum(-1, 1, precision=4)\n"
        '# @type=string(isLength=20, matches=/^[ab$]+$/)\nF=randomString(20, charset="ab$")\n'
    )
    for seed in range(50):
        done = merged(b"", schema, Additions(TODAY, random.Random(seed), {}))
        found = reading(done.data.decode())
        assert isinstance(found, dict)
        assert found["A"] != found["B"]
        assert [key for key, item in schema.by_key().items() if violations(found[key], item.type)] == []


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    done = merge("\ufeffA=1\r\n", "A=\nB=two words\n")
    assert (
        done.data
        == ("\ufeffA=1\r\n\r\n# Added by seatrial on 2026-11-22 from .env.schema\r\n\r\nB='two words'\r\n").encode()
    )


@pytest.mark.parametrize(
    ("data", "rule"), [(b"A='open\n", "UnclosedQuote"), (b"A=caf\xe9\n", "NotUtf8"), (b"A=1\0\n", "NulByte")]
)
def test_a_file_that_cannot_be_added_to_is_left_alone(data: bytes, rule: str) -> None:
    done = merge(data, "B=1\n")
    assert done.data == data
    assert [(each.rule, each.severity) for each in done.problems] == [(rule, Severity.ERROR)]


def test_a_line_with_text_behind_its_quote_still_counts_as_set() -> None:
    assert merge('B="a"b\n', "B=1\n").data == b'B="a"b\n'


def test_what_is_written_has_no_finding() -> None:
    done = merge("", EXAMPLE)
    assert lint(done.data) == ()


def test_descriptions_cannot_leave_their_comment() -> None:
    done = merge("", "# one\x0bTWO=2\n# three\nA=1\n")
    assert done.data.decode().splitlines()[2:] == ["# one", "# TWO=2", "# three", "A=1"]


def test_no_value_on_its_way_into_the_file_is_printed_by_accident() -> None:
    additions = Additions(TODAY, random.Random(1), {"A": Secret("hunter2")})
    done = merged(b"B=hunter2\n", schema_of("# @required\nA=\n"), additions)
    place = Place(Path(".env"), done.data)
    found = list(statements("B=hunter2\nC='hunter2'\n"))
    assert b"A=hunter2" in done.data
    shown = repr((additions, done, place, found, list(dollars("${hunter2:-hunter2}")), decoded(b"hunter2", "")))
    assert "hunter2" not in shown
