"""Routes that nothing declares: links of pages, and paths of an OpenAPI description."""

from __future__ import annotations

import json

import pytest

from seatrial.drill.live.routes import described, links


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<a href=\"/orders\">x</a> <a href='about'>y</a>", ("/orders", "/about")),
        ('<a class=b href=/items?page=2>x</a><iframe src="./live">', ("/items?page=2", "/live")),
        ('<a href="https://example.com/x">x</a><a href="//cdn/x">y</a><a href="mailto:a@b">z</a>', ()),
        ('<a href="/logout">x</a><a href="/items/3/delete">y</a><link href="/main.css">', ()),
        ('<form method="post" action="/buy">', ()),
        ('<form action="/search">', ("/search",)),
        ("no page at all", ()),
    ],
)
def test_links_on_the_same_server_are_routes(page: str, found: tuple[str, ...]) -> None:
    assert links(page, "/") == found


def test_a_description_names_the_routes_that_a_plain_get_can_ask() -> None:
    needs = {"parameters": [{"name": "q", "in": "query", "required": True}]}
    paths = {"/a": {"get": {}}, "/b": {"post": {}}, "/c/{id}": {"get": {}}, "/d": {"get": needs}}
    assert described(json.dumps({"paths": paths})) == ("/a",)
    assert described(json.dumps({"servers": [{"url": "https://x.test/api/v1/"}], "paths": paths})) == ("/api/v1/a",)
    assert described("{}") == described("<html>") == described("[]") == ()
