"""What a lint rule answers with, and what it may know besides the statement it looks at."""

from dataclasses import dataclass, field
from difflib import get_close_matches

from seatrial.env.problem import Severity
from seatrial.env_syntax.scan import Statement


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: its id, what is the matter, what to do. Never a value, nor a name that may be part of one."""

    rule: str
    message: str
    fix: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Names around an env file: those the schema declares, the secret ones, those set in the shell and in other files.

    Without them the rules judge by the file alone. `for_project` tells that `${NAME}` in compose files is looked up in
    this file; of a file that is only given to a service the shell shadows nothing. `schema` is the schema that the
    names are to be in, "" is none; those that are `missed` there are told of already, where they are used.
    """

    declared: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    shell: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    for_project: bool = True
    schema: str = ""
    missed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Known:
    """The names of a file: all of them, and those set above the statement in question."""

    around: Surroundings
    names: frozenset[str]
    above: dict[str, Statement] = field(default_factory=dict)
    _guesses: int = 20
    _lacking: tuple[str, ...] | None = None

    def is_set(self, name: str) -> bool:
        return name in self.above or name in self.around.shell or name in self.around.elsewhere

    def may_be_empty(self, name: str) -> bool:
        """Whether a name that is set may hold nothing, as far as the file tells."""
        statement = self.above.get(name)
        return statement is not None and (statement.inherits or not statement.value or "$" in statement.value)

    def nearest(self, name: str) -> str | None:
        """The name of the schema that may be meant, out of those that the file lacks.

        A guess takes as long as there are names to choose from, so only the first few names get one.
        """
        if not self._guesses:
            return None
        self._guesses -= 1
        if self._lacking is None:
            self._lacking = tuple(sorted(self.around.declared - self.names))
        near = get_close_matches(name.upper(), self._lacking, n=1, cutoff=_NEAR)
        return near[0] if near else None


_NEAR = 0.75
