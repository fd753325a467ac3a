"""What decorators, types and defaults of a schema mean, and which contradict each other."""
# ruff: noqa: E501  tables stay tables

from __future__ import annotations

from decimal import Decimal

import pytest

from seatrial.env.problem import Severity
from seatrial.env.schema import load
from seatrial.env.schema.model import RandomHex, RandomNumber, RandomString, RandomUuid
from seatrial.env.schema.options import OPTIONS
from seatrial.env.types import described
from unit.env.test_schema_syntax import item_of, problems_of, rules_of, schema_of

# Required and secret -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "required"),
    [
        ("", (False, True, False, True)),
        ("# @defaultRequired=infer\n\n", (False, True, False, True)),
        ("# @defaultRequired=true\n\n", (True, True, True, True)),
        ("# @defaultRequired\n\n", (True, True, True, True)),
        ("# @defaultRequired=false\n\n", (False, False, False, False)),
    ],
)
def test_the_header_says_what_is_required(header: str, required: tuple[bool, ...]) -> None:
    schema = schema_of(f'{header}A=\nB=1\nC=""\nD=randomUuid()\n')
    assert tuple(item.required for item in schema.items) == required


@pytest.mark.parametrize("header", ["", "# @defaultRequired=true\n\n", "# @defaultRequired=false\n\n"])
def test_an_item_says_it_better_than_the_header(header: str) -> None:
    text = f"{header}# @required\nA=\n# @optional\nB=1\n# @required=false\nC=1\n# @optional=false\nD=\n"
    assert [item.required for item in schema_of(text).items] == [True, False, False, True]


@pytest.mark.parametrize(
    ("header", "sensitive"),
    [
        ("", (True, True)),
        ("# @defaultSensitive\n\n", (True, True)),
        ("# @defaultSensitive=true\n\n", (True, True)),
        ("# @defaultSensitive=false\n\n", (False, False)),
        ("# @defaultSensitive=inferFromPrefix(PUBLIC_)\n\n", (True, False)),
    ],
)
def test_everything_is_secret_unless_it_is_said_to_be_public(header: str, sensitive: tuple[bool, ...]) -> None:
    schema = schema_of(f"{header}A=1\nPUBLIC_B=1\n")
    assert tuple(item.sensitive for item in schema.items) == sensitive


def test_an_item_says_whether_it_is_secret() -> None:
    text = "# @public\nA=1\n# @sensitive=false\nB=1\n# @public=false\nC=1\n# @sensitive={preventLeaks=false}\nD=1\n"
    assert [item.sensitive for item in schema_of(text).items] == [False, False, True, True]


def test_what_only_other_tools_can_decide_counts_as_the_stricter() -> None:
    text = "A=1\n# @required=forEnv(prod) @sensitive=eq($A, b)\nB=\n# @optional=forEnv(dev) @public=$A\nC=\n"
    loaded = load(text.encode())
    assert [(item.required, item.sensitive) for item in loaded.schema.items[1:]] == [(True, True), (True, True)]
    assert [(each.rule, each.severity) for each in loaded.problems] == [("Computed", Severity.WARNING)]


@pytest.mark.parametrize("pair", ["@required @optional", "@sensitive @public", "@public @sensitive=false"])
def test_decorators_that_exclude_each_other_are_an_error(pair: str) -> None:
    assert rules_of(f"# {pair}\nA=1\n") == ["ContradictingDecorators"]


def test_a_decorator_that_is_there_twice_is_an_error() -> None:
    assert rules_of("# @required @required\nA=1\n") == ["DuplicatedDecorator"]
    assert rules_of("# @defaultRequired\n# @defaultRequired=false\n\nA=1\n") == ["DuplicatedDecorator"]
    assert rules_of("# @tag(a) @tag(b) @docs(https://a.b) @docs(https://c.d)\nA=1\n") == []


