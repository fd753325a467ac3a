"""Routes of a service that nothing declares: `/`, the links of its pages, the paths of its OpenAPI description."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.traffic.request import Target

MOST = 8
_LIMIT_S = 2.0
_OK, _BAD = 200, 400
_LARGEST = 262_144
_DESCRIPTIONS = ("/openapi.json", "/swagger.json", "/api/openapi.json", "/v3/api-docs", "/swagger/v1/swagger.json")
_LINK = re.compile(r"<(?:a|form|iframe|link)\b[^>]*?\b(?:href|action|src)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_POST = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post[^>]*>", re.IGNORECASE)
# A GET of these may change something, or proves nothing.
_LEFT_OUT = re.compile(
    r"log-?out|sign-?out|delete|remove|destroy|reset|unsubscribe|shutdown|restart|stop|\.(?:css|js|map|png|jpe?g|gif|svg|ico|"
    r"woff2?|txt|xml|webmanifest|zip|gz)$",
    re.IGNORECASE,
)


def links(page: str, path: str) -> tuple[str, ...]:
    """Return the paths on the same server that a page names. Pure."""
    found = (urlsplit(urljoin(path, link)) for link in _LINK.findall(_POST.sub("", page)))
    return _chosen(part.path + (f"?{part.query}" if part.query else "") for part in found if not part.netloc)


def described(text: str) -> tuple[str, ...]:
    """Return the paths of an OpenAPI description that a plain GET can ask. Pure."""
    with suppress(ValueError, AttributeError, TypeError, LookupError):
        model = json.loads(text)
        base = urlsplit((model.get("servers") or [{}])[0].get("url") or model.get("basePath") or "").path.rstrip("/")
        gets = ((path, methods["get"]) for path, methods in model["paths"].items() if "get" in methods)
        return _chosen(base + path for path, method in gets if "{" not in path and not _needs_input(method))
    return ()


def discovered(target: Target) -> tuple[Target, ...]:
    """Ask `target` for its pages and its description, and return the routes in them that answer well."""
    if not target.http or target.tls:
        return ()
    _, first = ask(replace(target, path="/"))
    paths = ["/", *links(first, "/")]
    for path in _DESCRIPTIONS:
        status, text = ask(replace(target, path=path))
        if status == _OK and (found := described(text)):
            paths += found
            break
    others = [path for path in dict.fromkeys(paths) if path != target.path][:MOST]
    asked = [replace(target, path=path, method="GET") for path in others]
    return tuple(one for one in asked if well(one))


def well(target: Target) -> bool:
    """Whether the route answers with 200 to 399 within its time."""
    return _OK <= ask(target)[0] < _BAD


def ask(target: Target) -> tuple[int, str]:
    """Return status and body; 0 and the error when there is no answer."""
    connection = HTTPConnection(target.host, target.port, timeout=_LIMIT_S)
    try:
        connection.request("GET", target.path, headers={**dict(target.headers), "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST).decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError) as error:
        return 0, type(error).__name__
    finally:
        connection.close()


def _needs_input(method: dict[str, object]) -> bool:
    parameters = method.get("parameters") or ()
    return any(one.get("required") for one in parameters if isinstance(one, dict))  # type: ignore[attr-defined]


def _chosen(paths: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for path in paths if path.startswith("/") and not _LEFT_OUT.search(path)))[:MOST]
