"""Reads the rules of one service. Compose has checked their form; whether they can be followed is checked here."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from seatrial.composed import undoubled
from seatrial.lifecycle.patterns import Patterns, patterns, refused
from seatrial.nearest import did_you_mean
from seatrial.watch.building import Building
from seatrial.watch.mounts import binds, closed, elsewhere, relative, seen, single
from seatrial.watch.rule import ACTIONS, Hook, Rule
from seatrial.watch.sieve import Sieve
from seatrial.watch.targets import collisions
from seatrial.watch.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Wrong = Callable[[str, str], None]

_ALONE = "a mount of a single file shows the old file after an editor has replaced it: mount its folder"
_DROP = "nothing can be sent there; drop the mount or the rule, or use `action: restart`"


class Written(NamedTuple):
    """The rules that have something to do, what is worth a warning, and what cannot be followed."""

    rules: tuple[Rule, ...] = ()
    notes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def written(
    name: str,
    model: Mapping[str, Any],
    texts: Iterable[Mapping[str, Any]],
    *,
    project: Mapping[str, Any] | None = None,
    singles: bool = False,
) -> Written:
    """What stands in `texts`, the rules of a service.

    Args:
        name: the service's.
        model: what Compose resolved of it.
        texts: its rules as they are written.
        project: all that Compose resolved; configs and secrets are mounts, too.
        singles: whether files count that are mounted one by one: what the container has may be others.
    """
    building, mounts = Building.of(model), binds(model, project)
    rules: list[Rule] = []
    told: list[str] = []
    troubles: list[Trouble] = []
    for number, text in enumerate(texts, 1):
        rule, wrong = read(name, number, text, building, builds=bool(model.get("build")))
        if wrong:
            troubles += wrong
            continue
        if rule.syncs:
            if not posixpath.isabs(undoubled(text["target"])):
                told.append(f"rule {number} of {name}: its target counts from /, as with Compose: {rule.target}")
            rule, said = _beside(mounts, rule, closed(model, rule.target), singles=singles)
            told += said
        if rule.syncs or rule.action != "sync":
            rules.append(rule)
    troubles += collisions(rules)
    return Written(tuple(rules), tuple(told), tuple(troubles))


def read(
    name: str, number: int, text: Mapping[str, Any], building: Building, *, builds: bool
) -> tuple[Rule, list[Trouble]]:
    """One rule, and all that is wrong with it: then the rule means nothing."""
    troubles: list[Trouble] = []

    def wrong(what: str, fix: str) -> None:
        troubles.append(Trouble(name, number, what, fix))

    action, path = str(text.get("action") or ""), undoubled(text.get("path") or "")
    if not action:
        wrong("has no action", f"use one of {', '.join(ACTIONS)}")
    elif action not in ACTIONS:
        fix = f"{did_you_mean(action, ACTIONS)} use one of {', '.join(ACTIONS)}".lstrip()
        wrong(f"has the action `{action}`, which does not exist", fix)
    if not path:
        wrong("has no path", "name the file or folder to watch: `path: ./src`")
    elif not posixpath.isabs(path) or path == "/":
        wrong(f"watches `{path}`, which is no place for sources", "name a folder of the project: `path: ./src`")
    if action == "rebuild" and not builds:
        wrong(f"rebuilds, and {name} has no `build` section", "add one, or use `restart`, `sync` or `sync+restart`")
    syncs = action in ACTIONS and action.startswith("sync")
    rule = Rule(
        service=name,
        action=action,
        path=path,
        target=_target(text, path, wrong) if syncs else "",
        sieve=Sieve(
            path,
            ignore=_patterns(text, "ignore", path, wrong),
            include=_patterns(text, "include", path, wrong),
            context=building.context,
            dockerignore=building.dockerignore,
            kept=building.read if action == "rebuild" else frozenset(),
        ),
        hook=_hook(text.get("exec") or {}, wrong) if action == "sync+exec" else None,
        initial_sync=syncs and bool(text.get("initial_sync")),
        number=number,
        into=syncs and str(text.get("target") or "").endswith("/") and not Path(path).exists(),
    )
    return rule, troubles


def _target(text: Mapping[str, Any], path: str, wrong: Wrong) -> str:
    target = undoubled(text.get("target") or "")
    if not target:
        wrong("syncs, and has no target", "say where it goes in the container: `target: /app/src`")
    # Compose would put the file in the folder's place, which the engine refuses.
    name = posixpath.basename(path) if target.endswith("/") and Path(path).is_file() else ""
    found = posixpath.normpath(posixpath.join("/", target, name))
    return found[1:] if found.startswith("//") else found


def _patterns(text: Mapping[str, Any], key: str, path: str, wrong: Wrong) -> Patterns:
    given = text.get(key) or ()
    texts = [undoubled(one) for one in ([given] if isinstance(given, str) else given)]
    bad = {one: why for one in texts if (why := refused(one))}
    for one, why in bad.items():
        wrong(f"cannot {key} `{one}`: {why}", "correct the pattern; its syntax is that of .dockerignore")
    return patterns(_from(path, one.strip()) for one in texts if one not in bad)


def _from(path: str, pattern: str) -> str:
    """A pattern as it counts from the watched path. One may begin with that path, or be it: then all of it is meant."""
    sign, bare = ("!", pattern[1:].strip()) if pattern.startswith("!") else ("", pattern)
    if not bare:
        return ""
    inner = relative(path, posixpath.normpath(posixpath.join(path, bare)))
    if inner is None:
        return pattern
    return f"{sign}{inner or '**'}"


def _hook(text: Mapping[str, Any], wrong: Wrong) -> Hook:
    command = text.get("command") or ()
    given = ("/bin/sh", "-c", command) if isinstance(command, str) else command
    words = tuple(undoubled(word) for word in given)
    if not words:
        wrong("is to run something after a sync, and has no command", "add `exec: {command: [nginx, -s, reload]}`")
    given = text.get("environment") or {}
    pairs = given.items() if isinstance(given, dict) else (one.split("=", 1) for one in given if "=" in one)
    return Hook(
        words,
        user=undoubled(text.get("user") or ""),
        working_dir=undoubled(text.get("working_dir") or ""),
        privileged=text.get("privileged") in (True, "true"),
        environment=tuple(f"{key}={undoubled(value)}" for key, value in pairs if value is not None),
    )


def _beside(mounts: Mapping[str, str], rule: Rule, held: str, *, singles: bool) -> tuple[Rule, list[str]]:
    """The rule without what the container sees through a bind mount anyway; `held` cannot be written to."""
    which = f"rule {rule.number} of {rule.service}"
    shown = seen(mounts, rule.path, rule.target)
    alone = frozenset(path for path in shown if single(mounts, path))
    if rule.path in shown:
        left = {"sync": "it is left out", "sync+restart": "it only restarts", "sync+exec": "it only runs its command"}
        told = f"{which}: a bind mount shows {rule.path} in the container already, so {left[rule.action]}"
        if alone and rule.action != "sync+restart":  # a restart mounts what has the name by then
            told += f"; {_ALONE}, or use `{'restart' if rule.action == 'sync' else 'sync+restart'}`"
        kept = rule if singles and alone else replace(rule, target="", initial_sync=False)
        return kept, [told]
    told_of = [f"{which}: {path} is left out, as it is mounted alone; {_ALONE}" for path in sorted(alone)]
    other = elsewhere(mounts, rule.target, shown)
    if held:
        told_of.append(f"{which}: its target {rule.target} lies in {held}, which is mounted read-only: {_DROP}")
    elif other:
        told_of.append(f"{which}: its target {rule.target} is a bind mount of {other}, which it will write to")
    return replace(rule, sieve=replace(rule.sieve, mounted=shown - alone if singles else shown)), told_of
