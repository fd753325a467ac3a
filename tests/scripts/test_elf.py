from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from base_image.elf import HEADER, PROGRAM_HEADER, PT_LOAD, strip

JUNK = b"\xa5" * 40_000
CODE, DATA = b"\x90" * 5000, b"\x42" * 600


def patched_elf() -> bytes:
    """A program as patchelf leaves it: code, then symbols that are never mapped, then a segment that is."""
    load = [(PT_LOAD, 5, 0, 0, 0, 5000, 5000, 0x1000), (PT_LOAD, 6, 0xB000, 0x9000, 0x9000, 600, 900, 0x1000)]
    dynamic = (2, 6, 0xB000 + 64, 0x9000 + 64, 0x9000 + 64, 16, 16, 8)
    stack = (0x6474E551, 6, 0, 0, 0, 0, 0, 16)
    table = b"".join(PROGRAM_HEADER.pack(*row) for row in (*load, dynamic, stack))
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header = HEADER.pack(ident, 3, 62, 1, 0x100, HEADER.size, 0xC000, 0, 64, 56, 4, 64, 9, 8)
    front = (header + table + CODE)[:5000]
    return (front + JUNK)[:0xB000].ljust(0xB000, b"\xa5") + DATA + b"section headers"


def program_headers(elf: bytes) -> list[tuple[int, ...]]:
    return [PROGRAM_HEADER.unpack_from(elf, 64 + 56 * index) for index in range(4)]


def test_what_is_never_mapped_is_gone_although_it_lay_in_the_middle() -> None:
    small = strip(patched_elf())
    assert len(small) == 0x2000 + 600
    assert JUNK[:100] not in small
    assert small.endswith(DATA)


def test_each_segment_keeps_its_address_and_an_offset_that_fits_its_page() -> None:
    first, second, dynamic, stack = program_headers(strip(patched_elf()))
    assert first[2:4] == (0, 0)
    assert second[2:4] == (0x2000, 0x9000)
    assert (second[2] - second[3]) % 0x1000 == 0
    assert dynamic[2:4] == (0x2000 + 64, 0x9000 + 64)
    assert stack[2] == 0


def test_the_header_no_longer_names_sections() -> None:
    header = HEADER.unpack_from(strip(patched_elf()))
    assert (header[6], header[12], header[13]) == (0, 0, 0)


def test_stripping_twice_changes_nothing_more() -> None:
    once = strip(patched_elf())
    assert strip(once) == once


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF\x01\x01 32 bits", b"\x7fELF\x02\x02 big endian"])
def test_anything_else_comes_back_as_it_is(content: bytes) -> None:
    assert strip(content) == content


def test_a_real_program_still_runs(tmp_path: Path) -> None:
    ls = shutil.which("ls")
    assert ls is not None
    small = tmp_path / "ls"
    small.write_bytes(strip(Path(ls).read_bytes()))
    small.chmod(0o755)
    done = subprocess.run([small, "--version"], capture_output=True, text=True, check=True)
    assert "coreutils" in done.stdout


def test_a_cut_off_program_is_an_error_and_not_a_wrong_program() -> None:
    with pytest.raises(struct.error):
        strip(patched_elf()[:100])
