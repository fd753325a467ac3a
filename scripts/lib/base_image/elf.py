"""A small `strip`: the same bytes on every machine, whatever binutils it has or lacks. Pure.

Keeps what the loader maps (the PT_LOAD segments), drops the rest: symbols, debug information, section headers.
Cutting the end off is not enough, because auditwheel puts new segments behind the symbols; so segments move
up in the file, each to the first offset that equals its address modulo its alignment (elf(5), p_align).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

PT_LOAD = 1
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")


@dataclass(frozen=True, slots=True)
class Segment:
    """One program header; offsets, addresses and sizes in bytes."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    file_size: int
    memory_size: int
    align: int


def strip(elf: bytes) -> bytes:
    """The same program or library without what is never mapped. What is not 64-bit ELF comes back as it is."""
    if elf[:6] != b"\x7fELF\x02\x01":
        return elf
    header = HEADER.unpack_from(elf)
    start, size, count = header[5], header[9], header[10]
    segments = [Segment(*PROGRAM_HEADER.unpack_from(elf, start + size * index)) for index in range(count)]
    moved = _move_up([segment for segment in segments if segment.kind == PT_LOAD and segment.file_size])
    if size != PROGRAM_HEADER.size or not moved or _place(start, moved) is None:
        return elf
    out = bytearray(max(offset + segment.file_size for segment, offset in moved))
    for segment, offset in moved:
        out[offset : offset + segment.file_size] = elf[segment.offset : segment.offset + segment.file_size]
    table = _place(start, moved) or 0
    for index, segment in enumerate(segments):
        there = _follow(segment, moved)
        PROGRAM_HEADER.pack_into(out, table + size * index, *_row(replace(segment, offset=there)))
    HEADER.pack_into(out, 0, *header[:5], table, 0, *header[7:11], 0, 0, 0)
    return bytes(out)


def _move_up(loads: list[Segment]) -> list[tuple[Segment, int]]:
    """Each segment with its new offset; the first stays at the front, since it holds the ELF header."""
    moved: list[tuple[Segment, int]] = []
    end = 0
    for segment in sorted(loads, key=lambda one: one.offset):
        step = max(segment.align, 1)
        offset = min(end + (segment.address - end) % step, segment.offset)
        moved.append((segment, offset))
        end = max(end, offset + segment.file_size)
    return moved if moved and moved[0][1] == 0 else []


def _place(offset: int, moved: list[tuple[Segment, int]]) -> int | None:
    """Where the byte at a file offset has gone; None where it is in no loaded segment."""
    for segment, there in moved:
        if segment.offset <= offset < segment.offset + segment.file_size:
            return offset - segment.offset + there
    return None


def _follow(segment: Segment, moved: list[tuple[Segment, int]]) -> int:
    """A program header's new offset: by its address, which says which loaded segment it lies in."""
    for load, there in moved:
        if segment.file_size and load.address <= segment.address < load.address + load.file_size:
            return segment.address - load.address + there
    return segment.offset if not segment.file_size else 0


def _row(segment: Segment) -> tuple[int, ...]:
    return (
        segment.kind,
        segment.flags,
        segment.offset,
        segment.address,
        segment.physical,
        segment.file_size,
        segment.memory_size,
        segment.align,
    )