@pytest.mark.parametrize(
    ("comment", "fix"),
    [
        ("@default=1", "put the default after ="),
        ("@description=x", "plain comment line"),
        ("@secret", "@sensitive"),
        ("@service=api", "@tag(name)"),
        ("@requird", "did you mean @required"),
        ("@Optional", "did you mean @optional"),
        ("@bad-name", "remove it"),
    ],
)
def test_an_unknown_decorator_is_an_error_with_the_right_word(comment: str, fix: str) -> None:
    (found,) = problems_of(f"# {comment}\nA=1\n")
    assert (found.rule, found.severity, found.key, found.line) == ("UnknownDecorator", Severity.ERROR, "A", 1)
    assert fix in found.fix


@pytest.mark.parametrize(
    ("comment", "rule"),
    [
        ("@required(x)", "InvalidDecorator"),
        ("@type(enum)", "InvalidDecorator"),
        ("@docs=https://x.y", "InvalidDecorator"),
        ("@docs(nowhere)", "InvalidDecorator"),
        ("@docs()", "InvalidDecorator"),
        ("@tag=a", "InvalidDecorator"),
        ("@tag(a!)", "InvalidDecorator"),
        ("@required=maybe", "InvalidDecorator"),
        ("@type", "InvalidDecorator"),
        ("@example", "InvalidDecorator"),
    ],
)
def test_a_decorator_of_the_wrong_form_is_an_error(comment: str, rule: str) -> None:
    assert rules_of(f"# {comment}\nA=1\n") == [rule]


def test_tags_links_and_deprecation_are_read() -> None:
    item = item_of('# @tag(web, api) @tag(web)\n# @docs(https://a.b) @docs("T", https://c.d)\n# @deprecated\nA=\n')
    assert item.tags == ("web", "api")
    assert [(link.title, link.url) for link in item.links] == [("", "https://a.b"), ("T", "https://c.d")]
    assert item.deprecated == ""
    assert item_of("# @deprecated=false\nA=\n").deprecated is None


def test_the_old_form_of_a_link_works_and_is_warned_about() -> None:
    loaded = load(b"# @docsUrl=https://a.b\nA=\n")
    assert loaded.schema.items[0].links[0].url == "https://a.b"
    assert [(each.rule, each.severity) for each in loaded.problems] == [("DeprecatedDecorator", Severity.WARNING)]


@pytest.mark.parametrize("name", ["import(./x)", "setValuesBulk(fn())", "disable"])
def test_header_decorators_that_change_which_variables_there_are_are_refused(name: str) -> None:
    (found,) = problems_of(f"# @{name}\n\nA=1\n")
    assert (found.rule, found.severity) == ("NotSupported", Severity.ERROR)


@pytest.mark.parametrize("name", ["plugin(@x/y)", "currentEnv=$APP_ENV", "envFlag=APP_ENV"])
def test_header_decorators_of_other_tools_that_matter_are_warned_about(name: str) -> None:
    (found,) = problems_of(f"# @{name}\n\nA=1\n")
    assert (found.rule, found.severity) == ("NotSupported", Severity.WARNING)


def test_what_is_left_to_other_tools_is_ignored_in_silence() -> None:
    header = (
        "# @generateTsTypes(path=env.d.ts) @redactLogs=false @cache=memory @disable=false\n# @auditIgnorePaths(a)\n"
    )
    items = '# @icon=mdi:key @internal @dynamic @static=false @auditIgnore @placeholder=x @proxy(domain="x.y")\nA=\n'
    assert problems_of(f"{header}# ---\n{items}") == []


def test_with_a_plugin_unknown_words_are_warnings_because_they_may_be_its_own() -> None:
    text = "# @plugin(@x/y)\n# @initOp(a=b)\n# ---\n# @type=opToken @opThing\nA=\n"
    assert {(each.rule, each.severity) for each in problems_of(text)} == {("NotSupported", Severity.WARNING)}
    assert rules_of("# @initOp(a=b)\n\nA=\n") == ["UnknownDecorator"]


@pytest.mark.parametrize("value", ["maybe", '"true"', "infer(x)"])
def test_a_default_of_the_header_that_means_nothing_is_an_error(value: str) -> None:
    assert rules_of(f"# @defaultRequired={value}\n\nA=1\n") == ["InvalidDecorator"]
    assert rules_of(f"# @defaultSensitive={value}\n\nA=1\n") == ["InvalidDecorator"]


