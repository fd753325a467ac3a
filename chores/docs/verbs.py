"""`docs/reference/verbs.md`, from the Invoke tasks themselves."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from invoke import Argument, Collection, Task
from invoke.parser import ParserContext

from seatrial.verbs import VERBS, ns
from seatrial.verbs._verb import _SHARED

ROOT = Path(__file__).parents[2]
HEAD = """\
# Verbs

Written by `inv docs` from the code. `inv VERB` in a project with a `tasks.py`, `seatrial VERB` in any other; the flags
are the same. What `--json` prints is told in [json.md](../json.md). A flag that is repeatable is given once for each
value.

## All verbs
"""


def page() -> str:
    """Made in a process of its own: Invoke takes the help from a task when it first reads its flags, and keeps none."""
    command = [sys.executable, "-m", __name__]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def written() -> str:
    contexts = {str(context.name): context for context in ns.to_contexts()}
    parts = [HEAD, *_table(next(iter(contexts.values())), shared=True)]
    for name, task in _named(ns):
        parts += ["", f"## {name}", ""]
        aliases = contexts[name].aliases
        if aliases:
            parts += [f"Also {', '.join(f'`{alias}`' for alias in aliases)}.", ""]
        parts += [inspect.getdoc(task.body) or ""]
        flags = list(_table(contexts[name], shared=False))
        parts += ["", *flags] if flags else []
    return "\n".join(parts) + "\n"


def _named(collection: Collection) -> Iterator[tuple[str, Task[Any]]]:
    """In the order in which the code lists them."""
    names = {id(collection[name]): name for name in collection.task_names}
    yield from ((names[id(task)], task) for task in VERBS)


def _table(context: ParserContext, *, shared: bool) -> Iterator[str]:
    flags = [arg for arg in dict.fromkeys(context.args.values()) if (arg.name in _SHARED) is shared]
    if flags:
        yield from ("| flag | |", "|---|---|")
        yield from (f"| `{_flag(arg)}` | {_help(arg)} |" for arg in flags)


def _flag(arg: Argument) -> str:
    name = f"--{arg.names[0]}"
    if arg.positional:
        return arg.names[0].upper()
    if arg.kind is bool:
        return f"--no-{arg.names[0]}" if arg.default is True else name
    return f"{name} {'N' if arg.kind is int else 'VALUE'}"


def _help(arg: Argument) -> str:
    return (arg.help or "").replace("|", "\\|").removeprefix(f"with {_flag(arg)}: ")


if __name__ == "__main__":
    print(written(), end="")
