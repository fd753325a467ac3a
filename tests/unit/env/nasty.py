"""Random env files out of the pieces that made readers differ."""
# ruff: noqa: E501  tables stay tables

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

TOKENS = (
    "a", "b", "Z9", "_", " ", "  ", "\t", "#", " #", "# ", "=", ":", "'", '"', "\\", "\\\\", "\\n", "\\'", '\\"', "$", "$$",
    "${A}", "$A", "${A:-x}", "${NOPEQ}", "$NOPEQ", "${A-", "}", "{", "`", ",", ";", "é", "\n", "\r\n", "export ", "K=", "L=",
    "A=", "\\$", "\\0101", "\\x41", "/", "-", ".", "[", "]", "\u00a0", "\\t", "\\a", "C:\\new", "${A:?e}", "${A:+y}", "${",
    "()", "%", "&", "|",
)  # fmt: skip


def env_file(source: Random) -> str:
    """Three lines, the middle one nasty."""
    line = "".join(source.choice(TOKENS) for _ in range(source.randint(1, 7)))
    return f"A=file\n{'' if source.random() < 0.3 else 'K='}{line}\nL=x\n"
