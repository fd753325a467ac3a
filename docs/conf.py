"""The site: `inv docs --site`. Its pages are those that one reads in the repository."""

import re

from pygments.lexers.shell import BashLexer
from sphinx.application import Sphinx

project = "seatrial"
extensions = ["myst_parser"]
root_doc = "index"
exclude_patterns = ["examples/*/**"]
html_theme = "furo"
html_title = "seatrial"
# Anchors as the repository's own pages have them.
myst_heading_anchors = 4
highlight_language = "text"
# Pages of the repository that are none of the site.
_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?:README|CONTRIBUTING|CHANGELOG|compose/[\w/]+)\.md[^)]*\)")
_LINK = re.compile(r"\]\(([\w/-]+)\.md\)")


def leave_out(app: Sphinx, page: str, source: list[str]) -> None:
    """A link out of the site stays as its words; tests/unit/documentation sees to it that it leads somewhere."""
    source[0] = _OUTSIDE.sub(r"\1", source[0])


def add_contents(app: Sphinx, page: str, source: list[str]) -> None:
    """The side bar is the list of links on the first page: one list, in one place."""
    if page == root_doc:
        for part in re.split(r"^(?=## )", source[0], flags=re.MULTILINE)[1:]:
            title, body = part.split("\n", 1)
            pages = "\n".join(_LINK.findall(body))
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title.removeprefix('## ')}\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    app.add_lexer("env-spec", BashLexer)
    app.connect("source-read", leave_out)
    app.connect("source-read", add_contents)
