"""Where, when and with what a run of drills was made: what somebody who was not there has to know."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Provenance:
    """One run.

    Attributes:
        command: as it was typed.
        began: RFC 3339, with the offset of the machine's zone.
        seconds: how long it took.
        versions: by what (`seatrial`, `engine`, ...), as each tells them.
        machine: in words: system, processor, memory; no names.
        busy: runnable processes for each processor in the minute before; None where the system does not tell.
    """

    command: str = ""
    began: str = ""
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    machine: str = ""
    busy: float | None = None