def test_a_mistake_about_secrecy_makes_nothing_public() -> None:
    assert load(b"# @defaultSensitive=flase\n\nA=1\n").schema.items[0].sensitive


# Types --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("8080", "number"),
        ("-1.5", "number"),
        ("9007199254740991", "number"),
        ("0.000001", "number"),
        ("0.0000001", "string"),
        ("true", "boolean"),
        ("false", "boolean"),
        ("[a]", "array"),
        ("{a=1}", "record"),
        ("randomNum(9)", "number"),
        ("cache(randomNum(9))", "number"),
        ("", "string"),
        ("'8080'", "string"),
        ('"true"', "string"),
        ("TRUE", "string"),
        ("001", "string"),
        ("1.230", "string"),
        ("10e3", "string"),
        (".5", "string"),
        ("5.", "string"),
        ("-0", "string"),
        ("9007199254740992", "string"),
        ("1.23123412341234123", "string"),
        ("1.2.3", "string"),
        ("Infinity", "string"),
        ("${A}", "string"),
    ],
)
def test_a_type_is_inferred_from_a_value_without_quotes(written: str, name: str) -> None:
    assert schema_of(f"A=1\nK={written}\n").items[1].type.name == name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("string", "string"),
        ("string(minLength=2, maxLength=9, startsWith=sk_, endsWith='x y')", 'string, at least 2 long, at most 9 long, starts with "sk_", ends with "x y"'),
        ("string(isLength=4, allowEmpty=true)", "string, exactly 4 long, may be empty"),
        ("string(matches=/^a+$/i)", "string, matches /^a+$/i"),
        ('string(matches="^[a-z]{2,4}$")', "string, matches /^[a-z]{2,4}$/"),
        ("number(min=-1.5, max=10, isInt=true, precision=2, isDivisibleBy=5)", "number, at least -1.5, at most 10, whole, at most 2 decimal places, divisible by 5"),
        ("enum(a, 'b c', 1)", "enum: a, b c, 1"),
        ("port(min=1024, max=9999)", "port, at least 1024, at most 9999"),
        ("url(allowedDomains=[a.com, b.com], noTrailingSlash=true)", "url, host is one of a.com, b.com, no slash at the end"),
        ("ip(version=6)", "ip, version 6"),
        ('duration(min="1s", max=1d)', "duration, at least 1s, at most 1d"),
        ("array(email, separator=';', minLength=0, unique=true)", 'array of email, separated by ";", at least 0 long, no element twice'),
        ("array(enum(a, b), format=json)", "array of enum: a, b, written as json"),
        ("record(number(min=1), keyType=enum(us, eu), entriesMaxLength=2)", "record of number, at least 1, keys: enum: us, eu, at most 2 entries"),
        ("number(min=5, max=5)", "number, at least 5, at most 5"),
        ("simple-object", "simple-object"),
        ("isoDate", "isoDate"),
    ],
)  # fmt: skip
def test_types_and_options_are_read(written: str, words: str) -> None:
    assert described(item_of(f"# @type={written}\nA=\n").type) == words


def test_every_type_can_be_declared_alone_except_enum() -> None:
    for name in OPTIONS.keys() - {"enum"}:
        assert item_of(f"# @type={name}\nA=\n").type.name == name
    assert rules_of("# @type=enum\nA=\n") == ["InvalidOption"]
    assert rules_of("# @type=enum()\nA=\n") == ["InvalidOption"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("int", "number(isInt=true)"),
        ("integer", "number(isInt=true)"),
        ("float", "number"),
        ("str", "string"),
        ("String", "string"),
        ("bool", "boolean"),
        ("Optional[str]", "string"),
        ("str|int", "string"),
        ("host", "string(matches="),
        ("domain", "string(matches="),
        ("json", "simple-object"),
        ("emial", "email"),
        ("list(string)", "array"),
    ],
)
def test_a_wrong_type_name_is_an_error_with_the_right_one(wrong: str, right: str) -> None:
    (found,) = problems_of(f"# @type={wrong}\nA=\n")
    assert (found.rule, found.severity, found.line) == ("UnknownType", Severity.ERROR, 1)
    assert right in found.fix


