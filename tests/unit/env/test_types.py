"""A text fits its type or is told why not; the whole text counts."""
# ruff: noqa: E501  tables stay tables

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.problem import Severity
from seatrial.env.schema.options import OPTIONS
from seatrial.env.types import ValueType, violations
from unit.env.test_schema_syntax import item_of


def kind(written: str) -> ValueType:
    return item_of(f"# @type={written}\nA=\n").type


FITS = [
    ("string", ["x", " ", "ä", "a\nb"]),
    ("string(minLength=2, maxLength=3)", ["ab", "abc", "äö"]),
    ("string(isLength=2)", ["ab"]),
    ("string(startsWith=sk_, endsWith=z)", ["sk_z", "sk_az"]),
    ("string(matches=/^a+$/)", ["a", "aaa"]),
    ("string(matches=/B/i)", ["abc"]),
    ("string(matches=b)", ["abc"]),
    ('string(matches="^[a-z]{2,4}$")', ["ab", "abcd"]),
    ('string(matches="/^(?<x>a)\\k<x>$/")', ["aa"]),
    ("number", ["0", "-1", "1.5", "-0.25", ".5", "1e3", "1E-3", "007", "9" * 300]),
    ("number(min=-1, max=1.5)", ["-1", "1.5", "0"]),
    ("number(isInt=true)", ["1", "-5", "100"]),
    ("number(precision=2)", ["1", "1.5", "1.25", "1.2500"]),
    ("number(isDivisibleBy=0.1)", ["0.3", "-7", "0"]),
    ("boolean", ["t", "TRUE", "yes", "On", "1", "f", "False", "no", "OFF", "0"]),
    ("enum(a, 'b c', 1, true)", ["a", "b c", "1", "true"]),
    ("port", ["0", "80", "65535", "08080"]),
    ("port(min=1024, max=9999)", ["1024", "9999"]),
    (
        "url",
        [
            "http://a", "https://user:p@ss@h.x:8080/p?q=1#f", "postgres://u:p@db:5432/x", "redis://h", "unix:///var/run/x",
            "mailto:a@b.c", "http://[::1]:80/", "mongodb://a:1,b:2/db", "file:///etc/x", "http://münchen.de/", "HTTP://A",
        ],
    ),
    ("url(allowedDomains=[a.com, b.com])", ["https://a.com/x", "http://B.com:80/"]),
    ("url(allowedDomains=a.com)", ["https://a.com"]),
    ("url(noTrailingSlash=true)", ["http://a/b", "http://a/", "http://a"]),
    ("url(matches=/^https:/)", ["https://a"]),
    ("email", ["a@b.de", "first.last+tag@sub.example.com", "o'x@y.zz"]),
    ("ip", ["127.0.0.1", "255.255.255.255"]),
    ("ip(version=6)", ["::1", "fe80::1", "2001:db8::1"]),
    ("semver", ["1.2.3", "0.0.0", "1.2.3-beta.1+build.5"]),
    ("uuid", ["123e4567-e89b-42d3-a456-426614174000", "00000000-0000-0000-0000-000000000000", "0190163D-8694-739B-AEA5-966C26F8AD91"]),
    ("md5", ["d41d8cd98f00b204e9800998ecf8427e"]),
    ("isoDate", ["2024-03-20", "20240320", "2024-03", "2024", "2024-W12-3", "2024-080", "2024-03-20T15:30:00Z", "2024-03-20 15:30", "2024-03-20T15:30:00.123+01:00"]),
    ("duration", ["0", "500", "500ms", "1.5s", "30 s", "5m", "1h", "2days", "1W"]),
    ("duration(min=1s, max=1h)", ["1000", "1s", "60m"]),
    ("simple-object", ["{}", '{"a": [1]}']),
    ("array", ["a", "a,b", "a, ,b", '["a", 1]']),
    ("array(number, separator=';')", ["1;2", "[1, 2]"]),
    ("array(minLength=0)", ["[]", ","]),
    ("array(email, maxLength=2, unique=true)", ["a@b.de, c@d.de"]),
    ("array(number, format=json)", ["[1, 2]"]),
    ("record", ['{"a": 1}']),
    ("record(number(min=1), keyType=enum(us, eu))", ['{"us": 1, "eu": "2"}']),
    ("record(entriesMinLength=0)", ["{}"]),
    ("record(array(number))", ['{"a": [1, 2]}']),
]  # fmt: skip

