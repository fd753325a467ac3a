"""Finds the description of a variable that stands in an env file without it, because somebody deleted its line."""

from collections.abc import Sequence

from seatrial.env_syntax.scan import statements


def below(text: str, description: Sequence[str], notes: Sequence[str]) -> int | None:
    """Where the line of the variable belongs: behind `description` and those of `notes` that follow it.

    None where the description is not there, not alone (another line that says something follows, or a comment comes
    before, so that it may be a part of that), there more than once, or inside of a value of several lines.
    """
    values = [(statement.start, statement.start + len(statement.raw)) for statement in statements(text)]
    lines = text.splitlines(keepends=True)
    said = [line.strip() for line in lines]
    starts = [at for at in range(len(said)) if said[at : at + len(description)] == list(description)]
    if not description or len(starts) != 1:
        return None
    end = starts[0] + len(description)
    while end < len(said) and said[end] in notes:
        end += 1
    before = said[starts[0] - 1] if starts[0] else ""
    after = said[end] if end < len(said) else ""
    offset = sum(map(len, lines[:end]))
    inside = any(first < offset < last for first, last in values)
    return None if before.startswith("#") or after or inside or not lines[end - 1].endswith("\n") else offset
