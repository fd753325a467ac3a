"""The libraries of a program are what the machine's linker says."""

from __future__ import annotations

from seatrial.engine.inside.own_image import libraries_of


def test_libraries_and_the_linker_itself_are_taken_and_the_kernels_page_is_not() -> None:
    listing = """\
\tlinux-vdso.so.1 (0x00007ffd5d9f2000)
\tlibselinux.so.1 => /lib/x86_64-linux-gnu/libselinux.so.1 (0x00007f4c5a2a5000)
\tlibc.so.6 => /nix/store/x-glibc-2.40/lib/libc.so.6 (0x00007f4c5a0c4000)
\tlibgone.so.1 => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007f4c5a2f6000)
"""
    assert libraries_of(listing) == (
        "/lib/x86_64-linux-gnu/libselinux.so.1",
        "/nix/store/x-glibc-2.40/lib/libc.so.6",
        "/lib64/ld-linux-x86-64.so.2",
    )


def test_musl_names_its_linker_twice() -> None:
    listing = "\t/lib/ld-musl-x86_64.so.1 (0x7f1)\n\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f1)\n"
    assert set(libraries_of(listing)) == {"/lib/ld-musl-x86_64.so.1"}


def test_a_static_program_needs_none() -> None:
    assert libraries_of("\tnot a dynamic executable\n") == ()
