"""A secret never shows, whatever prints it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import shlex
import traceback
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.discretion import discreet
from seatrial.env.secret import REDACTED, Redactor, Secret, json_default
from seatrial.errors import ConfigurationInvalid
from seatrial.project import Project

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "hunter2-hunter2"


@dataclass(frozen=True, slots=True)
class Holder:
    name: str
    token: Secret


def test_every_way_to_print_a_secret_prints_redacted(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(HIDDEN)
    logging.getLogger(__name__).warning("it is %s %r", secret, secret)
    shown = [
        str(secret),
        repr(secret),
        f"{secret} {secret!r} {secret!s} {secret:>20}",
        "%s %r".__mod__((secret, secret)),
        "{} {!r}".format(secret, [secret]),  # noqa: UP032  this very way is tried
        repr(Holder("a", secret)),
        repr({"a": [secret], "b": (secret,)}),
        json.dumps({"a": secret}, default=json_default),
        caplog.text,
    ]
    assert all(REDACTED in text for text in shown)
    assert not [text for text in shown if HIDDEN in text]


def test_an_exception_with_a_secret_in_it_shows_none() -> None:
    try:
        raise ValueError(Secret(HIDDEN), Holder("a", Secret(HIDDEN)))  # noqa: TRY301  its text is what is tried
    except ValueError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert HIDDEN not in text
    assert REDACTED in text


def test_only_reveal_gives_the_text_back() -> None:
    secret = Secret(HIDDEN)
    assert secret.reveal() == HIDDEN
    assert not hasattr(secret, "__dict__")
    with pytest.raises(AttributeError):
        secret.text = "x"


def test_secrets_compare_with_secrets_only() -> None:
    assert Secret("ä\ud800") == Secret("ä\ud800")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a")
    assert not Secret("")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="pickled") as raised:
        pickle.dumps(Secret(HIDDEN), protocol)
    assert HIDDEN not in str(raised.value)
    with pytest.raises(TypeError):
        Secret(HIDDEN).__getstate__()


def test_a_copy_of_a_secret_is_a_secret() -> None:
    secret = Secret(HIDDEN)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret
    assert HIDDEN not in repr(asdict(Holder("a", secret)))


def test_the_json_hook_refuses_other_types_without_their_content() -> None:
    with pytest.raises(TypeError) as raised:
        json.dumps({"a": {HIDDEN}}, default=json_default)
    assert HIDDEN not in str(raised.value)
    with pytest.raises(TypeError) as raised:
        json.dumps({"a": Secret(HIDDEN)})
    assert HIDDEN not in str(raised.value)


NASTY = "pa$wörd \"<q>\" 'x' \\y &/?"


@pytest.mark.parametrize(
    "shown",
    [
        NASTY,
        NASTY.replace("$", "$$"),
        json.dumps(NASTY),
        json.dumps(NASTY, ensure_ascii=False),
        json.dumps(NASTY, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        json.dumps(NASTY.replace("$", "$$")),
        quote(NASTY),
        quote(NASTY, safe=""),
        quote(NASTY, safe="").lower(),
        quote_plus(NASTY),
        shlex.quote(NASTY),
        repr(NASTY),
        repr([NASTY]),
    ],
)
def test_a_value_is_redacted_in_every_form_in_which_tools_print_it(shown: str) -> None:
    assert "w" not in Redactor([Secret(NASTY)])(shown).replace(REDACTED, "")


def test_longer_values_win_over_values_inside_them_and_overlaps_leave_no_rest() -> None:
    assert Redactor(["abcd", "abcdefgh"])("x abcdefgh y") == f"x {REDACTED} y"
    assert Redactor(["abcdef", "defghi"])("x abcdefghi y") == f"x {REDACTED} y"
    assert Redactor(["abcd"])("abcdabcd") == REDACTED * 2


def test_short_and_blank_values_are_left_alone() -> None:
    assert Redactor(["abc", "", "      ", "\n\n\n\n\n"])("abc      \n\n\n\n\n") == "abc      \n\n\n\n\n"
    assert Redactor(["abcd"])("abcd") == REDACTED


def test_a_value_of_the_mark_itself_does_not_disturb() -> None:
    assert Redactor(["REDACTED", "abcdef"])("abcdef REDACTED") == f"{REDACTED} {REDACTED}"


def test_single_lines_of_a_long_value_are_redacted_because_errors_quote_single_lines() -> None:
    key = "-----BEGIN KEY-----\nMIIBabcdefgh\n  tail-of-it-all\nabc\n-----END KEY-----\n"
    redact = Redactor([Secret(key)])
    assert redact('line 3: unterminated quoted value "-----BEGIN KEY-----') == (
        f'line 3: unterminated quoted value "{REDACTED}'
    )
    assert redact("| tail-of-it-all | MIIBabcdefgh") == f"| {REDACTED} | {REDACTED}"
    assert redact("abc") == "abc"
    assert Redactor(["12345678\n1234567\n"])("12345678 1234567") == f"{REDACTED} 1234567"
    assert Redactor(["first line\nsecond line"])("second line") == REDACTED


def test_the_redactor_itself_shows_no_value() -> None:
    assert HIDDEN not in repr(Redactor([HIDDEN]))


@given(st.lists(st.text(min_size=4, max_size=12).filter(lambda text: len(text.strip()) >= 4), max_size=4), st.text())
def test_no_value_survives_in_any_text(values: list[str], around: str) -> None:
    redacted = Redactor(values)(around.join(["", *values, ""]))
    pieces = redacted.split(REDACTED)
    assert not [value for value in values if any(value in piece for piece in pieces)]


def test_many_secrets_and_long_texts_stay_fast() -> None:
    redact = Redactor([f"secret-number-{number}" for number in range(2_000)])
    text = "nothing to see here\n" * 5_000
    assert redact(text) == text
    assert redact(text + "secret-number-77") == text + REDACTED
    assert Redactor(["x" * 1_000_000])("x" * 1_000_000) == REDACTED


def test_a_fix_in_our_own_words_is_readable_whatever_the_secret_is(tmp_path: Path) -> None:
    project = Project(tmp_path, (tmp_path / "compose.yaml",))
    error = ConfigurationInvalid("Compose said correct-horse and horse", fix="correct the file, not correct-horse")
    told = discreet(error, [Secret("correct-horse")], project)
    assert (told.what, told.fix) == (
        "Compose said [REDACTED] and [REDACTED]",
        "correct the file, not [REDACTED]",
    )
