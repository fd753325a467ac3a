"""A rule in one line, for `watch --dry`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.watch.mounts import relative

if TYPE_CHECKING:
    from seatrial.watch.rule import Rule

_SHOWN = 3


def line(rule: Rule, root: str, *, folders: int, files: int) -> str:
    """What a rule does, where, and how much it watches.

    Args:
        rule: the rule.
        root: the project's folder; paths below it are shown from there, others whole.
        folders: how many folders it watches.
        files: how many files in them count.
    """
    inner = relative(root, rule.path)
    path = rule.path if inner is None else inner or "."
    target = f" -> {rule.target}" if rule.syncs else ""
    hook = f", then {' '.join(rule.hook.command)}" if rule.hook else ""
    first = ", first of all once" if rule.initial_sync else ""
    return f"{rule.service}: {rule.action} {path}{target}{hook}{first} ({'; '.join(_what(rule, folders, files))})"


def _what(rule: Rule, folders: int, files: int) -> list[str]:
    """In brackets: how much, and what is left out."""
    sieve = rule.sieve
    told = [f"{_count(files, 'file')} in {_count(folders, 'folder')}"]
    if sieve.include:
        told.append(f"only {_some(sieve.include.texts)}")
    if sieve.ignore:
        told.append(f"not {_some(sieve.ignore.texts)}")
    if sieve.dockerignore:
        told.append("not what .dockerignore takes out")
    if sieve.mounted:
        told.append(f"not what is mounted: {_some(sorted(relative(rule.path, one) or one for one in sieve.mounted))}")
    return told


def _some(texts: list[str] | tuple[str, ...]) -> str:
    more = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" + ("" if number == 1 else "s")
