"""A schema as values: the variables of a stack, what each must look like, and what it starts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from seatrial.env.types import ValueType


@dataclass(frozen=True, slots=True)
class Reference:
    """`${NAME}` or `${NAME:-default}` inside a value; `operator` is `:-`, `-` or nothing."""

    name: str
    operator: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """An initial value: texts and references in order. No part at all is the empty text."""

    parts: tuple[str | Reference, ...] = ()

    @property
    def text(self) -> str | None:
        """The value, or None when it depends on another variable."""
        if any(isinstance(part, Reference) for part in self.parts):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(part for part in self.parts if isinstance(part, Reference))


@dataclass(frozen=True, slots=True)
class RandomHex:
    """That many hexadecimal digits."""

    digits: int


@dataclass(frozen=True, slots=True)
class RandomString:
    """That many characters out of an alphabet."""

    length: int
    alphabet: str


@dataclass(frozen=True, slots=True)
class RandomUuid:
    """A UUID of version 4."""


@dataclass(frozen=True, slots=True)
class RandomNumber:
    """A number from `least` to `most`, both included, with that many decimal places."""

    least: int
    most: int
    places: int = 0


Generator: TypeAlias = RandomHex | RandomString | RandomUuid | RandomNumber


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read more; `title` may be empty."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One variable.

    `initial` is what `init` writes: a template, a generator that is run once, or None. `computed_by` names a function
    in place of a value that only other tools can run. `deprecated` is None, or the reason (possibly empty).
    """

    key: str
    line: int
    description: str = ""
    type: ValueType = field(default_factory=ValueType)
    required: bool = False
    sensitive: bool = True
    initial: Template | Generator | None = field(default=None, repr=False)
    computed_by: str | None = None
    example: str | None = None
    links: tuple[Link, ...] = ()
    deprecated: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def made_up(self) -> bool:
        """Whether `init` makes up a value of its own each time."""
        return self.initial is not None and not isinstance(self.initial, Template)


@dataclass(frozen=True, slots=True)
class Schema:
    """All variables of a schema file in its order; a key occurs once. `description` is the text of its header.

    `sensitive` is what `@defaultSensitive` says, also for a variable that is not declared.
    """

    file: str
    description: str = ""
    items: tuple[Item, ...] = ()
    sensitive: bool = True
    _index: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {item.key: item for item in self.items})

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(item.key for item in self.items)

    def by_key(self) -> Mapping[str, Item]:
        return self._index
