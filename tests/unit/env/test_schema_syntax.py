"""The schema language is read as @env-spec means it: items, comments, blocks, values."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.problem import Problem, Severity, errors
from seatrial.env.schema import Item, Reference, Schema, Template, load
from seatrial.env.schema.model import RandomHex

EXAMPLE = """\
# Variables of the shop stack.
# @defaultRequired=infer @defaultSensitive=true
# ---

# Port of the web server on the host.
# @public @type=port(min=1024) @tag(web)
WEB_PORT=8080

# @public @type=enum(debug, info, warn, error)
LOG_LEVEL=info

# @public @type=url
API_URL=http://localhost:${WEB_PORT}/api   # re-quoted, ref kept

# Stripe key, test mode.
# @required @type=string(startsWith=sk_test_, minLength=20)
# @docs("How to get one", https://stripe.com/docs/keys) @example="sk_test_..."
STRIPE_KEY=

# @required
SESSION_SECRET=cache(randomHex(64))

# @optional @deprecated="use LOG_LEVEL"
DEBUG=
"""


def schema_of(text: str) -> Schema:
    """The schema of a text that must be without errors."""
    loaded = load(text.encode())
    assert not errors(loaded.problems), loaded.problems
    return loaded.schema


def item_of(text: str) -> Item:
    (item,) = schema_of(text).items
    return item


def problems_of(text: str) -> list[Problem]:
    return list(load(text.encode()).problems)


def rules_of(text: str) -> list[str]:
    return [problem.rule for problem in problems_of(text)]


def value_of(written: str) -> str | None:
    """What `KEY=<written>` starts with, as text."""
    initial = item_of(f"KEY={written}\n").initial
    assert initial is None or isinstance(initial, Template)
    return initial.text if initial else None


def test_the_example_loads_with_every_detail() -> None:
    schema = schema_of(EXAMPLE)
    assert problems_of(EXAMPLE) == []
    assert schema.description == "Variables of the shop stack."
    assert schema.keys == ("WEB_PORT", "LOG_LEVEL", "API_URL", "STRIPE_KEY", "SESSION_SECRET", "DEBUG")
    port, level, url, stripe, session, debug = schema.items
    assert (port.description, port.line, port.tags) == ("Port of the web server on the host.", 7, ("web",))
    assert [item.required for item in schema.items] == [True, True, True, True, True, False]
    assert [item.sensitive for item in schema.items] == [False, False, False, True, True, True]
    assert level.type.members == ("debug", "info", "warn", "error")
    assert url.initial == Template(("http://localhost:", Reference("WEB_PORT"), "/api"))
    assert [(link.title, link.url) for link in stripe.links] == [("How to get one", "https://stripe.com/docs/keys")]
    assert stripe.example == "sk_test_..."
    assert session.initial == RandomHex(64)
    assert debug.deprecated == "use LOG_LEVEL"


def test_a_file_without_decorators_loads_with_all_keys_secret() -> None:
    schema = schema_of("A=\nB=x\n\n# note\nexport C='y'\n")
    assert [(item.key, item.required, item.sensitive) for item in schema.items] == [
        ("A", False, True),
        ("B", True, True),
        ("C", True, True),
    ]
    assert problems_of("A=\nB=x\n") == []


# Values -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None),
        ("undefined", None),
        ('""', ""),
        ("''", ""),
        ("bare", "bare"),
        ("bare words", "bare words"),
        ("  padded  ", "padded"),
        ("in\"ner'quo`tes", "in\"ner'quo`tes"),
        ("'single'", "single"),
        ('"double"', "double"),
        ("`backtick`", "backtick"),
        ('"mixed`quote"', "mixed`quote"),
        ('"escaped\\"quote"', 'escaped"quote'),
        ('"a\\nb"', "a\nb"),
        ("`a\\nb`", "a\nb"),
        ("'a\\nb'", "a\\nb"),
        ("a\\nb", "a\\nb"),
        ('"\\$x"', "$x"),
        ("\\$x", "$x"),
        ("'$x ${y}'", "$x ${y}"),
        ('"two\nlines"', "two\nlines"),
        ("'two\nlines'", "two\nlines"),
        ('"with #comment\ninside" # and after', "with #comment\ninside"),
        ('"""\nline 1\n\n   \nline "2" \t\n"""', '\nline 1\n\n   \nline "2" \t\n'),
        ("```check `inner` \\```\nok```", "check `inner` ```\nok"),
        ("a#b", "a"),
        ("a # b", "a"),
        ("#x", None),
        (" # x", None),
        ('"a#b"#c', "a#b"),
        ("0badFn()", "0badFn()"),
        ("bad-fn()", "bad-fn()"),
        ('"fn()"', "fn()"),
        ("Hello (world)", "Hello (world)"),
        ("/foo/", "/foo/"),
        ('{"json": "blob"}', '{"json": "blob"}'),
        ("[a, b", "[a, b"),
        ("[a] b", "[a] b"),
        ("[a, b]", "a,b"),
        ('["x y", z,]', "x y,z"),
        ("[\n one, # first\n two # last\n]", "one,two"),
        ("{k=v, n=2, f=1.5, b=true}", '{"k": "v", "n": 2, "f": 1.5, "b": true}'),
        ("[a, {k=[b]}]", '["a", {"k": ["b"]}]'),
        ('concat("a", b)', "ab"),
        ("a=b=c", "a=b=c"),
    ],
)
def test_a_value_means_what_the_reference_makes_of_it(written: str, expected: str | None) -> None:
    assert value_of(written) == expected


def test_the_item_behind_a_value_of_several_lines_is_an_item() -> None:
    assert schema_of('A="""\nB=1\n"""\nC=fn(\n  x,\n  # y,\n  z\n)\nD=1\n').keys == ("A", "C", "D")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("${A}", (Reference("A"),)),
        ("$A/x", (Reference("A"), "/x")),
        ('"x ${A} $B y"', ("x ", Reference("A"), " ", Reference("B"), " y")),
        ("${A:-d e}", (Reference("A", ":-", "d e"),)),
        ("${A-d}", (Reference("A", "-", "d"),)),
        ("ref(A)", (Reference("A"),)),
        ('ref("A")', (Reference("A"),)),
        ("concat($A, '/$x')", (Reference("A"), "/$x")),
        ("[$A, b]", (Reference("A"), ",", "b")),
    ],
)
def test_references_stay_references(written: str, parts: tuple[object, ...]) -> None:
    item = schema_of(f"A=1\nB=2\nKEY={written}\n").by_key()["KEY"]
    assert item.initial == Template(parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    ["exec(`op read x`)", "$(whoami)", '"pre $(whoami)"', "if(eq($A, b), c)", "op(op://x/y)", "[fn(), a]", "{a=fn()}"],
)
def test_what_only_other_tools_can_compute_has_no_value_and_is_said_once(written: str) -> None:
    loaded = load(f"A=1\nK={written}\nL={written}\n".encode())
    assert [item.initial for item in loaded.schema.items[1:]] == [None, None]
    assert all(item.computed_by and item.required for item in loaded.schema.items[1:])
    assert [(each.rule, each.severity) for each in loaded.problems] == [("Computed", Severity.WARNING)]
    assert "K, L" in loaded.problems[0].message


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('A=1\nK="open\n', "UnclosedQuote", 2),
        ("K='open\nB=1\n", "UnclosedQuote", 1),
        ("K='not'escaped'\n", "TextAfterValue", 1),
        ('K="""on one line"""\n', "TextAfterValue", 1),
        ('K="open\nB="x"\n', "TextAfterValue", 1),
        ("K=fn() more\n", "TextAfterValue", 1),
        ("K: value\n", "InvalidLine", 1),
        ("K\n", "InvalidLine", 1),
        ("this is prose\n", "InvalidLine", 1),
        ("A=1\nA=2\n", "DuplicatedKey", 2),
        ("a-b=1\n", "InvalidKey", 1),
        ("a.b=1\n", "InvalidKey", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, rule: str, line: int) -> None:
    found = problems_of(text)
    assert [(each.rule, each.line, each.severity) for each in found] == [(rule, line, Severity.ERROR)]
    assert found[0].fix


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("K: value\n", "write = instead of :"),
        ("K # note\n", "write = behind the name"),
        ("some prose\n", "put # in front"),
    ],
)
def test_a_line_that_is_no_item_gets_the_fix_for_its_kind(text: str, fix: str) -> None:
    assert fix in problems_of(text)[0].fix


def test_one_computed_value_names_its_variable() -> None:
    assert [each.key for each in problems_of("A=1\nK=exec(x)\n")] == ["K"]
    assert [each.key for each in problems_of("K=exec(x)\nL=exec(x)\n")] == [None]


def test_reading_goes_on_behind_a_mistake() -> None:
    loaded = load(b'A="open\nB="x"\nnonsense here\n# @public\nC=1\n# @bogus\nD=2\n')
    assert loaded.schema.keys == ("A", "B", "C", "D")
    assert [(each.rule, each.line) for each in loaded.problems] == [
        ("TextAfterValue", 1),
        ("InvalidLine", 3),
        ("UnknownDecorator", 6),
    ]


# Blocks -------------------------------------------------------------------------------------------------------------


def test_comment_lines_right_above_an_item_are_its_description() -> None:
    item = item_of("# one\n#   two\n# @public\n# three @optional\nA=1 # four\n")
    assert item.description == "one\n  two\nthree @optional"
    assert item.required


@pytest.mark.parametrize("between", ["\n", "   \n", "# ---\n", "# ===\n", "#--- more\n", "# ***\n", "#####\n"])
def test_a_blank_line_or_a_divider_detaches_a_decorator_and_that_is_an_error(between: str) -> None:
    for before in ("", "Z=1\n\n"):
        found = problems_of(f"{before}# @optional\n{between}A=1\n")
        assert [each.rule for each in found] == ["DetachedDecorator"]
        assert "remove the blank line or divider above A" in found[0].fix


def test_a_decorator_at_the_end_of_the_file_belongs_to_nothing() -> None:
    assert rules_of("A=1\n\n# @optional\n") == ["DetachedDecorator"]


def test_all_blocks_above_the_first_item_are_the_header() -> None:
    text = "\n# first\n# @defaultRequired=false\n\n# second\n# @defaultSensitive=false\n# ---\nA=1\n"
    schema = schema_of(text)
    assert schema.description == "first\nsecond"
    assert not schema.items[0].required
    assert not schema.items[0].sensitive


def test_a_header_decorator_glued_to_the_first_item_is_told_to_move() -> None:
    (found,) = problems_of("# @defaultRequired=false\nA=1\n")
    assert (found.rule, found.line) == ("MisplacedDecorator", 1)
    assert "must be in the file header" in found.message


def test_a_header_decorator_behind_the_first_item_is_told_to_move() -> None:
    assert rules_of("A=1\n\n# @defaultRequired=false\n\nB=1\n") == ["MisplacedDecorator"]


def test_plain_comments_between_items_are_no_problem() -> None:
    assert problems_of("# header\n\nA=1\n\n# section\n\nB=1\n# the end") == []


# Decorators ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "# @optional",
        "#@optional",
        "#\t@optional",
        "# @optional=true",
        "# @required=false",
        "# @public @optional",
        "# @optional # and @sensitive",
        "# @public\n# text\n# @optional",
        "# @docs(\n#   https://x.y,\n# ) @optional",
        "# @type=enum(\n#a,\n#  # b,\n#    1, # last\n# ) @optional",
    ],
)
def test_decorators_are_found_wherever_they_may_stand(comment: str) -> None:
    item = item_of(f"{comment}\nA=1\n")
    assert not item.required


def test_a_comment_behind_a_value_is_nobodys_description() -> None:
    a, b = schema_of("A=1 # note\nB=2\n").items
    assert (a.description, b.description) == ("", "")


def test_a_quote_that_closes_in_another_line_says_in_which() -> None:
    assert "ends on line 2" in problems_of('K="open\nB="x"\n')[0].message
    assert "line" not in problems_of("K=fn() more\n")[0].message


def test_a_decorator_behind_the_value_counts() -> None:
    assert not item_of("A=1 # @optional # @sensitive=maybe\n").required
    assert not item_of('A="1" # @public\n').sensitive


@pytest.mark.parametrize("comment", ["# note: @optional", "# see @optional", "# mail me@optional.org"])
def test_a_line_with_text_before_the_at_sign_is_a_plain_comment(comment: str) -> None:
    assert item_of(f"{comment}\nA=1\n").required


def test_stray_text_behind_a_decorator_is_warned_about() -> None:
    (found,) = problems_of("# @required for prod\nA=1\n")
    assert (found.rule, found.severity) == ("StrayText", Severity.WARNING)
    assert "use another # for trailing comments" in found.fix


@pytest.mark.parametrize("comment", ["# @todo: fix me later", "# @see https://x.y", "# @note that", "# @TODO"])
def test_habits_from_code_comments_only_warn(comment: str) -> None:
    found = problems_of(f"{comment}\nA=1\n")
    assert [(each.rule, each.severity) for each in found] == [("CommentWord", Severity.WARNING)]


@pytest.mark.parametrize(
    "comment",
    [
        "# @",
        "# @0bad",
        "# @public@optional",
        "# @example=",
        '# @example="',
        '# @example="foo',
        '# @example="a"b',
        "# @type=enum(a, b",
        "# @docs(https://x",
        "# @docs(\nnot here\n# )",
        "# @type=string(matches=/^(a|b)$/)",
    ],
)
def test_a_malformed_decorator_is_one_error_and_the_next_item_survives(comment: str) -> None:
    loaded = load(f"{comment}\nA=1\n".encode())
    assert "InvalidDecorator" in [each.rule for each in errors(loaded.problems)]
    assert loaded.schema.keys == ("A",)


def test_a_call_does_not_swallow_the_items_below_when_it_is_not_closed() -> None:
    assert load(b"# @docs(\nKEY1=v1\nKEY2=v2\nVAL=\n").schema.keys == ("KEY1", "KEY2", "VAL")


def test_an_argument_in_quotes_may_hold_what_would_end_it() -> None:
    item = item_of('# @example="a b, c) # @x" @docs("Title, with (all)", https://x.y/?a=b)\nA=1\n')
    assert item.example == "a b, c) # @x"
    assert (item.links[0].title, item.links[0].url) == ("Title, with (all)", "https://x.y/?a=b")


# Bad input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "EmptySchema"),
        (b"\n\n", "EmptySchema"),
        (b"# only a comment\n", "EmptySchema"),
        (b"\xef\xbb\xbf", "EmptySchema"),
        ("A=1\n".encode("utf-16"), "Utf16"),
        (b"A=1\0\n", "NulByte"),
        (b"A=1\rB=2\r", "CrOnly"),
        (b"A=caf\xe9\n", "NotUtf8"),
        (b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe\x80" + bytes(range(256)) * 20, "NotUtf8"),
    ],
)
def test_a_file_that_is_no_schema_gives_one_problem(data: bytes, rule: str) -> None:
    loaded = load(data, "x/.env.schema")
    assert [(each.rule, each.file) for each in loaded.problems] == [(rule, "x/.env.schema")]
    assert loaded.schema.items == ()


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(change: object) -> None:
    assert callable(change)
    assert load(change(EXAMPLE).encode()) == load(EXAMPLE.encode())


def test_the_last_line_needs_no_line_end() -> None:
    assert schema_of("A=1\n# @public\nB=2").by_key()["B"].sensitive is False


def test_ten_thousand_variables_and_a_megabyte_value_load_in_linear_time() -> None:
    def seconds(amount: int) -> float:
        text = "".join(
            f"# Number {n}.\n# @public @type=number(min=0)\nKEY_{n}={n}\nREF_{n}=${{KEY_{n}}}\n\n"
            for n in range(amount)
        ).encode()
        start = time.process_time()
        assert len(load(text).schema.items) == 2 * amount
        return time.process_time() - start

    small, large = seconds(500), seconds(5_000)
    assert large < 30 * small
    for quote in ("'", '"', '"""\n', "```\n"):
        closing = quote.strip()
        assert len(value_of(f"{quote}{'x y' * 400_000}\n{closing}") or "") > 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "A=" + "[" * 50_000,
        "A=" + "f(" * 50_000,
        "# @type=" + "array(" * 50_000 + "\nA=\n",
        "A=f(\n" * 5_000,
        "A='x\n" * 5_000,
        'A="""\n' * 5_000,
        "# @docs(\n" * 5_000,
        "A=" + "${B:-" * 50_000,
        "A=" + "{a=" * 50_000,
    ],
)
def test_deep_or_open_nesting_is_read_without_a_crash(text: str) -> None:
    load(text.encode())


@given(st.text(alphabet="AB=\n# @\"'`()[]{},$\\-:\trequidypnm.ol1", max_size=120))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for problem in load(text.encode()).problems:
        assert problem.message
        assert problem.fix
        assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    load(data)
