"""What `docker logs --timestamps` prints, as the lines that the program wrote."""

from __future__ import annotations

from seatrial.engine.log_stream import PIECE, log_lines
from seatrial.engine.observed import LogLine

A, B = "2026-11-22T10:00:00.1Z", "2026-11-22T10:00:00.123456789Z"
A9 = "2026-11-22T10:00:00.100000000Z"


def read(*lines: str) -> list[LogLine]:
    return list(log_lines(line.encode() for line in lines))


def pieces(stamp: str, text: str) -> str:
    """A line as the engine prints it; it is cut by bytes, also in the middle of a letter."""
    whole = text.encode()
    cut = [whole[at : at + PIECE] for at in range(0, len(whole), PIECE)] or [b""]
    cut += [b""] if len(whole) % PIECE == 0 and whole else []
    return b"".join(stamp.encode() + b" " + piece for piece in cut).decode("latin-1") + "\n"


def test_times_sort_as_text_though_the_engine_drops_zeros() -> None:
    early, late = read(f"{A} a\n", f"{B} b\n")
    assert early == LogLine(A9, "a")
    assert early.time < late.time


def test_a_line_keeps_its_leading_blanks_may_be_empty_and_may_be_a_progress_bar() -> None:
    assert [line.text for line in read(f"{A}   indented \n", f"{A} \n", f"{A} 1%\r100%\r\n")] == [
        "  indented ", "", "1%\r100%",
    ]  # fmt: skip


def test_words_of_the_client_have_no_time() -> None:
    assert read("Error response from daemon: no\n", "\n") == [
        LogLine("", "Error response from daemon: no"), LogLine("", ""),
    ]  # fmt: skip


def test_a_long_line_is_whole_whatever_its_length() -> None:
    for length in (1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 3):
        for letter in ("x", "é"):
            (line,) = log_lines([pieces(A, letter * length).encode("latin-1")])
            assert line == LogLine(A9, letter * length)


def test_lines_of_the_other_stream_may_come_between_the_pieces() -> None:
    first, rest = f"{A} {'x' * PIECE}", f"{A} end\n"
    other, long = read(f"{first}{B} error\n", rest)
    assert (other.text, long.text) == ("error", "x" * PIECE + "end")


def test_what_looks_like_a_time_elsewhere_is_the_programs() -> None:
    text = f"{'x' * 100}{A} {'y' * PIECE}"
    assert read(f"{A} {'x' * 100}{A} y\n")[0].text == f"{'x' * 100}{A} y"
    (line,) = log_lines([pieces(B, text).encode("latin-1")])
    assert line.text == text


def test_a_log_that_breaks_off_keeps_what_it_had() -> None:
    assert read(f"{A} {'x' * PIECE}{A} y")[0].text == "x" * PIECE + "y"
