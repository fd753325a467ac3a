"""The cheap questions of `ensure`: what is recorded, and does the engine have it? Nothing slow is imported here."""

from __future__ import annotations

from engine_host.http import Answer, get

TYPE_CHECKING = False
if TYPE_CHECKING:
    from engine_host.endpoint import Endpoint


def image_answer(endpoint: Endpoint, quoted_name: str) -> Answer:
    """The engine's answer about one image: state `answers` where it has it, status 404 where it has not."""
    return get(endpoint, f"/images/{quoted_name}/json", limit_s=20)
