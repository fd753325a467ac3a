"""Do the engine's clock and ours agree?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.doctor.finding import Finding, failure, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.doctor.docker.info import Info

_MUCH_S, _TOO_MUCH_S = 2.0, 120.0
_WHY = "tokens and certificates expire too early, builds take old files for new ones, times in logs do not fit together"
_FIX = (
    "set the clock of the engine's machine: restart Docker Desktop or its virtual machine; `wsl --shutdown` under WSL;"
    " `timedatectl set-ntp true` on a server"
)


def judge(info: Info) -> Iterator[Finding]:
    beyond = max(abs(info.clock_s) - info.clock_error_s, 0.0)
    told = f"the engine's clock is {abs(info.clock_s):.1f} s {'ahead of' if info.clock_s > 0 else 'behind'} ours"
    if beyond < _MUCH_S:
        yield ok(f"the engine's clock and ours agree within {max(beyond, info.clock_error_s):.2f} s")
    elif beyond < _TOO_MUCH_S:
        yield warning(told, why=_WHY, fix=_FIX)
    else:
        yield failure(told, why=_WHY, fix=_FIX)
