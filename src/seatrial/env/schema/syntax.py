"""Reads a `.env.schema` into its items, comments and decorators; says what it cannot read and goes on.

The block rules are those of @env-spec: comment lines right above an item belong to it, a blank line or a divider ends a
block, and all blocks above the first item are the header.
"""

import re
from dataclasses import replace

from seatrial.env.problem import Report
from seatrial.env.schema import values
from seatrial.env.schema.nodes import Comments, Decorator, Document, Entry, Node, Text
from seatrial.env_syntax.cursor import Cursor

_BLANK = re.compile(r"[ \t]*(?:\n|\Z)")
_DIVIDER = re.compile(r"[ \t]*#[ \t]*[-=*#]{3}[^\n]*(?:\n|\Z)")
_DECORATORS = re.compile(r"[ \t]*#[ \t]*(?=@)")
_COMMENT = re.compile(r"[ \t]*#[ \t]?([^\n]*)(?:\n|\Z)")
_ITEM = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*")
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_YAML_LINE = re.compile(r"[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*:")
_BARE_LINE = re.compile(r"[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*(?:#[^\n]*)?(?:\n|\Z)")

_DECORATOR = re.compile(r"@([A-Za-z][^ \t\n=()#@]*)")
_OPEN = re.compile(r"\(")
_EQUALS = re.compile(r"=")
_BARE_DECORATOR_VALUE = re.compile(r"(?!['\"`])[^# \t\n]+")
_BLANKS = re.compile(r"[ \t]+")
_NEXT_DECORATOR = re.compile(r"[ \t]*(?=@)")
_TRAILING_COMMENT = re.compile(r"[ \t]*#[^\n]*")
_GLUED = re.compile(r"[^ \t\n]+[ \t]*")
_STRAY = re.compile(r"[^@#\n \t][^ \t@\n]*(?:[ \t]+[^@#\n \t][^ \t@\n]*)*")
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_BARE_VALUE = re.compile(r"[^#\n]+")
_QUOTE = re.compile("['\"`]")
_ANY_CALL = re.compile(r"[A-Za-z][A-Za-z0-9_]*\(")


def document(text: str, report: Report) -> Document:
    """The parts of a schema text with LF line ends; what cannot be read goes into the report."""
    return _Reader(text, report).read()


