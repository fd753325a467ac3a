"""What `up` and `ps` need of `x-seatrial`: the probe, for addresses, and whether a service is optional.

Compose leaves extensions out of its model. They are read from the lines, as far as that goes: neither another question
to Compose nor a YAML parser is worth what it is for. Drills, for which everything in it counts, ask Compose.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.project import Project
    from seatrial.service import Service
    from seatrial.stack import Stack

_KEY = "x-seatrial"
_LINE = r"""( *)["']?([\w.-]+)["']?:(?:\s+(.*))?"""
_NAMES = ("probe", "optional")
_FLOW = r"""[{,]\s*(probe|optional):\s*(?:"([^"]*)"|'([^']*)'|([^\s,}]+(?:}[^\s,}]+)*))"""
_BLOCK = r"""(?:"([^"]*)"|'([^']*)'|(\S+))"""


def declared(text: str) -> Mapping[str, Mapping[str, str]]:
    """By service, its `probe` and `optional` as they are written, variables and all. Pure."""
    found: dict[str, dict[str, str]] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines() if _KEY in text else ():
        if not (entry := re.fullmatch(_LINE, line)):
            continue
        indent = len(entry[1])
        above = [*(pair for pair in above if pair[0] < indent), (indent, entry[2])]
        match [name for _, name in above]:
            case ["services", service, "x-seatrial"]:
                for name, *values in re.findall(_FLOW, entry[3] or ""):
                    found.setdefault(service, {})[name] = "".join(values)
            case ["services", service, "x-seatrial", name] if name in _NAMES:
                value = re.match(_BLOCK, entry[3] or "")
                if value:
                    found.setdefault(service, {})[name] = next(filter(None, value.groups()), "")
            case _:
                continue
    return found


def with_declared(stack: Stack, project: Project) -> Stack:
    """The stack, with what its files declare."""
    found: dict[str, dict[str, str]] = {}
    for file in project.files:
        with suppress(OSError, UnicodeDecodeError):
            for service, values in declared(file.read_text(encoding="utf-8")).items():
                found.setdefault(service, {}).update(values)
    if not found:
        return stack
    return replace(stack, services=tuple(_with(service, found.get(service.name, {})) for service in stack.services))


def _with(service: Service, values: Mapping[str, str]) -> Service:
    return replace(service, probe=values.get("probe", ""), optional=values.get("optional", "").lower() == "true")
