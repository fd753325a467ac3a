"""Bytes of an env file or schema to text, or the one reason why they are not such a text."""

from dataclasses import dataclass, field

from seatrial.env.problem import Problem

_BOM = "\ufeff"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BINARY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Decoded:
    """Either `text` (a byte order mark removed, line ends as they are) or the `problem` that prevents it."""

    text: str = field(repr=False)
    problem: Problem | None = None


def decoded(data: bytes, file: str) -> Decoded:
    """Decode an env file the way Compose means it: UTF-8, LF or CRLF, no NUL. At most one problem comes back."""
    if data.startswith(_UTF16_MARKS) or _looks_like_utf16(data):
        return _refused(file, 1, "Utf16", "the file is UTF-16, as PowerShell's `>` writes it, not UTF-8", _SAVE)
    try:
        text = data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start, file)
    if (position := text.find("\0")) >= 0:
        message = "the file has a NUL byte, which no environment can hold"
        return _refused(file, _line(text, position), "NulByte", message, "remove it")
    if (position := _lone_carriage_return(text)) >= 0:
        message = "a carriage return without a line feed: Compose keeps it in the value, others end the line there"
        return _refused(file, _line(text, position), "CrOnly", message, _SAVE)
    return Decoded(text)


_SAVE = "save the file as UTF-8 with LF line ends"


def _refused(file: str, line: int, rule: str, message: str, fix: str) -> Decoded:
    return Decoded("", Problem(file, line, None, rule, message, fix))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _looks_like_utf16(data: bytes) -> bool:
    """UTF-16 text without a mark: every other byte of what is mostly ASCII is NUL."""
    sample = data[:1000]
    even, odd = sample[0::2], sample[1::2]
    return len(sample) >= 4 and any(
        half.count(0) > 0.8 * len(half) and other.count(0) == 0 for half, other in ((even, odd), (odd, even))
    )


def _not_utf8(data: bytes, position: int, file: str) -> Decoded:
    line = data.count(b"\n", 0, position) + 1
    sample = data[:4096]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in sample)
    if controls > _BINARY_SHARE * len(sample):
        return _refused(file, line, "NotUtf8", "the file is binary data, not text", "point to the right file")
    message = "a character that is not UTF-8: Compose would replace it by U+FFFD without a word"
    return _refused(file, line, "NotUtf8", message, _SAVE)


def _lone_carriage_return(text: str) -> int:
    """Position of the first CR that is neither part of CRLF nor the end of the text, or -1."""
    if text.count("\r") == text.count("\r\n"):
        return -1
    position = text.find("\r")
    while position >= 0 and text[position + 1 : position + 2] in ("\n", ""):
        position = text.find("\r", position + 1)
    return position
