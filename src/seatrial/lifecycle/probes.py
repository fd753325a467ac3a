"""What compose files declare as probes (`x-seatrial`), for addresses: Compose leaves extensions out of its model.

Read from the lines, as far as that goes: neither another question to Compose nor a YAML parser is worth what it is for.
Drills, for which it counts, ask Compose.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.project import Project
    from seatrial.stack import Stack

_KEY = "x-seatrial"
_LINE = re.compile(r"""( *)["']?([\w.-]+)["']?:(?:\s+(.*))?""")
_FLOW = re.compile(r"""[{,]\s*probe:\s*(?:"([^"]*)"|'([^']*)'|([^\s,]+))""")
_BLOCK = re.compile(r"""(?:"([^"]*)"|'([^']*)'|(\S+))""")


def probes(text: str) -> Mapping[str, str]:
    """By service, the route as it is written, variables and all. Pure."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines() if _KEY in text else ():
        if not (entry := _LINE.fullmatch(line)):
            continue
        indent = len(entry[1])
        above = [*(pair for pair in above if pair[0] < indent), (indent, entry[2])]
        match [name for _, name in above]:
            case ["services", service, "x-seatrial"]:
                told = _FLOW.search(entry[3] or "")
            case ["services", service, "x-seatrial", "probe"]:
                told = _BLOCK.match(entry[3] or "")
            case _:
                continue
        if told:
            found[service] = next(filter(None, told.groups()), "")
    return found


def with_probes(stack: Stack, project: Project) -> Stack:
    """The stack, with what its files declare."""
    found: dict[str, str] = {}
    for file in project.files:
        with suppress(OSError, UnicodeDecodeError):
            found |= probes(file.read_text(encoding="utf-8"))
    if not found:
        return stack
    services = (replace(service, probe=found.get(service.name, "")) for service in stack.services)
    return replace(stack, services=tuple(services))
