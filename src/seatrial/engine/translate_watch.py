"""What Compose says of rules in `develop.watch` that it refuses, in our errors. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seatrial.errors import RuleRefused
from seatrial.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatrial.engine.compose_text import Source

# The first Compose that knows a key or an action, by the tags of its repository.
SINCE = {"include": "2.34.0", "initial_sync": "2.39.4", "exec": "2.32.0", "restart": "2.32.0", "sync+exec": "2.32.0"}
KEYS = ("path", "action", "target", "ignore", "include", "exec", "initial_sync")

_RULE = re.compile(
    r"services\.(?P<service>[^\n]+?)\.develop\.watch(?:\.(?P<place>\d+|\[\]))?(?P<key>(?:\.\w+)*):? (?P<said>[^\n]+)"
)
_UNKNOWN_KEY = re.compile(r"[Aa]dditional propert(?:y|ies) '?(\w+)'?.* (?:is )?not allowed")
_MISSING = re.compile(r"missing property '(\w+)'|(\w+) is required$")
_ONE_OF = re.compile(r"must be one of (?:the following: )?(.+)")


def which(service: str, number: int) -> str:
    """How a rule is called in an error; `number` is 0 where it is not known. No name of one begins that of another."""
    return f"{f'rule {number}' if number else 'a rule'} of {service} (`develop.watch`)"


def watch_trouble(stderr: str, sources: Sequence[Source] = ()) -> RuleRefused | None:
    """The error when the text is about a rule; None when it is about something else.

    Its place and what it says are found in `sources`, the compose files.
    """
    found = _RULE.search(stderr)
    if not found:
        return None
    number = int(found["place"]) + 1 if (found["place"] or "").isdigit() else 0
    at, rule = _written(sources, found["service"], number)

    def wrong(what: str, fix: str) -> RuleRefused:
        return RuleRefused(f"{which(found['service'], number)} {what}", fix=fix, detail=at)

    key, said = found["key"].removeprefix("."), found["said"]
    choice = _ONE_OF.search(said)
    if choice and key == "action":
        return _of_action(str(rule.get("action") or ""), choice[1], wrong)
    return _of_keys(said, key, wrong) or wrong(f"is refused by Compose: {key} {said}", "correct it")


def _written(sources: Sequence[Source], service: str, number: int) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Where a rule stands (`FILE:LINE`), and the rule; nothing where that is not known."""
    if not sources:
        return (), {}
    from seatrial.engine.compose_text import items, place

    rules = items(sources, "services", service, "develop", "watch")
    if not 0 < number <= len(rules):
        return place(sources, "services", service, "develop", "watch"), {}
    at, rule = rules[number - 1]
    return (at,), rule if isinstance(rule, dict) else {}


def _of_action(action: str, choice: str, wrong: Callable[[str, str], RuleRefused]) -> RuleRefused:
    known = re.findall(r"[\w+]+", choice)
    newer = [one for one in ("restart", "sync+exec") if one not in known]
    meant = "" if action in newer else did_you_mean(action, known)
    fix = f"{meant} use one of {', '.join(known)}".lstrip()
    if newer:
        fix += f"; {' and '.join(newer)} need Compose {SINCE['restart']} or newer"
    what = f"has the action `{action}`, which" if action else "has an action that"
    return wrong(f"{what} the Compose here does not know", fix)


def _of_keys(said: str, key: str, wrong: Callable[[str, str], RuleRefused]) -> RuleRefused | None:
    unknown, missing = _UNKNOWN_KEY.search(said), _MISSING.search(said)
    if unknown and unknown[1] in SINCE:
        name = unknown[1]
        since = SINCE[name]
        return wrong(
            f"has `{name}`, which the Compose here does not know", f"use Compose {since} or newer, or remove it"
        )
    if unknown:
        return wrong(f"has `{unknown[1]}`, which does not exist", f"use {', '.join(KEYS)}")
    if "target is required" in said:
        return wrong("syncs, and has no target", "say where it goes in the container: `target: /app/src`")
    if missing and (missing[1] or missing[2]) == "command":
        return wrong(
            "is to run something after a sync, and has no command", "add `exec: {command: [nginx, -s, reload]}`"
        )
    if missing:
        return wrong(
            f"has no {missing[1] or missing[2]}", "a rule needs `path`, `action` and, where it syncs, `target`"
        )
    if key == "path" and "blank" in said:
        return wrong("has an empty path", "name the file or folder to watch: `path: ./src`")
    if "must be a list" in said:
        return wrong(f"has `{key}` that is no list, as the Compose here wants it", f'write `{key}: ["*.log"]`')
    return None
