"""Values are held against the schema, all at once, and no secret is repeated."""

from __future__ import annotations

from seatrial.env.check import Found, check, undocumented, unused
from seatrial.env.problem import Problem, Severity
from seatrial.env.secret import Secret
from unit.env.test_schema_syntax import EXAMPLE, schema_of


def found_at(text: str | None, file: str = ".env", line: int | None = None) -> Found:
    return Found(None if text is None else Secret(text), file, line)


GOOD = {
    "WEB_PORT": found_at("8080", ".env", 4),
    "LOG_LEVEL": found_at("info"),
    "API_URL": found_at("http://localhost:8080/api"),
    "STRIPE_KEY": found_at("sk_test_0123456789abcdef"),
    "SESSION_SECRET": found_at("x"),
    "DEBUG": found_at(""),
}


def check_with(**changed: Found) -> list[Problem]:
    return list(check(schema_of(EXAMPLE), {**GOOD, **changed}))


def test_values_that_fit_have_no_problem() -> None:
    assert check_with() == []


def test_all_wrong_variables_are_told_at_once_with_place_and_fix() -> None:
    wrong = {
        "WEB_PORT": found_at("80a", ".env", 4),
        "LOG_LEVEL": found_at("verbose", "shell"),
        "STRIPE_KEY": found_at("sk_live"),
    }
    found = check_with(**wrong)
    assert [(each.key, each.file, each.line, each.rule) for each in found] == [
        ("WEB_PORT", ".env", 4, "SchemaViolation"),
        ("LOG_LEVEL", "shell", None, "SchemaViolation"),
        ("STRIPE_KEY", ".env", None, "SchemaViolation"),
        ("STRIPE_KEY", ".env", None, "SchemaViolation"),
    ]
    assert found[0].message == 'WEB_PORT: "80a" is not a port (a whole number from 1024 to 65535)'
    assert all(each.fix for each in found)


def test_a_secret_value_is_never_part_of_a_problem() -> None:
    found = check_with(STRIPE_KEY=found_at("hunter2"))
    assert found
    assert "hunter2" not in repr(found)
    assert "not shown" in found[0].message
    assert "https://stripe.com/docs/keys" in found[0].fix


def test_a_required_variable_that_is_missing_or_empty_is_an_error_that_says_which() -> None:
    (unset,), (empty,) = check_with(STRIPE_KEY=found_at(None)), check_with(STRIPE_KEY=found_at(""))
    assert "not set (required, secret)" in unset.message
    assert "is empty (required, secret)" in empty.message
    assert {unset.severity, empty.severity} == {Severity.ERROR}


def test_a_wrong_value_that_can_be_made_up_is_repaired_by_removing_it() -> None:
    schema = schema_of("# @required @type=string(minLength=16)\nTOKEN=randomHex(32)\n")
    (wrong,) = check(schema, {"TOKEN": found_at("short", ".env", 1)})
    assert wrong.fix.startswith("remove the line and run env.init, which makes up a new value; or set TOKEN=...")
    (elsewhere,) = check(schema, {"TOKEN": Found(Secret("short"), "compose.yaml", by_init=False)})
    assert "env.init" not in elsewhere.fix


def test_a_variable_whose_default_is_only_in_the_schema_is_told_to_be_written() -> None:
    (found,) = check_with(LOG_LEVEL=found_at(None))
    assert (found.rule, found.severity) == ("MissingDefaultInEnv", Severity.ERROR)
    assert '"info"' in found.message
    assert "env.init" in found.fix
    (secret,) = check_with(SESSION_SECRET=found_at(None))
    assert (secret.rule, '"' in secret.message) == ("MissingDefaultInEnv", False)


def test_an_optional_default_that_is_not_in_the_env_file_is_a_warning() -> None:
    schema = schema_of("# @optional\nA=x\n")
    assert [each.severity for each in check(schema, {})] == [Severity.WARNING]
    assert check(schema, {"A": found_at("")}) == ()


def test_a_key_that_every_use_covers_need_not_be_set() -> None:
    assert check(schema_of("A=x\n"), {}, covered={"A"}) == ()


def test_an_empty_text_is_enough_only_where_the_schema_says_so() -> None:
    assert check(schema_of('# @required @type=string(allowEmpty=true)\nA=""\n'), {"A": found_at("")}) == ()
    assert check(schema_of('# @required\nA=""\n'), {"A": found_at("")})


def test_a_deprecated_variable_is_warned_about_while_it_is_used() -> None:
    (found,) = check_with(DEBUG=found_at("1"))
    assert (found.rule, found.severity) == ("Deprecated", Severity.WARNING)
    assert "use LOG_LEVEL" in found.message


def test_a_long_or_unprintable_public_value_is_shown_short_and_on_one_line() -> None:
    (found,) = check_with(WEB_PORT=found_at("\x1b[31m\n" + "9" * 10_000))
    assert len(found.message) < 200
    assert found.message.isprintable()


def test_variables_nobody_declared_and_variables_nobody_uses_are_told() -> None:
    schema = schema_of("A=\nB=\n")
    assert [(each.key, each.rule) for each in undocumented(schema, {"B": "compose.yaml", "C": "compose.yaml"})] == [
        ("C", "Undocumented")
    ]
    assert [(each.key, each.rule) for each in unused(schema, {"B"})] == [("A", "Unused")]
