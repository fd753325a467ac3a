"""A text as it stands behind `sh -c`: what it ends with, and what it makes of signals. Pure.

It is read, and not parsed as a shell does: what is not plain is not told.
"""

from __future__ import annotations

import re
import signal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell that is given one command alone becomes that command; with one of these it stays and waits.
_COMPOUND = re.compile(r"&&|\|\||[;|&\n]")
_TRAILING = re.compile(r"[;\s]+$")
# Words that end something longer, and commands that the shell carries out itself, or that end at once.
_NO_PROGRAM = frozenset({"done", "fi", "esac", "}", ")", "wait", "exit", "return", "trap", "echo", "printf", "true"})
# They have no handler for any signal.
_IDLE = frozenset({"sleep", "tail", "cat", "yes"})
_TRAP = re.compile(
    r"""(?:^|[;&|\n({]|\b(?:then|do|else)\b)\s*trap\s+(?:--\s+)?"""
    r"""(?P<action>'[^']*'|"[^"]*"|[^\s;&|'"]+)\s+(?P<signals>[^;&|\n)}]+)"""
)


def stays(text: str) -> bool:
    """Whether the shell is still there while the last command runs."""
    bare = _TRAILING.sub("", text)
    return bool(_COMPOUND.search(bare)) and not _last(bare).startswith("exec ")


def exec_able(text: str) -> str:
    """The command that the text ends with; "" where that is none which `exec` could put in the shell's place."""
    bare = _TRAILING.sub("", text)
    last = _last(bare)
    words = last.split()
    piped = re.search(r"(?<!\|)\|(?!\|)[^|;&\n]*$", bare)
    odd = any(last.count(quote) % 2 for quote in "'\"") or last.count("(") != last.count(")")
    if not words or piped or odd or words[0] in _NO_PROGRAM or bare.endswith("&"):
        return ""
    return last


def is_idle(program: str) -> bool:
    """Whether it is one of those that only wait: no stop signal ends them as PID 1."""
    return PurePosixPath(program).name in _IDLE


def ignores(text: str, name: str) -> bool:
    """Whether it lets a signal ("SIGTERM") be ignored, which all that it starts inherits, through `exec` too."""
    return _trapped(text, name) == ""


def handles(text: str, name: str) -> bool:
    """Whether it does something of its own when the signal comes."""
    return _trapped(text, name) not in (None, "", "-")


def pass_on(name: str) -> str:
    """What a script has to do that starts several programs, or one again and again."""
    short = name.removeprefix("SIG")
    return (
        f"the script itself must pass the signal on (trap 'kill -{short} $(jobs -p); wait' {short}, its programs with "
        "`&`, then `wait`), or `exec` its last program"
    )


def untrap(name: str) -> str:
    """What to do about a shell that ignores a signal."""
    return f"remove `trap '' {name.removeprefix('SIG')}`: what the shell starts inherits that, through `exec` too"


def _last(bare: str) -> str:
    return _COMPOUND.split(bare)[-1].strip()


def _trapped(text: str, name: str) -> str | None:
    """What is done for the signal; None where nothing is said of it."""
    found = None
    for action, named in _traps(text):
        if named == name:
            found = action
    return found


def _traps(text: str) -> Iterator[tuple[str, str]]:
    for one in _TRAP.finditer(text):
        for word in one["signals"].split():
            yield one["action"].strip("'\""), _named(word)


def _named(word: str) -> str:
    if word.isdigit():
        try:
            return signal.Signals(int(word)).name
        except ValueError:
            return ""
    return f"SIG{word.upper().removeprefix('SIG')}"
