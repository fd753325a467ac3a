"""A project that has only a `.env.example` gets a first schema that loads and says the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seatrial.env.problem import errors
from seatrial.env.schema import Template, load
from seatrial.env.schema.example import schema_from_example
from seatrial.env.write import quoted
from unit.env.nasty import TOKENS

EXAMPLE = """\
# Shop

# Where it listens.
# @see the wiki
WEB_PORT=8080
export API_URL="http://localhost:${WEB_PORT}/api" # note
SITE=https://example.com
ADMIN=me@example.com
DEBUG=false

# Optional: for mails
MAIL_PASSWORD='change me'
STRIPE_SECRET_KEY=sk_test_xxx
EMPTY=
a-b=1
GREETING=it's $$5 # now
"""

SCHEMA = """\
# Made from .env.example. Say with @public what everybody may see: everything else is secret.
# @defaultRequired=infer @defaultSensitive=true
# ---

# Where it listens.
# (@see the wiki)
# @type=port
WEB_PORT=8080

API_URL="http://localhost:${WEB_PORT}/api"

# @type=url
SITE=https://example.com

# @type=email
ADMIN=me@example.com

DEBUG=false

# Optional: for mails
# @optional @example='change me'
MAIL_PASSWORD=

# @required @example='sk_test_xxx'
STRIPE_SECRET_KEY=

EMPTY=

GREETING='it\\'s $5'
"""


def test_the_schema_of_an_example() -> None:
    first = schema_from_example(EXAMPLE.encode())
    assert first.text == SCHEMA
    assert [(each.rule, each.line) for each in first.problems] == [("InvalidKey", 15)]
    assert load(first.text.encode()).problems == ()


@given(st.lists(st.sampled_from(TOKENS), max_size=8).map("".join) | st.text(st.characters(exclude_categories=["Cs"])))
def test_every_value_that_is_taken_over_means_the_same(value: str) -> None:
    value = value.replace("\0", "").replace("\r", "")
    first = schema_from_example(f"VALUE={quoted(value)}\nLAST=x\n".encode())
    loaded = load(first.text.encode())
    assert errors(loaded.problems) == ()
    initial = loaded.schema.items[0].initial
    if not first.problems and value:
        assert isinstance(initial, Template)
        assert initial.text == value
    assert loaded.schema.keys == ("VALUE", "LAST")


def test_a_file_that_is_no_text_gives_its_problem_and_no_schema() -> None:
    first = schema_from_example(b"A=caf\xe9\n")
    assert (first.text, [each.rule for each in first.problems]) == ("", ["NotUtf8"])