class _Reader:
    def __init__(self, text: str, report: Report) -> None:
        self._cursor = Cursor(text)
        self._report = report
        self._block: list[str | Decorator] = []
        self._header: list[Comments] = []
        self._loose: list[Comments] = []
        self._entries: list[Entry] = []
        self._detached: list[tuple[Comments, str | None]] = []

    def read(self) -> Document:
        cursor = self._cursor
        while not cursor.at_end:
            if cursor.take(_BLANK) or cursor.take(_DIVIDER):
                self._end_block()
            elif cursor.sees(_DECORATORS):
                self._block += self._decorator_line()
            elif cursor.sees(_COMMENT):
                self._block += self._comment_line()
            else:
                self._item()
        self._end_block()
        self._detached += ((block, None) for block in self._loose)
        return Document(tuple(self._header), tuple(self._entries), tuple(self._detached))

    def _comment_line(self) -> tuple[str, ...]:
        comment = self._cursor.take(_COMMENT)
        return (comment[1].rstrip(),) if comment else ()

    def _take_block(self, *more: Decorator) -> Comments:
        parts = (*self._block, *more)
        self._block = []
        text = tuple(part for part in parts if isinstance(part, str))
        return Comments(text, tuple(part for part in parts if isinstance(part, Decorator)))

    def _end_block(self) -> None:
        if self._block:
            (self._loose if self._entries else self._header).append(self._take_block())

    def _item(self) -> None:
        line = self._cursor.line
        match = self._cursor.take(_ITEM)
        if not match:
            self._unreadable(line)
            return
        start = self._cursor.position
        value, known = self._item_value(match[1], line)
        decorators: tuple[Decorator, ...] = ()
        if not known:
            self._cursor.position = start
            self._cursor.take(_LINE)
        elif self._cursor.sees(_DECORATORS):
            decorators = self._decorator_line()
        else:
            self._cursor.take(_LINE)
        self._detached += ((block, match[1]) for block in self._loose)
        self._loose = []
        self._entries.append(Entry(match[1], line, value, self._take_block(*decorators), known))

    def _unreadable(self, line: int) -> None:
        cursor = self._cursor
        fix = "write it as KEY=value, or put # in front to make it a comment"
        if cursor.sees(_YAML_LINE):
            fix = "write = instead of : after the name"
        elif cursor.sees(_BARE_LINE):
            fix = "write = behind the name"
        self._report.error(line, "InvalidLine", "this line is neither KEY=value nor a comment", fix)
        cursor.take(_LINE)
        self._block = []

    def _item_value(self, key: str, line: int) -> tuple[Node | None, bool]:
        """The value of an item and whether it could be read, with the cursor behind it."""
        cursor = self._cursor
        start = cursor.position
        node: Node | None = values.call(cursor, values.IN_ITEM)
        if node is None and (node := values.literal(cursor, values.IN_ITEM)) and not self._at_value_end():
            cursor.position, node = start, None
        if node is None and cursor.sees(_QUOTE):
            node = values.quoted(cursor, several_lines=True)
            if node is None:
                self._report.error(line, "UnclosedQuote", "a quote opens here and never closes", "close it", key)
                return None, False
        if node is None:
            bare = cursor.take(_BARE_VALUE)
            return (Text(bare[0].strip()) if bare else None), True
        if self._at_value_end():
            return node, True
        message = "text follows where the value should end"
        if cursor.line > line:
            message = f"the value that starts here ends on line {cursor.line} with text behind it: is a mark missing?"
        fix = "quote the whole value; if it holds the quote mark itself, write a backslash before that"
        self._report.error(line, "TextAfterValue", message, fix, key)
        return None, False

    def _at_value_end(self) -> bool:
        return self._cursor.sees(_LINE_END) or self._cursor.sees(_TRAILING_COMMENT)

    def _decorator_line(self) -> tuple[Decorator, ...]:
        """All decorators of a comment line (and of the lines a call in it goes on to), the line end taken."""
        cursor = self._cursor
        cursor.take(_DECORATORS)
        found: list[Decorator] = []
        while not cursor.sees(_LINE_END):
            if cursor.take(_TRAILING_COMMENT):
                break
            decorator = self._decorator()
            if decorator is None:
                break
            found.append(self._with_stray_text(decorator))
        cursor.take(_LINE)
        return tuple(found)

    def _decorator(self) -> Decorator | None:
        cursor = self._cursor
        cursor.take(_NEXT_DECORATOR)
        line = cursor.line
        name = cursor.take(_DECORATOR)
        if not name:
            message = "a decorator is @ and a name that starts with a letter, with a blank before the next one"
            self._report.error(line, "InvalidDecorator", message, "correct it, or write the line as a plain comment")
            return None
        if cursor.take(_OPEN):
            arguments = values.arguments_after_bracket(cursor, values.IN_COMMENT)
            if arguments is None:
                self._unclosed(name[1], line)
                return None
            return Decorator(name[1], line, None, arguments)
        if not cursor.take(_EQUALS):
            return Decorator(name[1], line)
        return self._decorator_with_value(name[1], line)

    def _decorator_with_value(self, name: str, line: int) -> Decorator | None:
        cursor = self._cursor
        opens_call = cursor.sees(_ANY_CALL)
        value: Node | None = values.call(cursor, values.IN_COMMENT)
        if value is None and opens_call:
            self._unclosed(name, line)
            return None
        value = value or values.literal(cursor, values.IN_COMMENT) or values.quoted(cursor)
        if value is None and (bare := cursor.take(_BARE_DECORATOR_VALUE)):
            value = Text(bare[0])
        if value is None:
            message = f"@{name}= has no value, or a quote that is not closed on this line"
            fix = "write the value right behind =, in quotes if it has blanks"
            self._report.error(line, "InvalidDecorator", message, fix)
            return None
        return Decorator(name, line, value)

    def _unclosed(self, name: str, line: int) -> None:
        message = f"the bracket behind @{name} is not closed, or its arguments are not separated by commas"
        fix = "close it; a line it goes on to starts with #; quote arguments that hold blanks, commas or brackets"
        self._report.error(line, "InvalidDecorator", message, fix)

    def _with_stray_text(self, decorator: Decorator) -> Decorator:
        """Step over what follows a decorator up to the next one; words there are no part of it."""
        cursor = self._cursor
        if self._at_value_end():
            return decorator
        if not cursor.take(_BLANKS):
            cursor.take(_GLUED)
            message = f"text is glued to @{decorator.name} or its value"
            fix = "put a blank before the next decorator, and quotes round a value with brackets, commas or blanks"
            self._report.error(decorator.line, "InvalidDecorator", message, fix)
        return replace(decorator, stray=cursor.take(_STRAY) is not None)
