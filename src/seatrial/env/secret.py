"""Secret text: a type that cannot be printed by accident, and the redaction of other people's output."""

import hmac
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from typing import NoReturn
from urllib.parse import quote, quote_plus

REDACTED = "[REDACTED]"

_SHORTEST_VALUE = 4
_SHORTEST_LINE = 8
_BEGINNINGS = (16, 8, _SHORTEST_VALUE)
_GO_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_IN_DOUBLE_QUOTES = re.compile(r'([\\"$`])')
_SAME_EVERYWHERE = re.compile(r"[A-Za-z0-9_.-]+")
_PERCENT = re.compile(r"%[0-9A-F]{2}")


class Secret:
    """Text that prints as `[REDACTED]` everywhere: `str`, `repr`, `format`, a dataclass, an exception, JSON.

    `reveal()` is the only way to the text. Two secrets compare in constant time; a secret never equals a `str`. It is
    true when it is not empty. Pickling raises `TypeError`: a pickle is a copy in clear.
    """

    __slots__ = ("__text",)
    __text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__text", text)

    def reveal(self) -> str:
        return self.__text

    def __repr__(self) -> str:
        return REDACTED

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(REDACTED, spec)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self.__text, other.__text))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _memo: object) -> "Secret":
        return self

    def __setattr__(self, _name: str, _value: object) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled: the copy would be in clear")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        self.__getstate__()


def json_default(value: object) -> str:
    """The `default=` hook of `json.dumps`: a secret becomes `[REDACTED]`, anything else unknown is refused.

    Raises `TypeError` for any other type, with its name and never its content.
    """
    if isinstance(value, Secret):
        return REDACTED
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


class Redactor:
    """Replaces every sensitive value in a text by `[REDACTED]`.

    A value is found as it is and in the forms in which tools print it: `$` doubled (Compose), JSON-escaped (Python and
    Go), URL-encoded, quoted for a shell, for Python or for HTML. Values of fewer than 4 characters are left alone: they
    would blank out ordinary words. Of a value with several lines each line of at least 8 characters counts too,
    because error texts quote single lines. Overlapping values leave no rest of either.

    Args:
        values: what to replace.
        visible: names that everybody may see; a value inside of one stays there: `postgres` in `postgres:16`.
    """

    __slots__ = ("_beginnings", "_count", "_visible")

    def __init__(self, values: Iterable[Secret | str], visible: Iterable[str] = ()) -> None:
        texts = {value.reveal() if isinstance(value, Secret) else value for value in values}
        forms = {form for text in texts for part in _parts(text) for form in _forms(part)}
        self._count = len(forms)
        # By their first characters, as many as they have: ten thousand values cost no more than ten.
        self._beginnings: dict[int, dict[str, list[str]]] = {}
        for form in sorted(forms, key=lambda form: (-len(form), form)):
            length = next(length for length in _BEGINNINGS if len(form) >= length)
            self._beginnings.setdefault(length, {}).setdefault(form[:length], []).append(form)
        names = sorted((re.escape(name) for name in visible if len(name) >= _SHORTEST_VALUE), key=len, reverse=True)
        self._visible = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(names)})(?![A-Za-z0-9])") if names else None

    def __repr__(self) -> str:
        return f"Redactor({self._count} forms)"

    def __call__(self, text: str) -> str:
        spans = list(self._spans(text))
        if spans and self._visible:
            names = [found.span() for found in self._visible.finditer(text)]
            spans = [span for span in spans if not any(start <= span[0] and span[1] <= end for start, end in names)]
        return blank(text, spans)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a value stands, the longest that begins at each place."""
        tables = [(length, self._beginnings[length]) for length in _BEGINNINGS if length in self._beginnings]
        for start in range(len(text) - _SHORTEST_VALUE + 1 if tables else 0):
            if form := _form_at(text, start, tables):
                yield start, start + len(form)


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with `[REDACTED]` for each of the spans, which may overlap."""
    pieces: list[str] = []
    kept_to = 0
    for start, end in _merged(sorted(spans)):
        pieces += (text[kept_to:start], REDACTED)
        kept_to = end
    return "".join((*pieces, text[kept_to:])) if pieces else text


def _form_at(text: str, start: int, tables: list[tuple[int, dict[str, list[str]]]]) -> str:
    for length, forms in tables:
        for form in forms.get(text[start : start + length], ()):
            if text.startswith(form, start):
                return form
    return ""


def _parts(text: str) -> Iterator[str]:
    yield from (part for part in {text, text.strip()} if len(part.strip()) >= _SHORTEST_VALUE)
    lines = text.splitlines()
    if len(lines) > 1:
        yield from (line.strip() for line in lines if len(line.strip()) >= _SHORTEST_LINE)


def _forms(text: str) -> Iterator[str]:
    if _SAME_EVERYWHERE.fullmatch(text):
        yield text
        return
    for plain in {text, text.replace("$", "$$")}:
        yield plain
        yield json.dumps(plain)[1:-1]
        unicode_json = json.dumps(plain, ensure_ascii=False)[1:-1]
        yield unicode_json
        yield "".join(_GO_JSON_ESCAPES.get(character, character) for character in unicode_json)
        yield repr(plain)[1:-1]
        yield shlex.quote(plain)[1:-1] if shlex.quote(plain) != plain else plain
        yield plain.replace("'", "'\\''")
        yield _IN_DOUBLE_QUOTES.sub(r"\\\1", plain)
        in_text = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield in_text
        yield in_text.replace('"', "&quot;").replace("'", "&#x27;")
    encodable = text.encode("utf-8", "surrogatepass")
    for encoded in (quote(encodable, safe=""), quote(encodable), quote_plus(encodable)):
        yield encoded
        yield _PERCENT.sub(lambda match: match[0].lower(), encoded)


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    if not spans:
        return
    start, end = spans[0]
    for next_start, next_end in spans[1:]:
        if next_start >= end:
            yield start, end
            start, end = next_start, next_end
        else:
            end = max(end, next_end)
    yield start, end
