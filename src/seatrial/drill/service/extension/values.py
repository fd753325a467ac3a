"""Reads the values of an `x-seatrial`. Pure.

A complaint never quotes the value: that may be out of a secret.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from seatrial.composed import seconds
from seatrial.drill.service.extension import FAULTS, Call, Probe, Straddle

_SCHEMES = {"http": 80, "https": 443, "tcp": 0}
_VIA = ("container", "published")
_HIGHEST_PORT, _HIGHEST_EXIT_CODE = 65535, 255
_LOWEST_STATUS, _HIGHEST_STATUS = 100, 599
_DURATION = re.compile(r"(?:[0-9]*\.?[0-9]+(?:ns|us|µs|ms|s|m|h|d|w))+")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
# Image sizes are shown in powers of 1000 by docker; MiB and its like say what they mean.
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_METHOD_AND_PATH = re.compile(r"(?:([A-Z]+) +)?(/[!-~]*)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
# What the generator of the traffic writes itself.
_OWN_HEADERS = ("connection", "content-length", "transfer-encoding", "x-seatrial-id")


class Unfit(ValueError):
    """What is wrong, as the end of a sentence that begins with the key, and what would be right."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def flag(value: Any) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise Unfit("is neither true nor false", "write true or false")
    return value


def probe(value: Any) -> Probe:
    """`http://:8080/health`, `https://shop.test:8443/x`, `tcp://:6379` or `none`."""
    form = Unfit("is no route", "write http://:8080/health, https://:8443/, tcp://:6379 or none")
    if value == "none":
        return Probe("none")
    try:
        url = urlsplit(text(value, form))
        port = url.port
    except ValueError:
        raise form from None
    if url.scheme not in _SCHEMES:
        raise form
    if "@" in url.netloc:
        raise Unfit("holds a password", 'write it as a header: headers: {Authorization: "Basic ${...}"}')
    # Without a host and a port nothing says that the well-known one is meant.
    port = port or (_SCHEMES[url.scheme] if url.hostname and port is None else 0)
    if not 0 < port <= _HIGHEST_PORT:
        raise Unfit("names no port", form.fix)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if not _METHOD_AND_PATH.fullmatch(path):
        raise Unfit("has a path with a blank or a letter that no request line can hold", "write it as %20 and the like")
    return Probe(url.scheme, port, "/" if url.scheme == "tcp" else path, url.hostname or "")


def straddle(value: Any) -> Straddle:
    form = Unfit("is no route", 'write "POST /path" for one that reads a body, "GET /path" for one that takes a while')
    found = _METHOD_AND_PATH.fullmatch(text(value, form))
    if not found:
        raise form
    return Straddle(found[1] or "GET", found[2])


def path(value: Any) -> str:
    """`/ready`, of the service itself."""
    form = Unfit("is no path", "write /ready: where the service answers badly without that dependency")
    found = _METHOD_AND_PATH.fullmatch(text(value, form))
    if not found or found[1]:
        raise form
    return found[2]


def call(value: Any) -> Call:
    """`POST http://api:8080/orders`: of a service by its name, so that the address may change."""
    form = Unfit("is no call", 'write "POST http://api:8080/orders", with the name of a service as the host')
    method, _, url = text(value, form).rpartition(" ")
    route = probe(url)
    if route.scheme not in ("http", "https") or not route.host or not re.fullmatch(r"[A-Z]*", method.strip()):
        raise form
    return Call(method.strip() or "GET", route.host, route.port, route.path, route.scheme == "https")


def body(value: Any) -> str:
    """Any text with `{id}` in it."""
    form = Unfit("holds no {id}", """write '{"text": "{id}"}': {id} becomes a text that is never used twice""")
    written = text(value, form)
    if "{id}" not in written:
        raise form
    return written


def faults(value: Any) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    if not several or any(one not in FAULTS for one in several):
        raise Unfit("is no list of faults", f"write [{', '.join(FAULTS)}], or some of them")
    return tuple(dict.fromkeys(several))


def header(name: str, value: Any) -> str:
    form = Unfit("is no text", "write a text, in quotes")
    if isinstance(value, str) and not value.strip():
        raise Unfit("is empty", "give it a value, or leave it out")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    written = str(value) if number else text(value, form)
    if not _TOKEN.fullmatch(name):
        raise Unfit("is no name of a header", "use letters, digits and -")
    if name.lower() in _OWN_HEADERS:
        raise Unfit("is written by the drill itself", "leave it out")
    if not _LINE.fullmatch(written):
        raise Unfit("holds a line break or another control character", "take it out of the value")
    if not written.isascii():
        raise Unfit("holds a letter that is not ASCII", "encode it as the service expects it")
    return written


def statuses(value: Any) -> tuple[int, ...]:
    return _numbers(value, _LOWEST_STATUS, _HIGHEST_STATUS, "is no list of HTTP statuses", "write [200, 204]")


def exit_codes(value: Any) -> tuple[int, ...]:
    return _numbers(value, 0, _HIGHEST_EXIT_CODE, "is no list of exit codes", "write [0, 143]")


def _numbers(value: Any, least: int, most: int, what: str, fix: str) -> tuple[int, ...]:
    several = value if isinstance(value, list) else [value]
    # A number that comes out of a variable is a text.
    numbers = [int(one) for one in several if not isinstance(one, bool) and re.fullmatch(r"[0-9]{1,3}", str(one))]
    if len(numbers) != len(several) or not numbers or not all(least <= number <= most for number in numbers):
        raise Unfit(what, fix)
    return tuple(dict.fromkeys(numbers))


def via(value: Any) -> str:
    if value not in _VIA:
        raise Unfit("is neither", f"write {' or '.join(_VIA)}")
    return str(value)


def duration(value: Any) -> float:
    """In seconds."""
    form = Unfit("is no duration with a unit", "write 10s, 1m30s or 500ms")
    written = text(value, form)
    length = seconds(written, 0.0) if _DURATION.fullmatch(written) else 0.0
    if not length:
        raise form
    return length


def size(value: Any) -> int:
    """In bytes."""
    found = _SIZE.fullmatch(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if not found or not float(found[1]):
        raise Unfit("is no size", "write 300MB or 1.5GiB")
    return int(float(found[1]) * (1024 if found[3] else 1000) ** _POWERS[found[2].lower()])


def text(value: Any, form: Unfit) -> str:
    """Without blanks around it: a variable that comes out of a file often ends with a line break."""
    if not isinstance(value, str) or not value.strip():
        raise form
    return value.strip()
