"""What was written to a service, and what was found again. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

ACCEPTED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Write:
    """One write.

    Attributes:
        id: a text that is used for nothing else.
        done_ns: when the answer was whole, or the error was seen.
        status: None without an answer: then it may have been taken or not, and both are right.
    """

    id: str
    sent_ns: int
    done_ns: int
    status: int | None = None
    error: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether the service has promised to keep it."""
        return self.status in ACCEPTED


@dataclass(frozen=True, slots=True)
class Found:
    """The last look at what the service has kept.

    Attributes:
        counts: by id how often it is there.
        error: why it could not be read; "" when it could.
    """

    at_ns: int
    counts: dict[str, int]
    error: str = ""
