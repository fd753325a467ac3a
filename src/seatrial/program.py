"""The `seatrial` command: Invoke's own Program over the verbs, for projects without a tasks.py."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import seatrial.lean_invoke  # noqa: F401

# isort: split
from invoke import Argument, Exit, ParseError, Program

from seatrial.errors import UsageError
from seatrial.settings import DEFAULTS
from seatrial.verbs import ns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class SeatrialProgram(Program):
    """`-f` names a compose file here, as it does for Compose; Invoke's own configuration file keeps `--config`."""

    def core_args(self) -> list[Argument]:
        kept = [arg for arg in super().core_args() if arg.names[0] != "config"]
        return [
            *kept,
            Argument(names=("config",), help="Invoke configuration file to use."),
            Argument(names=("compose-file", "f"), kind=list, help="Compose file, repeatable; like --file of a verb."),
        ]

    def update_config(self, merge: bool = True) -> None:
        super().update_config(merge=merge)
        files = self.args["compose-file"].value
        if files:
            self.config["seatrial"] = {"files": list(files)}  # type: ignore[assignment]  # Invoke's stub says str

    def parse_core(self, argv: list[str] | None) -> None:
        with _usage_error():
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
        super().parse_cleanup()

    def parse_tasks(self) -> None:
        with _usage_error():
            super().parse_tasks()


def _castable(environ: Mapping[str, str]) -> None:
    """A variable of Invoke's that cannot be taken ends with 2; Invoke itself would end with a traceback."""
    for name, default in DEFAULTS.items():
        variable = f"INVOKE_SEATRIAL_{name.upper()}"
        if variable not in environ:
            continue
        if isinstance(default, list):
            instead = {"files": "COMPOSE_FILE", "profiles": "COMPOSE_PROFILES"}[name]
            raise Exit(
                f"error: {variable} is set, and a list cannot be given so\n  fix: use {instead}",
                code=UsageError.exit_code,
            )
        try:
            type(default)(environ[variable])
        except ValueError:
            told = f"error: {variable} is {environ[variable]!r}\n  fix: give it a number of seconds"
            raise Exit(told, code=UsageError.exit_code) from None


@contextmanager
def _usage_error() -> Iterator[None]:
    """A command line that cannot be understood ends with 2, not with Invoke's 1."""
    try:
        yield
    except ParseError as error:
        hint = "see --list for the verbs, --help VERB for its flags; a service is named with --service NAME"
        raise Exit(f"error: {error}\n  fix: {hint}", code=UsageError.exit_code) from None


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the console command."""
    program = SeatrialProgram(namespace=ns, name="seatrial", binary="seatrial", binary_names=["seatrial"])
    program.run(list(argv) if argv is not None else None)
