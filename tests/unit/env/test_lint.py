"""Lint speaks where a line means something else to somebody, and only there."""
# ruff: noqa: S311  chance is seeded so that a failure repeats

from __future__ import annotations

import io
import random
import time

import pytest
from dotenv import dotenv_values

from seatrial.env.lint import RULES, Surroundings, lint
from seatrial.env.problem import Problem, Severity, errors
from unit.env.nasty import env_file
from unit.env.reading import CASES, reading

# In the portable subset all readers agree, and yet the text is probably not what was meant.
AGREEING_TRAPS = {
    "duplicate": "DuplicatedKey",
    "duplicate_ref": "DuplicatedKey",
    "winpath_dq": "BackslashInQuotes",
    "interp_unset": "SubstitutionKey",
    "interp_forward_ref": "SubstitutionKey",
}


def rules(text: str, around: Surroundings | None = None) -> list[str]:
    return [problem.rule for problem in lint(text.encode(), ".env", around)]


def findings_of_case(case: dict[str, object]) -> tuple[Problem, ...]:
    names = case["shell_env"]
    text, in_hex = case["input"], case["input_hex"]
    data = text.encode() if isinstance(text, str) else bytes.fromhex(str(in_hex))
    assert isinstance(names, dict)
    return lint(data, ".env", Surroundings(shell=frozenset(names)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_measured_case_is_judged_as_it_was_measured(case: dict[str, object]) -> None:
    found = findings_of_case(case)
    measured = case["compose_env_file"]
    assert isinstance(measured, dict)
    if "error" in measured["all_versions"]:
        assert errors(found), "Compose refuses this file"
    if case["differ"]:
        assert found, "Compose and python-dotenv read different values"
    if case["in_portable_subset"] and case["id"] != "nul":  # a NUL reads the same and no environment can hold it
        assert not errors(found)
        assert [problem.rule for problem in found] == [
            rule for name, rule in AGREEING_TRAPS.items() if name == case["id"]
        ]


def test_silence_means_that_compose_and_python_dotenv_agree_and_an_error_that_compose_stops() -> None:
    source = random.Random(7)
    silent = refused = 0
    for _ in range(6_000):
        text = env_file(source)
        found, values = lint(text.encode()), reading(text)
        if isinstance(values, str):
            refused += 1
            assert errors(found), text
        elif not found:
            silent += 1
            assert dict(dotenv_values(stream=io.StringIO(text, newline=None))) == values, text
    assert silent > 1_000
    assert refused > 1_000


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        ('K="abc\n', "UnclosedQuote", "error"),
        ("K='C:\\dir\\'\n", "UnclosedQuote", "error"),
        ('K="a"b\n', "TextAfterQuote", "error"),
        ("K='it'\\''s'\n", "TextAfterQuote", "error"),
        ('K="""\na\n"""\n', "TextAfterQuote", "error"),
        ("K=```\na\n```\n", "TextAfterQuote", "error"),
        ("MY KEY=1\n", "InvalidKey", "error"),
        ("this is prose\n", "InvalidKey", "error"),
        ("=1\n", "InvalidKey", "error"),
        ("L=x\nK", "InvalidKey", "error"),
        ("K=${A\n", "InvalidTemplate", "error"),
        ("K=${}\n", "InvalidTemplate", "error"),
        ("K=${A:?need A}\n", "RequiredInEnvFile", "error"),
        ("A=\nK=${A:?need A}\n", "RequiredInEnvFile", "error"),
        ("K= # note\n", "EmptyThenComment", "error"),
        ("K=v\t# note\n", "TabBeforeComment", "error"),
        ("K=pa$word\n", "DollarInValue", "error"),
        ("K=$2b$12$abcdefgh\n", "DollarInValue", "error"),
        ("A=1\nK=$A\n", "DollarInValue", "warning"),
        ("K=a$$b\n", "DollarInValue", "warning"),
        ('K="a\\$b"\n', "DollarInValue", "warning"),
        ('K="C:\\new\\table"\n', "BackslashInQuotes", "warning"),
        ("K='a\\\\b'\n", "BackslashInQuotes", "warning"),
        ('K="\\0101"\n', "BackslashInQuotes", "warning"),
        ("K\n", "KeyWithoutValue", "warning"),
        ("export K\n", "KeyWithoutValue", "warning"),
        ("K=1\nK=2\n", "DuplicatedKey", "warning"),
        ("K: v\n", "IncorrectDelimiter", "warning"),
        ("K=${A-d}\n", "SubstitutionKey", "warning"),
        ("A=1\nK=${A:+x}\n", "SubstitutionKey", "warning"),
        ("A=1\nK=${A:?x}\n", "SubstitutionKey", "warning"),
        ("B=1\nK=${A:-${B}}\n", "SubstitutionKey", "warning"),
        ("A=\nK=${A:-d}\n", "SubstitutionKey", "warning"),
        ("K=${A}\nA=1\n", "SubstitutionKey", "warning"),
        ("K='${A}'\n", "SubstitutionKey", "warning"),
        ('K="a\r\nb"\r\n', "MultilineCrlf", "warning"),
        ("a.b=1\n", "UnsafeKeyName", "warning"),
        ("1K=1\n", "UnsafeKeyName", "warning"),
    ],
)
def test_a_rule_fires_on_its_measured_case(text: str, rule: str, severity: str) -> None:
    found = {problem.rule: problem for problem in lint(text.encode())}
    assert rule in found
    assert found[rule].severity == severity
    assert found[rule].message
    assert found[rule].fix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "A=1\n\n\nb=2\n",
        "export A=1\n",
        "A = x y\n",
        "A=\n",
        'A="x\ny"\n',
        "A='$x'\n",
        'A="a\\nb"\n',
        "A=a#b # c\n",
        "A=1\nB=${A}/x\n",
        "A=${B:-x}\n",
        "\ufeffA=1\n",
        "A=1\r\nB=2\r\n",
        "A=cost5$\n",
        "A=$(x)\n",
        'A="\\x41"\n',
    ],
)
def test_style_and_what_all_readers_agree_on_is_no_finding(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"K=caf\xe9\n", "NotUtf8"),
        (bytes(range(256)) * 4, "NotUtf8"),
        ("K=v\n".encode("utf-16"), "Utf16"),
        ("K=v\nL=x\n".encode("utf-16-le"), "Utf16"),
        (b"L=1\nK=a\0b\n", "NulByte"),
        (b"\0K=a\n", "NulByte"),
        (b"K=v\rL=x\r", "CrOnly"),
        (b"\rK=v\n", "CrOnly"),
    ],
)
def test_bytes_that_are_no_env_file_give_exactly_one_error(data: bytes, rule: str) -> None:
    assert [(each.rule, each.severity) for each in lint(data)] == [(rule, Severity.ERROR)]


