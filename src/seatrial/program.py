"""The `seatrial` command: Invoke's own Program over the verbs, for projects without a tasks.py."""

from __future__ import annotations

import inspect
import os
import re
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import seatrial.lean_invoke  # noqa: F401

# isort: split
from invoke import Argument, Exit, ParseError, Program

from seatrial.errors import DONE, INTERRUPTED, UsageError
from seatrial.settings import DEFAULTS
from seatrial.verbs import ns
from seatrial.verbs._argument import CheckedArgument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_HELP = {
    "dry": "Print what would be done, with the cause of each step, and change nothing.",
    "help": "Show this, or the help of one verb, and exit.",
    "list": "List the verbs, all or those of a group: drill, env, watch.",
    "list-depth": "When listing verbs, only show the first INT levels.",
    "list-format": "How verbs are listed: flat (default), nested, json.",
}
# They are about shell commands, which no verb runs by Invoke; `complete` is for the scripts of shells.
_IDLE = re.compile(r"--(command-timeout|complete|echo|hide|prompt-for-sudo-password|pty|warn-only|write-pyc)(?![\w-])")


def _spelled(flag: str, about: str) -> str:
    """`--html VALUE` as a user types it; Invoke names the type, and nothing for what can be repeated."""
    value = " N" if "=INT" in flag else " VALUE" if "=STRING" in flag or "repeatable" in about else ""
    return f"{flag.partition('=')[0]}{value}"


class SeatrialProgram(Program):
    """`-f` names a compose file here, as it does for Compose; Invoke's own configuration file keeps `--config`.

    `-d` is no flag, for who types `up -d` wants no debug output.
    """

    def run(self, argv: list[str] | None = None, exit: bool = True) -> None:
        """Invoke's, and however it ends no traceback is about a closed pipe or ^C."""
        from seatrial.verbs import _streams

        _streams.prepare()
        try:
            try:
                super().run(argv, exit)
            finally:
                sys.stdout.flush()  # what cannot be written is an error here, not at exit
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError as error:
            if not _streams.reader_gone():
                raise
            _streams.silence()
            ended = error.__context__  # what was being reported
            sys.exit(getattr(ended, "exit_code", getattr(ended, "code", DONE)))

    def core_args(self) -> list[Argument]:
        own = [
            Argument(names=("config",), help="Invoke configuration file to use."),
            Argument(names=("compose-file", "f"), kind=list, help="Compose file, repeatable; like --file of a verb."),
            Argument(names=("debug",), kind=bool, default=False, help="Enable debug output."),
        ]
        replaced = {arg.names[0] for arg in own}
        kept = [arg for arg in super().core_args() if arg.names[0] not in replaced]
        for arg in kept:
            arg.help = _HELP.get(arg.names[0], arg.help)
        return [CheckedArgument.of(arg) for arg in (*kept, *own)]

    def print_help(self) -> None:
        """The verbs first; of the flags those that mean something to a verb."""
        print(f"Usage: {self.binary} [--core-opts] VERB [--opts]\n       {self.binary} --help VERB\n")  # noqa: T201
        self.list_tasks()
        print("Core options:\n")  # noqa: T201
        flags = self.initial_context.help_tuples()
        self.print_columns([(flag, words) for flag, words in flags if not _IDLE.search(flag)])

    def print_task_help(self, name: str) -> None:
        """Usage, what the verb does, its options."""
        words = inspect.getdoc(self.collection[name]) or ""
        flags = self.parser.contexts[name].help_tuples()
        text = "\n".join(f"{self.leading_indent}{line}".rstrip() for line in words.splitlines())
        print(f"Usage: {self.binary} [--core-opts] {name} [--options]\n\n{text}\n\nOptions:")  # noqa: T201
        if flags:
            self.print_columns([(_spelled(flag, about or ""), about) for flag, about in flags])

    def update_config(self, merge: bool = True) -> None:
        super().update_config(merge=merge)
        files = self.args["compose-file"].value
        if files:
            self.config["seatrial"] = {"files": list(files)}  # type: ignore[assignment]  # Invoke's stub says str

    def parse_core(self, argv: list[str] | None) -> None:
        with self._usage_error():
            super().parse_core(argv)

    def execute(self) -> None:
        _castable(os.environ)
        super().execute()

    def print_version(self) -> None:
        from importlib.metadata import version  # as long to load as half of Invoke, and hardly ever asked for

        print(self.name, version("seatrial"))  # noqa: T201  where Invoke prints its own

    def parse_cleanup(self) -> None:
        if self.args.complete.value:
            from seatrial.verbs._completion import values

            found = values(self.core.remainder)
            if found is not None:
                print("\n".join(found))  # noqa: T201  where Invoke prints its own
                raise Exit
        group = self.args.list.value
        if isinstance(group, str) and group not in self.collection.collections:
            groups = ", ".join(sorted(self.collection.collections))
            raise _ended(UsageError(f"there is no group of verbs `{group}`", fix=f"use one of {groups}"))
        with self._usage_error():
            super().parse_cleanup()

    def parse_tasks(self) -> None:
        with self._usage_error():
            super().parse_tasks()
        self._no_follow()

    def _no_follow(self) -> None:
        """`logs -f NAME` reads as a compose file of that name."""
        named = self.core_via_tasks.args["compose-file"].value
        if named and "-f" in self.argv and any(task.name == "logs" for task in self.tasks):
            missing = next((name for name in named if not Path(name).is_file()), None)
            if missing is not None:
                from seatrial.verbs._mistyped import FOLLOW

                raise _ended(UsageError(
                    f"no compose file {missing} (named by -f)",
                    fix=f"{FOLLOW}: {self.binary} logs --service {missing} --follow",
                ))  # fmt: skip

    @contextmanager
    def _usage_error(self) -> Iterator[None]:
        """A command line that cannot be understood ends with 2 and a fix, not with Invoke's 1."""
        try:
            yield
        except ParseError as error:
            from seatrial.verbs._mistyped import Mistyped

            names = self.collection.task_names if hasattr(self, "collection") else {}
            verbs = [name for each, aliases in names.items() for name in (each, *aliases)]
            raise _ended(Mistyped(self.binary, self.argv[1:], verbs, self.initial_context).error(error)) from None


def _ended(error: UsageError) -> Exit:
    return Exit(str(error), code=error.exit_code)


def _castable(environ: Mapping[str, str]) -> None:
    """A variable of Invoke's that cannot be taken ends with 2; Invoke itself would end with a traceback."""
    for name, default in DEFAULTS.items():
        variable = f"INVOKE_SEATRIAL_{name.upper()}"
        if variable not in environ:
            continue
        if isinstance(default, list):
            instead = {"files": "COMPOSE_FILE", "profiles": "COMPOSE_PROFILES"}[name]
            raise _ended(UsageError(f"{variable} is set, and a list cannot be given so", fix=f"use {instead}"))
        try:
            type(default)(environ[variable])
        except ValueError:
            told = UsageError(f"{variable} is {environ[variable]!r}", fix="give it a number of seconds")
            raise _ended(told) from None


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the console command."""
    program = SeatrialProgram(namespace=ns, name="seatrial", binary="seatrial", binary_names=["seatrial"])
    try:
        program.run(list(argv) if argv is not None else None)
    except Exception as error:
        from seatrial.verbs import _streams
        from seatrial.verbs._defect import DEBUG, explained

        if os.environ.get(DEBUG):
            raise
        told = explained(error)
        with suppress(OSError):
            print(told, file=sys.stderr, flush=True)  # noqa: T201  nothing of a project is known here
        _streams.silence()
        sys.exit(told.exit_code)
