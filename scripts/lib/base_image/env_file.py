"""Reads and records single settings in env/.env, keeping every other byte. The decisions are pure; `record` writes.

Values are read as Compose reads them: `export` is allowed, quotes are taken off, a quoted value may have several lines,
and the last assignment of a name wins.
"""

from __future__ import annotations

import fcntl
import os

from paths import write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NEW_FILE = "# Settings of this machine. Not in git. What may stand here is in .env.schema.\n"


def read_setting(text: str, name: str) -> str | None:
    """The value of `name`; None where it is not assigned."""
    found = None
    for key, start, end in _assignments(text):
        if key == name:
            found = _plain(text[start:end])
    return found


def with_setting(text: str, name: str, value: str) -> str:
    """The text with `name` assigned: the last assignment's value changed in its place, or a line added at the end."""
    value = _quoted(value)
    spans = [(start, end) for key, start, end in _assignments(text) if key == name]
    if spans:
        start, end = spans[-1]
        return text[:start] + value + text[end:]
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{name}={value}{newline}"


def record(path: str, decide: Callable[[str], Mapping[str, str]]) -> Mapping[str, str]:
    """Write, and give, the settings that `decide` gives for the present text. Safe with two at once."""
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(path, "rb") as file:
                old, mode = file.read(), os.fstat(file.fileno()).st_mode & 0o777
        except FileNotFoundError:
            old, mode = NEW_FILE.encode(), 0o600
        text = old.decode("utf-8", "surrogateescape")
        settings = decide(text)
        for name, value in settings.items():
            text = with_setting(text, name, value)
        if text.encode("utf-8", "surrogateescape") != old:
            _replace(path, text.encode("utf-8", "surrogateescape"), mode)
        return settings
    finally:
        os.close(lock)


def _replace(path: str, content: bytes, mode: int) -> None:
    """As root, the file stays (or becomes) the checkout's owner's, who has to read it."""
    owner = os.stat(path if os.path.exists(path) else os.path.dirname(path))
    write_atomically(path, content, mode, (owner.st_uid, owner.st_gid) if os.geteuid() == 0 else None)


def _assignments(text: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each value, quotes included; a trailing comment and white space are outside."""
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        name, equals, rest = line.partition("=")
        name = name.strip().removeprefix("\ufeff").removeprefix("export ").strip()
        if equals and name and not name.startswith("#") and " " not in name:
            start = position + line.index("=") + 1 + len(rest) - len(rest.lstrip(" \t"))
            stop = _end_of_value(text, start, end)
            yield name, start, stop
            end = max(end, text.find("\n", stop) if "\n" in text[stop:] else len(text))
        position = end + 1


def _end_of_value(text: str, start: int, end: int) -> int:
    quote = text[start : start + 1]
    if quote in ("'", '"') and quote:
        at = start + 1
        while at < len(text) and text[at] != quote:
            at += 2 if text[at] == "\\" and quote == '"' else 1
        if at < len(text):
            return at + 1
    value = text[start:end]
    comment = value.find(" #")
    return start + len((value if comment < 0 else value[:comment]).rstrip())


def _quoted(value: str) -> str:
    """Quotes only where they are needed. Single quotes keep `$` and blanks as they are."""
    return value if all(sign.isalnum() or sign in "-_./:@+," for sign in value) else f"'{value}'"


def _plain(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0] else value