def test_binary_data_and_a_wrong_character_set_are_told_apart() -> None:
    assert "binary" in lint(bytes(range(256)) * 4)[0].message
    assert "U+FFFD" in lint(b"K=caf\xe9\nL=x\n")[0].message


def test_the_line_of_a_bad_byte_is_named() -> None:
    assert lint(b"L=1\n\nK=caf\xe9\n")[0].line == 3
    assert lint(b"L=1\nK=a\0b\n")[0].line == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("K=${K}\n", "its own name"),
        ("K=${A}\nA=1\n", "stands above the line that sets it"),
        ("K=${A}\n", "does not set"),
    ],
)
def test_a_reference_to_nothing_says_why_nothing_is_put_in(text: str, what: str) -> None:
    assert what in lint(text.encode())[0].message


def test_a_secret_cut_by_a_hash_is_found_only_when_it_is_known_to_be_one() -> None:
    assert rules("K=p@ss #word\n") == []
    assert rules("K=p@ss #word\n", Surroundings(sensitive=frozenset({"K"}))) == ["HashInSecret"]


def test_the_shell_is_told_about_when_it_wins() -> None:
    around = Surroundings(shell=frozenset({"A"}))  # noqa: S604  no process
    found = lint(b"A=1\nB=${A}\n", ".env", around)
    assert [(each.rule, each.severity) for each in found] == [
        ("ShadowedByShell", Severity.INFO),
        ("SubstitutionKey", Severity.WARNING),
    ]


def test_a_name_set_in_another_file_counts_as_set_and_is_warned_about_because_versions_differ() -> None:
    elsewhere = Surroundings(elsewhere=frozenset({"A"}))
    assert rules("K=${A}\n") == ["SubstitutionKey"]
    assert rules("K=${A}\n", elsewhere) == ["NestedEnvFiles"]
    assert rules("A=own\nK=${A}\n", elsewhere) == ["NestedEnvFiles"]
    assert rules("K=$A\n", elsewhere) == ["DollarInValue", "NestedEnvFiles"]
    assert rules("A=1\nK='$A'\n", elsewhere) == []


def test_a_comment_on_the_line_above_silences_the_rule_it_names_and_no_other() -> None:
    assert rules("# seatrial:off DollarInValue\nK=pa$word\n") == []
    assert rules("# seatrial:off DuplicatedKey\nK=pa$word\n") == ["DollarInValue"]
    assert rules("# seatrial:off DollarInValue\n\nK=pa$word\n") == ["DollarInValue"]
    assert rules("# seatrial:off\nK=pa$word\n") == ["DollarInValue"]
    assert rules("K=1\n#seatrial:off DuplicatedKey DollarInValue # why\nK=pa$word\n") == []


def test_a_rule_that_tells_why_compose_stops_cannot_be_silenced() -> None:
    assert rules("# seatrial:off UnclosedQuote\nK='x\n") == ["UnclosedQuote"]


def test_a_misspelt_rule_in_a_comment_is_told_with_the_right_name() -> None:
    (found,) = lint(b"# seatrial:off DolarInValue\nK=x\n")
    assert (found.rule, found.line) == ("UnknownRule", 1)
    assert "DollarInValue" in found.fix


