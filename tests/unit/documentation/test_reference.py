"""What the documentation says of verbs, settings, drills, causes and JSON is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chores.docs import drifted, schema, shapes, verbs
from seatrial.drill import causes
from seatrial.settings import DEFAULTS, HELP
from seatrial.verbs import ns

ROOT = Path(__file__).parents[3]


def test_no_page_says_anything_else_than_the_code() -> None:
    assert not drifted(), "inv docs writes them anew"


def test_every_verb_has_its_part_with_all_its_flags() -> None:
    page = verbs.page()
    for context in ns.to_contexts():
        assert f"\n## {context.name}\n" in page
        own = page.split(f"\n## {context.name}\n")[1].split("\n## ")[0]
        for flag in context.args.values():
            assert flag.positional or flag.name in {"file", "profile", "project_name", "dry"} or flag.names[0] in own


def test_every_setting_is_explained() -> None:
    assert list(HELP) == list(DEFAULTS)


def test_the_page_on_drills_tells_no_cause_that_no_drill_finds() -> None:
    told = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8").split("\n## Causes\n")[1]
    assert sorted(re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE)) == sorted(causes.words())


def test_every_verb_that_prints_json_has_its_answer_told() -> None:
    told = schema.schema()["$defs"]
    for context in ns.to_contexts():
        names = {str(context.name), *context.aliases}
        assert "json" not in context.args or names & told.keys() or any(f"{name} up" in told for name in names), names


def test_a_page_that_drifts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "page", lambda: "something else")
    assert list(drifted()) == ["docs/reference/verbs.md"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("string?", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("[[string]]", {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
        ("{name: verdict}", {"type": "object", "additionalProperties": {"$ref": "#/$defs/verdict"}}),
        ("{`a`, `b`: string, `c`: number}", shapes.closed({
            "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "number"},
        })),
    ],
)  # fmt: skip
def test_a_type_in_words_is_read(text: str, shape: object) -> None:
    assert shapes.read(text) == shape


@pytest.mark.parametrize("text", ["", "[string", "string number", "{`a`, `b`}"])
def test_a_type_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        shapes.read(text)