@pytest.mark.parametrize(
    "written",
    [
        "string(toUpperCase=true)",
        "string(toLowerCase=true)",
        "url(prependHttps=true)",
        "email(normalize=true)",
        "ip(normalize=true)",
        "number(coerceToMinMaxRange=true)",
        'duration(output="seconds")',
        "array(email(normalize=true))",
    ],
)
def test_an_option_that_rewrites_the_value_is_refused(written: str) -> None:
    (found,) = problems_of(f"# @type={written}\nA=\n")
    assert (found.rule, found.severity) == ("RewritingOption", Severity.ERROR)
    assert "never changes" in found.message


def test_an_option_that_would_rewrite_but_is_switched_off_is_fine() -> None:
    assert problems_of("# @type=string(toUpperCase=false)\nA=\n") == []


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("string(minLenght=2)", "UnknownOption"),
        ("boolean(strict=true)", "UnknownOption"),
        ("string(minLength=two)", "InvalidOption"),
        ("string(minLength=-1)", "InvalidOption"),
        ("string(minLength=9, maxLength=2)", "InvalidOption"),
        ("string(minLength=9, isLength=2)", "InvalidOption"),
        ("number(min=9, max=2)", "InvalidOption"),
        ("duration(min=1h, max=1m)", "InvalidOption"),
        ("string(minLength=1, minLength=2)", "InvalidOption"),
        ("string(allowEmpty=maybe)", "InvalidOption"),
        ("string(matches=/[/)", "InvalidOption"),
        ("string(matches=/a/q)", "InvalidOption"),
        ("number(isDivisibleBy=0)", "InvalidOption"),
        ("port(max=70000)", "InvalidOption"),
        ("ip(version=5)", "InvalidOption"),
        ("duration(min=soon)", "InvalidOption"),
        ("array(format=xml)", "InvalidOption"),
        ("array(separator='')", "InvalidOption"),
        ("array(string, number)", "InvalidOption"),
        ("array(strng)", "UnknownType"),
        ("string(5)", "InvalidOption"),
        ("string({minLength=3})", "InvalidOption"),
        ("enum(a, a)", "InvalidOption"),
        ("record(keyType=strng)", "UnknownType"),
    ],
)
def test_an_option_that_cannot_be_is_one_error(written: str, rule: str) -> None:
    (found,) = problems_of(f"# @type={written}\nA=\n")
    assert (found.rule, found.severity, found.key) == (rule, Severity.ERROR, "A")
    assert found.fix


@pytest.mark.parametrize(
    "written", ["if(eq($A, b), url, string)", "$KIND", "string(minLength=if($A, 1, 2))", "enum($MODES)"]
)
def test_a_type_that_only_other_tools_can_work_out_is_said_once_and_not_checked(written: str) -> None:
    loaded = load(f"# @type={written}\nA=x\n".encode())
    assert [(each.rule, each.severity) for each in loaded.problems] == [("Computed", Severity.WARNING)]
    assert loaded.schema.items[0].type.name == "string"


# Generators ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "generator"),
    [
        ("randomHex()", RandomHex(32)),
        ("randomHex(64)", RandomHex(64)),
        ("cache(randomHex(32, bytes=true))", RandomHex(64)),
        ("cache(randomUuid(), ttl=1h, key=x)", RandomUuid()),
        ('randomString(8, charset="01")', RandomString(8, "01")),
        ("randomNum(9)", RandomNumber(0, 9)),
        ("randomNum(3000, 4000)", RandomNumber(3000, 4000)),
        ("randomNum(0, 1, precision=4)", RandomNumber(0, 1, 4)),
    ],
)
def test_generators_are_read(written: str, generator: object) -> None:
    assert item_of(f"A={written}\n").initial == generator


