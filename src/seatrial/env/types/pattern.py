"""Regular expressions of the schema language are JavaScript's; this turns one into Python's with the same meaning."""

import re

from seatrial.env.types.model import Pattern

_REGEX_LIKE = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "g": re.NOFLAG, "u": re.NOFLAG, "y": re.NOFLAG}
_TOKEN = re.compile(
    r"(?P<escaped>\\k<(?P<back>[A-Za-z_]\w*)>|\\.)"
    r"|(?P<group>\(\?<(?P<name>[A-Za-z_]\w*)>)"
    r"|(?P<any>\[\^\])"
    r"|(?P<set>\[(?:[^\]\\]|\\.)*\])"
    r"|(?P<end>\$)",
    re.DOTALL,
)


def pattern(source: str) -> Pattern | None:
    """`/text/flags`, or a pattern without slashes; None if it is none that both languages understand."""
    match = _REGEX_LIKE.fullmatch(source)
    body, letters = (match[1], match[2]) if match else (source, "")
    flags = re.ASCII
    for letter in letters:
        if letter not in _FLAGS:
            return None
        flags |= _FLAGS[letter]
    try:
        return Pattern(source if match else f"/{source}/", re.compile(_translated(body, flags), flags))
    except (re.error, OverflowError, RecursionError):
        return None


def _translated(body: str, flags: int) -> str:
    """`$` ends the text for good in JavaScript, while Python's also stands before a last line end."""
    end = "$" if flags & re.MULTILINE else r"\Z"

    def replaced(match: re.Match[str]) -> str:
        if match["back"]:
            return f"(?P={match['back']})"
        if match["name"]:
            return f"(?P<{match['name']}>"
        if match["any"]:
            return r"[\s\S]"
        return end if match["end"] else match[0]

    return _TOKEN.sub(replaced, body)
