"""A text as it stands behind `sh -c`: what it ends with, and what it makes of signals. Pure.

It is read, and not parsed as a shell does: what is not plain is not told.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.engine.inside import signals

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell that is given one command alone becomes that command; with one of these it stays and waits.
_COMPOUND = re.compile(r"&&|\|\||[;|\n]|(?<![<>])&(?!>)")
_TRAILING = re.compile(r"[;\s]+$")
_CLOSING = re.compile(r"(?:[;\s]*(?:\}|\bfi|\)))+$")
_OPENING = re.compile(r"^(?:[({]\s*|then\s+|else\s+)+")
# What may stand before a program, and what is none.
_PROGRAM = re.compile(r"(?P<before>(?:\w+=\S*\s+)*)(?:command\s+)?(?=\S)")
_NO_EXEC = re.compile(r"[(){}]|^!|^(?:do|then|else|eval)\b")
# Commands for which a shell stays that becomes others.
_NOT_PLAIN = {
    "bash": re.compile(r"[<>(){}]|^(?:!|eval\b|then\b|else\b|do\b)"),
    "busybox": re.compile(r"^(?:!|eval\b|do\b)"),
}
# Words that end something longer, and commands that the shell carries out itself, or that end at once.
_NO_PROGRAM = frozenset({"done", "fi", "esac", "}", ")", "wait", "exit", "return", "trap", "echo", "printf", "true"})
# They have no handler for any signal.
_IDLE = frozenset({"sleep", "tail", "cat", "yes"})
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\\\]|\\\\.)*\"", re.DOTALL)
_TRAP = re.compile(
    r"""(?:^|[;&|\n({]|\b(?:then|do|else)\b)\s*trap\s+(?:--\s+)?"""
    r"""(?P<action>'[^']*'|"[^"]*"|[^\s;&|'"]+)\s+(?P<signals>[^;&|\n)}]+)"""
)


def stays(text: str, shell: str = "") -> bool:
    """Whether a shell of that name (`dash`, `bash`, `busybox`) is still there while the last command runs.

    Measured: dash 0.5.12 becomes a program for `exec` only. bash becomes the last command when that is simple and has
    no redirection, busybox also out of `(...)`, `{...}` and `if`. Where the shell is not known, a command that stands
    alone counts as one that the shell becomes.
    """
    bare = _TRAILING.sub("", text)
    if _last(bare).startswith("exec "):
        return False
    if not shell:
        return len(_pieces(bare)) > 1
    if shell not in ("bash", "busybox") or _TRAP.search(bare):
        return True
    inner = _CLOSING.sub("", bare) if shell == "busybox" else bare
    last = _last(inner)
    if shell == "busybox":
        last = _OPENING.sub("", last)
    before = inner[: len(inner) - len(last)].rstrip(" \t({")
    background = before.endswith("&") and not before.endswith("&&") and shell == "bash"
    odd = _NOT_PLAIN[shell].search(_masked(last))
    return background or before.endswith("|") or not exec_able(last) or bool(odd)


def exec_able(text: str) -> str:
    """The command that the text ends with; "" where that is none which `exec` could put in the shell's place."""
    bare = _TRAILING.sub("", text)
    last = _last(bare)
    words = last.split()
    masked = _masked(bare)
    piped = re.search(r"(?<!\|)\|(?!\|)[^|;&\n]*$", masked)
    odd = any(_masked(last).count(quote) % 2 for quote in "'\"") or last.count("(") != last.count(")")
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


def with_exec(text: str) -> str:
    """The same text with `exec` before its last command; "" where that would change more than who carries it out."""
    last = exec_able(text)
    head, found, tail = text.rpartition(last) if last else ("", "", "")
    begun = _PROGRAM.match(found)
    if not begun or last.startswith("exec ") or _NO_EXEC.search(_masked(last)) or head.rstrip().endswith("||"):
        return ""
    return f"{head}{begun['before']}exec {found[begun.end() :]}{tail}"


def exec_of(text: str, program: str) -> str:
    """The text up to the command that starts the program of that name, with `exec` before that; "" where it has none.

    What came after that command is left out: with `exec` nothing does.
    """
    cuts = [found.span() for found in _COMPOUND.finditer(_masked(text))]
    ends = [*(begin for begin, _ in cuts), len(text)]
    for number, end in enumerate(ends):
        head = text[:end]
        words = [word for word in _pieces(head)[-1].split() if not re.match(r"\w+=", word)]
        after = text[end:] if number < len(cuts) else ""
        aside = after.startswith("|") or (after.startswith("&") and not after.startswith("&&"))
        if words and PurePosixPath(words[0]).name == program and not aside:
            return with_exec(head.rstrip())
    return ""


def pass_on(name: str) -> str:
    """What a script has to do that starts several programs, or one again and again.

    Works in dash, bash and busybox, also under `set -e`. `jobs -p` would be empty in dash, whose `$(...)` has no jobs.
    Programs behind `&` ignore SIGINT and SIGQUIT, so these become SIGTERM.
    """
    short = name.removeprefix("SIG")
    sent = "TERM" if short in ("INT", "QUIT") else short
    code = 128 + signals.number(name)
    # `$!` is there before it is among `$pids`; without `exit` the script would start what it has not started yet.
    trap = f"pids=; trap 'kill -{sent} $pids $! || true; wait $pids $! || true; exit {code}' {short}"
    return (
        f'the script itself must pass the signal on: `{trap}`, each program as `PROGRAM & pids="$pids $!"`, and '
        "`wait $pids` at the end (in a compose file `$$` for each `$`); "
        "or `exec` its last program, when that is the only one that goes on"
    )


def untrap(name: str) -> str:
    """What to do about a shell that ignores a signal."""
    return f"remove `trap '' {name.removeprefix('SIG')}`: what the shell starts inherits that, through `exec` too"


def _last(bare: str) -> str:
    return _pieces(bare)[-1].strip()


def _pieces(bare: str) -> list[str]:
    """The commands of a text; what stands in quotes separates nothing."""
    cuts = [found.span() for found in _COMPOUND.finditer(_masked(bare))]
    begins, ends = [0, *(end for _, end in cuts)], [*(begin for begin, _ in cuts), len(bare)]
    return [bare[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _masked(text: str) -> str:
    """The text of the same length with nothing but underscores in its quotes."""
    return _QUOTED.sub(lambda found: f"{found[0][0]}{'_' * (len(found[0]) - 2)}{found[0][-1]}", text)


def _trapped(text: str, name: str) -> str | None:
    """What is done for the signal; None where nothing is said of it."""
    found, wanted = None, _named(name)
    for action, named in _traps(text):
        if named == wanted:
            found = action
    return found


def _traps(text: str) -> Iterator[tuple[str, str]]:
    for one in _TRAP.finditer(text):
        for word in one["signals"].split():
            yield one["action"].strip("'\""), _named(word)


def _named(word: str) -> str:
    try:
        return signals.name(signals.number(word))
    except ValueError:  # EXIT, ERR and others of the shell's own
        return f"SIG{word.upper()}"
