"""What the header of a schema sets for all items, and comment blocks that belong to no item."""

from dataclasses import dataclass

from seatrial.env.problem import Report
from seatrial.env.schema import words
from seatrial.env.schema.nodes import Call, Decorator, Document, Text
from seatrial.env.schema.static import as_switch, as_text


@dataclass(frozen=True, slots=True)
class Defaults:
    """`required` None means: required if the schema gives a value. `public_prefix` makes keys that start so public."""

    required: bool | None = None
    sensitive: bool = True
    public_prefix: str | None = None
    plugins: bool = False

    def is_sensitive(self, key: str) -> bool:
        if self.public_prefix is not None:
            return not key.startswith(self.public_prefix)
        return self.sensitive


def defaults(document: Document, report: Report) -> Defaults:
    """Read the header's decorators; report what is unknown, in the wrong place or for other tools only."""
    decorators = [decorator for block in document.header for decorator in block.decorators]
    first = document.entries[0].key if document.entries else None
    found: dict[str, Decorator] = {}
    for decorator in decorators:
        name = decorator.name
        if name in words.ROOT_DEFAULTS:
            if name in found:
                report.error(decorator.line, "DuplicatedDecorator", f"@{name} is there twice", "keep one of them")
            found[name] = decorator
        else:
            _not_a_default(decorator, first, report, plugins=any(each.name == "plugin" for each in decorators))
    required = _required(found.get("defaultRequired"), report)
    sensitive, prefix = _sensitive(found.get("defaultSensitive"), report)
    return Defaults(required, sensitive, prefix, any(decorator.name == "plugin" for decorator in decorators))


def _not_a_default(decorator: Decorator, first: str | None, report: Report, *, plugins: bool) -> None:
    name, line = decorator.name, decorator.line
    if words.is_comment_word(name):
        report.warning(line, "CommentWord", f"@{name} reads as a decorator", "write the line without @")
    elif name in words.ROOT_REFUSED and as_switch(decorator.value) is not False:
        message = f"@{name} is not supported by seatrial: it would check other variables than the containers get"
        report.error(line, "NotSupported", message, "write the variables into this file")
    elif name in words.ROOT_NOT_SUPPORTED:
        message = f"@{name} is not supported by seatrial and has no effect here"
        report.warning(line, "NotSupported", message, "nothing, if you have it for other tools")
    elif words.is_ignored_root(name) or name in words.ROOT or name in words.ITEM_IGNORED:
        return
    elif name in words.ITEM:
        _detached(decorator, first, report)
    elif plugins:
        message = f"@{name} is not a decorator here; it may come from a plugin"
        report.warning(line, "NotSupported", message, "nothing if it does")
    else:
        report.error(line, "UnknownDecorator", f"@{name} is not a decorator", words.instead_of(name))


def detached(document: Document, report: Report) -> None:
    """Report decorators behind the first item that belong to no item."""
    for block, key in document.detached:
        for decorator in block.decorators:
            if words.is_comment_word(decorator.name) or decorator.name in words.ITEM_IGNORED:
                continue
            if decorator.name in words.ITEM:
                _detached(decorator, key, report)
            else:
                _misplaced(decorator, report)


def _detached(decorator: Decorator, key: str | None, report: Report) -> None:
    message = f"@{decorator.name} belongs to no item: a blank line or a divider stands between"
    fix = f"remove the blank line or divider above {key}" if key else "put it right above the item it is for"
    report.error(decorator.line, "DetachedDecorator", message, fix, key)


def _misplaced(decorator: Decorator, report: Report) -> None:
    name = decorator.name
    if name in words.ROOT or words.is_ignored_root(name):
        fix = "move it above the first item, with a blank line or # --- behind it"
        report.error(decorator.line, "MisplacedDecorator", f"@{name} must be in the file header", fix)
    else:
        report.error(decorator.line, "UnknownDecorator", f"@{name} is not a decorator", words.instead_of(name))


def _required(decorator: Decorator | None, report: Report) -> bool | None:
    if decorator is None:
        return None
    if decorator.arguments is None:
        said = True if decorator.value is None else as_switch(decorator.value)
        if said is not None or as_text(decorator.value) == "infer":
            return said
    message = "@defaultRequired is neither true, false nor infer"
    report.error(decorator.line, "InvalidDecorator", message, "write @defaultRequired=infer")
    return None


def _sensitive(decorator: Decorator | None, report: Report) -> tuple[bool, str | None]:
    if decorator is None or (decorator.value is None and decorator.arguments is None):
        return True, None
    match decorator.value:
        case Call("inferFromPrefix") as call if len(call.arguments) == 1 and isinstance(call.arguments[0].value, Text):
            return True, call.arguments[0].value.text
    said = as_switch(decorator.value) if decorator.arguments is None else None
    if said is None:
        message = "@defaultSensitive is neither true, false nor inferFromPrefix(PUBLIC_); all items count as secret"
        report.error(decorator.line, "InvalidDecorator", message, "write @defaultSensitive=true")
        return True, None
    return said, None