@pytest.mark.parametrize(
    "text",
    [
        "PASSWORD$=hunter2\n",
        "OK=1\nPASSWORD='hunter2\n",
        "PASSWORD='hun'ter2'\n",
        "PASSWORD=hunter2${x\n",
        "PASSWORD=hunter2$ter2hunter2\n",
        "hunter2hunter2\n",
        "hunter2\n",
        "hunter2: x\n",
        "x hunter2=1\n",
        "hunter2.x=1\nhunter2.x=1\n",
        "PASSWORD=${hunter2}\n",
        "PASSWORD=${hunter2:?hunter2}\n",
        "PASSWORD=a #hunter2\n",
        'PASSWORD="hunter2"hunter2\n',
        "K=1\nhunter2",
    ],
)
def test_no_finding_repeats_a_piece_of_a_value(text: str) -> None:
    around = Surroundings(declared=frozenset({"PASSWORD"}), sensitive=frozenset({"PASSWORD"}))
    found = lint(text.encode(), ".env", around)
    assert found
    assert "ter2" not in repr(found)


def test_the_key_is_named_where_it_is_one() -> None:
    assert lint(b"KEY=pa$word\n")[0].key == "KEY"
    assert lint(b"key=pa$word\n")[0].key is None
    assert lint(b"key=pa$word\n", ".env", Surroundings(declared=frozenset({"key"})))[0].key == "key"


def test_every_rule_that_fires_is_listed() -> None:
    source = random.Random(3)
    around = Surroundings(sensitive=frozenset({"K"}), shell=frozenset({"A"}))  # noqa: S604  no process
    fired = {each.rule for _ in range(4_000) for each in lint(env_file(source).encode(), ".env", around)}
    assert len(fired) > 10
    assert fired <= RULES


def test_ten_thousand_lines_and_a_megabyte_value_are_linted_in_one_pass() -> None:
    many = "".join(f"KEY_{number}=${{KEY_{number - 1}}}\n" for number in range(10_000))
    assert [each.line for each in lint(many.encode())] == [1]
    assert rules(f"A='{'x' * 1_000_000}'\n") == []
    assert rules(f"A={'${B:-' * 100_000}\n") == ["InvalidTemplate"]
    assert set(rules("A='x\n" * 5_000)) == {"TextAfterQuote"}


SCHEMA = Surroundings(declared=frozenset({"WEB_PORT", "LOG_LEVEL"}), schema="env/.env.schema")


def not_in_schema(text: str, around: Surroundings = SCHEMA) -> list[Problem]:
    return [problem for problem in lint(text.encode(), ".env", around) if problem.rule == "NotInSchema"]


def test_a_name_that_the_schema_does_not_declare_is_a_warning_with_the_name_that_may_be_meant() -> None:
    (found,) = not_in_schema("# a\nWEBPORT=1\n")
    assert (found.line, found.key, found.severity) == (2, "WEBPORT", Severity.WARNING)
    assert found.fix == "did you mean WEB_PORT? Else declare it in env/.env.schema, or remove the line"
    (strange,) = not_in_schema("DATABASE=1\n")
    assert strange.fix == "declare it in env/.env.schema, or remove the line"


def test_what_is_set_already_is_not_proposed_for_another_name() -> None:
    (found,) = not_in_schema("WEBPORT=1\nWEB_PORT=1\n")
    assert "WEB_PORT" not in found.fix


def test_a_name_that_may_be_a_piece_of_a_key_is_not_repeated() -> None:
    (found,) = not_in_schema("hunter2hunter2=1\n")
    assert "hunter2" not in repr(found)
    assert found.line == 1


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("WEBPORT=1\n", Surroundings(declared=frozenset({"WEB_PORT"}))),
        ("USED=1\n", Surroundings(declared=frozenset({"A"}), schema="s", missed=frozenset({"USED"}))),
        ("COMPOSE_PROFILES=a\nDOCKER_HOST=b\n", SCHEMA),
        ("# seatrial:off NotInSchema\nOTHER=1\n", SCHEMA),
        ('OTHER="open\n', SCHEMA),
    ],
    ids=["no schema", "told where it is used", "of the tools", "silenced", "not read"],
)
def test_nothing_is_said_of_a_name(text: str, around: Surroundings) -> None:
    assert not_in_schema(text, around) == []


def test_many_unknown_names_and_a_large_schema_are_no_matter_of_minutes() -> None:
    names = frozenset(f"NAME_OF_{n}" for n in range(3_000))
    began = time.process_time()
    found = not_in_schema("".join(f"NAM_OF_{n}=1\n" for n in range(3_000)), Surroundings(declared=names, schema="s"))
    assert len(found) == 3_000
    assert found[0].fix.startswith("did you mean NAME_OF_")
    assert time.process_time() - began < 20


def test_a_name_that_stands_there_twice_is_told_once() -> None:
    assert len(not_in_schema("OTHER=1\nOTHER=2\n")) == 1
