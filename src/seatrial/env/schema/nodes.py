"""What a `.env.schema` says, before anyone asks what it means: values, decorators, comments, items."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    r"""A written value. `quote` is the mark around it (`'`, `"`, `` ` `` or three of the last two), or nothing.

    An escaped quote mark is already unescaped; `\n`, `\$` and references are as written.
    """

    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """`name(argument, key=argument)`."""

    name: str
    arguments: "tuple[Argument, ...]"

    def positional(self) -> "tuple[Node, ...]":
        return tuple(argument.value for argument in self.arguments if argument.name is None)

    def named(self) -> "tuple[tuple[str, Node], ...]":
        return tuple((argument.name, argument.value) for argument in self.arguments if argument.name is not None)


@dataclass(frozen=True, slots=True)
class Listing:
    """`[a, b]`."""

    elements: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Pairs:
    """`{key=value}`."""

    pairs: "tuple[tuple[str, Node], ...]"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call; `name` is None for a positional one."""

    name: str | None
    value: "Node"


Node: TypeAlias = Text | Call | Listing | Pairs


@dataclass(frozen=True, slots=True)
class Decorator:
    """`@name`, `@name=value` or `@name(arguments)`. A bare `@name` has neither and means true.

    `stray` tells that words follow it which belong to no decorator and no comment.
    """

    name: str
    line: int
    value: Node | None = None
    arguments: tuple[Argument, ...] | None = None
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Comments:
    """Comment lines that belong together: the plain ones as text, the decorators of the others."""

    text: tuple[str, ...] = ()
    decorators: tuple[Decorator, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """`KEY=value` with the comments that belong to it; `value` is None for `KEY=`."""

    key: str
    line: int
    value: Node | None
    comments: Comments
    known_value: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file: the header blocks, the items, and comment blocks that belong to nothing.

    A detached block comes with the key of the item it stands above, or None at the end of the file.
    """

    header: tuple[Comments, ...]
    entries: tuple[Entry, ...]
    detached: tuple[tuple[Comments, str | None], ...]