@pytest.mark.parametrize(
    "written",
    [
        "randomHex(0)", "randomHex(x)", "randomHex(1.5)", "randomHex(9999999999)", "randomHex(1, 2)", "randomHex(bits=1)",
        'randomString(8, charset="")', "randomString(8, charset=a)", "randomNum()", "randomNum(9, 1)", "randomNum(1, 2, 3)",
        "randomNum(1, precision=99)", "randomUuid(1)", "randomHex(8, bytes=maybe)",
    ],
)  # fmt: skip
def test_a_generator_that_cannot_run_is_an_error(written: str) -> None:
    assert rules_of(f"A={written}\n") == ["InvalidGenerator"]


# Contradictions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decorators", "value"),
    [
        ("@type=port", "80a"),
        ("@type=port(min=1024)", "80"),
        ("@type=enum(a, b)", "c"),
        ("@type=url", "'no url'"),
        ("@type=string(minLength=9)", "short"),
        ("@type=boolean", "maybe"),
        ("@type=string(minLength=64)", "randomHex(32)"),
        ("@type=port", "randomUuid()"),
        ("@type=array(number)", "[1, x]"),
    ],
)
def test_a_default_that_violates_its_own_type_is_an_error(decorators: str, value: str) -> None:
    (found,) = problems_of(f"# @public {decorators}\nA={value}\n")
    assert (found.rule, found.severity, found.key, found.line) == ("DefaultViolatesType", Severity.ERROR, "A", 2)


def test_the_default_of_a_secret_is_not_shown_when_it_is_wrong() -> None:
    assert '"hunter2"' in repr(problems_of("# @public @type=port\nA=hunter2\n"))
    assert "hunter2" not in repr(problems_of("# @type=port\nA=hunter2\n"))


@pytest.mark.parametrize(
    ("text", "rule", "key"),
    [
        ("A=${B}\nB=1\n", "ForwardReference", "A"),
        ("A=${A}\n", "CircularReference", "A"),
        ("A=${B}\nB=${C}\nC=${A}\n", "CircularReference", "A"),
    ],
)
def test_a_reference_that_compose_cannot_fill_is_an_error(text: str, rule: str, key: str) -> None:
    found = problems_of(text)
    assert (found[0].rule, found[0].key, found[0].severity) == (rule, key, Severity.ERROR)


def test_a_reference_to_nothing_is_warned_about_without_repeating_it() -> None:
    (found,) = problems_of("WEB_PORT=1\nA=pa$ssword\n")
    assert (found.rule, found.severity) == ("UnknownReference", Severity.WARNING)
    assert "ssword" not in repr(found)
    assert "WEB_PORT" in problems_of("WEB_PORT=1\nA=${WEB_PROT}\n")[0].fix


def test_a_public_value_made_of_a_secret_counts_as_secret() -> None:
    loaded = load(b"PASSWORD=x\n# @public\nURL=http://u:${PASSWORD}@h/\n# @public\nMORE=${URL}/x\n")
    assert [item.sensitive for item in loaded.schema.items] == [True, True, True]
    assert "PublicHoldsSecret" in [each.rule for each in loaded.problems]


def test_a_schema_for_another_tool_of_the_same_file_name_gets_a_hint() -> None:
    found = problems_of("A=^[a-z]+$\nB=^\\d+$\nC=\n")
    assert [(each.rule, each.severity) for each in found] == [("OtherDialect", Severity.WARNING)]


def test_all_problems_come_in_one_run_in_the_order_of_the_lines() -> None:
    text = "# @import(x)\n\n# @type=int @default=1\nA=\nnonsense\n# @public @sensitive\nB=1\n\n# @required\n\nB=2\n"
    found = problems_of(text)
    assert [each.line for each in found] == sorted(each.line or 0 for each in found)
    assert [each.rule for each in found] == [
        "NotSupported", "UnknownDecorator", "UnknownType", "InvalidLine", "ContradictingDecorators", "DetachedDecorator",
        "DuplicatedKey",
    ]  # fmt: skip


def test_limits_are_exact_numbers() -> None:
    assert item_of("# @type=number(max=0.1)\nA=\n").type.number("max") == Decimal("0.1")