MISSES = [
    ("string(minLength=2, maxLength=3)", ["a", "abcd"]),
    ("string(isLength=2)", ["a", "abc"]),
    ("string(startsWith=sk_, endsWith=z)", ["k_z", "sk_"]),
    ("string(matches=/^a+$/)", ["b", "a\n", "ab"]),
    ("string(matches=/^\\d$/)", ["٣"]),
    ("number", ["", "80abc", "abc", "1.2.3", " 1", "1 ", "1\n", "0x10", "1_000", "Infinity", "NaN", "1,5", "--1", "5.", "٣", "1e999", "9" * 500]),
    ("number(min=-1, max=1.5)", ["-1.01", "1.500001"]),
    ("number(isInt=true)", ["1.5", "1.0", "1e3"]),
    ("number(precision=0)", ["1.5"]),
    ("number(precision=2)", ["1.255"]),
    ("number(isDivisibleBy=5)", ["7", "1e300x", "0.5"]),
    ("boolean", ["2", "y", "true ", "wahr"]),
    ("enum(a, b)", ["c", "A", "a ", "a, b"]),
    ("port", ["-1", "65536", "80a", "8e3", "80.0", " 80", "80\n", "٨٠", "999999999999"]),
    ("port(min=1024)", ["80"]),
    ("url", ["x", "//a", "http:", "http://", "http:///x", "http://a b", "http://a:99999", "http://a:x", "http://a\n", "http://<a>", "http://[::1", "1http://a"]),
    ("url(allowedDomains=[a.com])", ["https://x.com", "https://a.com.evil.org", "https://evil.org/a.com", "https://a.com@evil.org"]),
    ("url(noTrailingSlash=true)", ["http://a/b/"]),
    ("url(matches=/^https:/)", ["http://a"]),
    ("email", ["a", "@b.de", "a@", "a@b", "a b@c.de", "a@b..de", ".a@b.de", "a..b@c.de", "a@b.de\n", "a@-b.de", "x" * 65 + "@b.de"]),
    ("ip", ["256.1.1.1", "1.1.1", "::1", "1.1.1.1/8", "01.1.1.1", "localhost"]),
    ("ip(version=6)", ["127.0.0.1", ":::", "g::1"]),
    ("semver", ["1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3\n"]),
    ("uuid", ["123e4567e89b42d3a456426614174000", "123e4567-e89b-02d3-a456-426614174000", "x"]),
    ("md5", ["D41D8CD98F00B204E9800998ECF8427E", "d41d", "g" * 32]),
    ("isoDate", ["20.03.2024", "2024-13-01", "2024-02-30", "yesterday", "2024-03-20T25:00", "2024-03-20\n", "2024-03-20Tx"]),
    ("duration", ["", "x", "-1s", "1e3", "0x10", "5 parsecs", "0.1ms", "1h 5m", "1s\n"]),
    ("duration(min=1s, max=1h)", ["999", "61m"]),
    ("simple-object", ["[]", "1", "x", "{", "null", '{"a":' * 100_000]),
    ("array", ["[1", "[]", " , "]),
    ("array(number)", ["1,x", '["x"]']),
    ("array(number, format=json)", ["1,2"]),
    ("array(maxLength=1)", ["a,b"]),
    ("array(isLength=2)", ["a"]),
    ("array(unique=true)", ["a,a"]),
    ("record", ["{}", "[]", "x"]),
    ("record(number(min=1), keyType=enum(us, eu))", ['{"us": 0}', '{"uk": 1}']),
    ("record(entriesMaxLength=1)", ['{"a": 1, "b": 2}']),
]  # fmt: skip


@pytest.mark.parametrize(("written", "texts"), FITS, ids=[written for written, _ in FITS])
def test_a_text_that_fits_has_no_violation(written: str, texts: list[str]) -> None:
    declared = kind(written)
    assert {text: violations(text, declared) for text in texts if violations(text, declared)} == {}


@pytest.mark.parametrize(("written", "texts"), MISSES, ids=[written for written, _ in MISSES])
def test_a_text_that_does_not_fit_has_one(written: str, texts: list[str]) -> None:
    declared = kind(written)
    assert [text for text in texts if not violations(text, declared)] == []


@pytest.mark.parametrize("written", [written for written, _ in MISSES])
def test_no_violation_repeats_the_text(written: str) -> None:
    for text in (
        "hunter2\nhunter2",
        "http://hunter2:hunter2",
        '{"hunter2": "hunter2"}',
        '["hunter2"]',
        "hunter2@hunter2",
    ):
        assert "hunter2" not in repr(violations(text, kind(written)))


def test_every_type_has_texts_that_fit_and_texts_that_do_not() -> None:
    names = set(OPTIONS)
    assert {kind(written).name for written, _ in FITS} == names
    assert {kind(written).name for written, _ in MISSES} == names


def test_all_violations_of_a_text_are_told_at_once() -> None:
    found = violations("x", kind("string(minLength=5, startsWith=sk_, endsWith=z, matches=/^s/)"))
    assert [each.text for each in found] == [
        "has fewer than 5 characters",
        'does not start with "sk_"',
        'does not end with "z"',
        "does not match /^s/",
    ]


def test_a_host_name_in_place_of_a_scheme_is_only_warned_about() -> None:
    (found,) = violations("localhost:3000", kind("url"))
    assert found.severity is Severity.WARNING
    assert "localhost" not in found.text


def test_the_place_of_a_wrong_element_is_named_and_not_its_text() -> None:
    assert [each.text for each in violations("1,secret,3", kind("array(number)"))] == [
        "is wrong: element 2 is not a number"
    ]
    assert "secret" not in repr(violations('{"a": "secret"}', kind("record(number)")))


@given(st.sampled_from(sorted(OPTIONS)), st.text(max_size=40))
def test_no_text_makes_a_check_fail(name: str, text: str) -> None:
    violations(text, ValueType(name))


def test_a_megabyte_is_judged_at_once_by_every_type() -> None:
    started = time.process_time()
    for written, _ in FITS:
        for text in ("a" * 1_000_000, "1" * 1_000_000, "a.b@" * 250_000, "[" * 1_000_000):
            violations(text, kind(written))
    assert time.process_time() - started < 20
