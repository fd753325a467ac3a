"""Every link of the documentation leads somewhere, every page is in the site, every command can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from invoke import Collection, ParseError
from invoke.parser import Parser, ParserContext

import chores
import seatrial
from seatrial.program import SeatrialProgram
from seatrial.verbs import ns

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
_LISTED = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
PAGES = sorted(subprocess.run(_LISTED, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^ *```(?:sh|console)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^ *(?:\$ )?(?:scripts/)?(?P<program>seatrial|inv) (?P<rest>[^#\n]*)", re.MULTILINE)
WORKFLOW = DOCS / "examples" / "github-actions.yml"


def read(page: str | Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """As the places that show Markdown make them of headings."""
    titles = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in _LINK.findall(_CODE.sub("", read(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_of_the_site_is_in_its_contents() -> None:
    linked = set(_LINK.findall(read(DOCS / "index.md")))
    pages = {str(Path(page).relative_to("docs")) for page in PAGES if page.startswith("docs/")}
    assert pages - {"index.md"} <= linked


def commands() -> Iterator[tuple[str, str, str]]:
    texts = {page: "\n".join(_BLOCK.findall(read(page))) for page in PAGES}
    steps = yaml.safe_load(read(WORKFLOW))["jobs"]["drill"]["steps"]
    texts[WORKFLOW.name] = "\n".join(step["run"].replace("; ", "\n") for step in steps if "run" in step)
    for page, text in texts.items():
        for found in _COMMAND.finditer(text):
            rest = re.split(r" (?:&&|\|\|?|>|2>) ", found["rest"])[0].strip()
            yield page, found["program"], rest


def contexts(program: str) -> list[ParserContext]:
    own = Collection.from_module(seatrial)
    for name in chores.__all__ if program == "inv" else ():
        own.add_task(getattr(chores, name))
    return own.to_contexts()


@pytest.mark.parametrize(("page", "program", "rest"), sorted(set(commands())))
def test_every_command_that_is_told_can_be_typed(page: str, program: str, rest: str) -> None:
    core = SeatrialProgram(namespace=ns).initial_context
    try:
        Parser(contexts=contexts(program), initial=core).parse_argv(shlex.split(rest))
    except ParseError as error:
        pytest.fail(f"{page}: {program} {rest}: {error}")
