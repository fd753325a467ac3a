"""What Invoke says of a command line that it cannot understand, in our errors. Pure."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

from seatrial.errors import UsageError
from seatrial.verbs._composes import command_fix, commands, exec_fix, flag_fix

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from invoke import Argument, ParseError
    from invoke.parser import ParserContext

_UNKNOWN = re.compile(r"No idea what '(?P<word>.*)' is!$", re.DOTALL)
_NO_VALUE = re.compile(r"Flag --(?P<name>[\w-]+) needed value")
_NO_NUMBER = re.compile(r"--[\w-]+ is ")
_LACKING = "did not receive required positional arguments"
# Flags of Compose's that users know; some stand before any verb.
_EVERYWHERE = {
    "--env-file": "name it in the shell: export COMPOSE_ENV_FILES=FILE (several with commas)",
    "--project-directory": "change to that folder, or name its compose file: --file",
}
_PROJECT = "-p"
# Flags of verbs that have a value, which Compose takes before its command.
_NAMING = ("--project-name", "--profile", "--file", "--service")
_OF_VERBS = (*_NAMING, "--json")
FOLLOW = "to follow, use --follow"
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A command line that was not understood.

    Attributes:
        program: what the command is called.
        words: the command line, without the program.
        verbs: the names of all verbs.
        core: the flags that belong to no verb.
    """

    program: str
    words: Sequence[str]
    verbs: Collection[str]
    core: ParserContext

    def error(self, said: ParseError) -> UsageError:
        """What is wrong with it, and how it is typed."""
        text = str(said)
        context = said.context or self.core
        if unknown := _UNKNOWN.match(text):
            return self._unknown(unknown["word"], context)
        if lacking := _NO_VALUE.match(text):
            known = {**self.core.flags, **context.flags}
            return self._without_value(known[f"--{lacking['name']}"], context.name)
        if _LACKING in text:
            return self._lacking(context)
        fix = "give it a whole number" if _NO_NUMBER.match(text) else f"`{self.program} --list` tells the verbs"
        return UsageError(text, fix=fix)

    def _unknown(self, word: str, context: ParserContext) -> UsageError:
        verb, flag = context.name, word.startswith("-")
        subject = f"`{verb or self.program}`"
        what = f"{subject} has no flag {word}" if flag else f"{subject} takes no word `{word}`"
        if word in self._named_projects():
            return UsageError(
                "-p names no project here", fix=self._in_order() or f"{self.program} VERB --project-name {word}"
            )
        if context.name == "exec" and (fix := exec_fix(self._behind("exec"), self.program)):
            return UsageError(what, fix=fix)
        if flag:
            return UsageError(what, fix=self._other_flag(word, context))
        if not verb:
            what = f"there is no verb `{word}`"
            if fix := self._compose_fix(word):
                return UsageError(what, fix=fix)
        if not verb or get_close_matches(word, self.verbs, n=1, cutoff=_NEAR):
            return UsageError(what, fix=f"{_meant(word, self.verbs)}`{self.program} --list` tells the verbs")
        if "--service" in context.flags:
            return UsageError(what, fix=f"name a service with its flag: {self.program} {verb} --service {word}")
        return UsageError(what, fix=f"`{self.program} --help {verb}` tells what it takes")

    def _compose_fix(self, word: str) -> str:
        """What to type for Compose's command of that name, or of one that is spelled almost alike."""
        if fix := command_fix(word, self.program):
            return fix
        near = get_close_matches(word, (*self.verbs, *commands()), n=1, cutoff=_NEAR)
        fix = command_fix(near[0], self.program) if near and near[0] not in self.verbs else ""
        return f"did you mean `{near[0]}`? {fix}" if fix else ""

    def _own(self) -> Sequence[str]:
        """The command line before a command for a container."""
        return self.words[: self.words.index("--")] if "--" in self.words else self.words

    def _named_projects(self) -> Sequence[str]:
        """The words that a habit of Compose's gives to `-p`."""
        own = self._own()
        return [name for flag, name in pairwise(own) if flag == _PROJECT]

    def _in_order(self) -> str:
        """The same command with the flags behind the verb, and Compose's `-p` by its name here; "" without a verb."""
        own = ["--project-name" if word == _PROJECT else word for word in self._own()]
        at = next((i for i, word in enumerate(own) if word in self.verbs and own[i - 1] not in _NAMING), None)
        if at is None:
            return ""
        return shlex.join([self.program, own[at], *own[:at], *own[at + 1 :], *self.words[len(own) :]])

    def _behind(self, verb: str) -> Sequence[str]:
        return self.words[list(self.words).index(verb) + 1 :] if verb in self.words else ()

    def _other_flag(self, flag: str, context: ParserContext) -> str:
        verb = context.name or ""
        typed = flag.partition("=")[0]
        if habit := _EVERYWHERE.get(typed) or flag_fix(typed, verb, self.program):
            return habit
        if not verb and typed in _OF_VERBS and (fix := self._in_order()):
            return f"put the flags of a verb behind it: {fix}"
        known = [name for name in (*context.flags, *context.inverse_flags) if name.startswith("--")]
        told = f"`{self.program} --help {verb}` tells its flags" if verb else (
            f"`{self.program} --help` tells its flags; those of a verb stand behind the verb"
        )  # fmt: skip
        return f"{_meant(flag, known)}{told}"

    def _without_value(self, flag: Argument, verb: str | None) -> UsageError:
        names = [f"--{name}" if len(name) > 1 else f"-{name}" for name in flag.names]
        typed = next((name for name in names if name in self.words), names[0])
        value = "N" if flag.kind is int else "VALUE"
        follow = f"{FOLLOW}; " if verb == "logs" and typed == "-f" else ""
        return UsageError(f"{typed} has no value", fix=f"{follow}{typed} {value}: {flag.help}")

    def _lacking(self, context: ParserContext) -> UsageError:
        names = " ".join(arg.names[0].upper() for arg in context.positional_args)
        told = ", ".join(f"{arg.names[0].upper()}, {arg.help}" for arg in context.missing_positional_args)
        command = " -- COMMAND [ARGUMENT ...]" if context.name == "exec" else ""
        return UsageError(f"`{context.name}` needs {told}", fix=f"{self.program} {context.name} {names}{command}")


def _meant(word: str, known: Collection[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=_NEAR)
    return f"did you mean {close[0] if word.startswith('-') else f'`{close[0]}`'}? " if close else ""
