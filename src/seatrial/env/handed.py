"""What containers are handed as files (`secrets:`): it is secret whatever it is called, with and without a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.composed import undoubled
from seatrial.env import place
from seatrial.env.scattered import scattered
from seatrial.env.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatrial.engine.facts import Facts
    from seatrial.stack import Stack

# More is no password but a bundle, and every line of it would be looked for in every text.
MOST_BYTES = 65_536
# Where Compose mounts them unless it is told another place.
_FOLDER = "/run/secrets/"


def handed(stack: Stack, values: Mapping[str, str]) -> Iterator[Secret]:
    """The secrets of a model, those of `environment:` by the `values` of variables."""
    for entry in (stack.parsed().get("secrets") or {}).values():
        told = entry or {}
        if told.get("file"):
            yield from _in_file(undoubled(told["file"]))
        yield from _in_text(values.get(str(told.get("environment") or ""), ""))


def mounted(containers: Iterable[Facts]) -> Iterator[Secret]:
    """Those that containers have, when no model can be had: what lies where Compose puts them."""
    for source in {m.source for c in containers for m in c.mounts if m.kind == "bind" and m.target.startswith(_FOLDER)}:
        yield from _in_file(source)


def _in_file(name: str) -> Iterator[Secret]:
    """Nothing where there is no such file, or none with a text: what is missing is Compose's to tell."""
    try:
        text = place.read(Path(name)).data[:MOST_BYTES].decode("utf-8", "ignore")
    except (OSError, ValueError):
        return
    if "\0" not in text:
        yield from _in_text(text)


def _in_text(text: str) -> Iterator[Secret]:
    """The whole of it, which is looked for line by line too; and what has a secret name in JSON and `NAME=value`."""
    if not text.strip():
        return
    yield Secret(text)
    try:
        yield from scattered(json.loads(text))
    except (ValueError, RecursionError):
        yield from scattered(text.splitlines())
