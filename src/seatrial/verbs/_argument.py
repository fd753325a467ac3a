"""A flag that refuses what it cannot take, where Invoke's own ends in a traceback or takes nothing for a value."""

from __future__ import annotations

from typing import Any

from invoke import Argument, ParseError


class CheckedArgument(Argument):
    """One of Invoke's arguments, made over. It is shown as it is typed: `--repeat`."""

    @classmethod
    def of(cls, plain: Argument) -> CheckedArgument:
        made = cls(
            names=plain.names,
            kind=plain.kind,
            default=plain.default,
            help=plain.help,
            positional=plain.positional,
            optional=plain.optional,
            incrementable=plain.incrementable,
            attr_name=plain.attr_name,
        )
        if plain.kind is list:
            made.raw_value = None  # Invoke asks this whether there is a value, and its empty list would be one
        return made

    def __repr__(self) -> str:
        return f"--{self.names[0]}"

    def set_value(self, value: Any, cast: bool = True) -> None:
        """Raise `ParseError` for what cannot be taken."""
        try:
            super().set_value(value, cast=cast)
        except ValueError:
            raise ParseError(f"{self!r} is {value!r}") from None
