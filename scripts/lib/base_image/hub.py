"""One bounded try to pull the image from its registry."""

from __future__ import annotations

import select
import subprocess

from base_image.engine import Engine
from base_image.names import HUB_IMAGE
from process import child_group
from talk import doing, say

FIRST_WORD_S = 8.0
"""A registry that answers at all has said so by then; a firewall that swallows packets has not."""
WHOLE_S = 600.0


def pull(engine: Engine) -> bool:
    """Whether the engine has the registry's image now. Why not is said, once."""
    if engine.image(HUB_IMAGE) is not None:
        return True
    with doing(f"asking for {HUB_IMAGE}"):
        reason = _try(engine)
    if reason is not None:
        say(f"{HUB_IMAGE} cannot be pulled ({reason}): putting a stand-in together")
    return reason is None


def _try(engine: Engine) -> str | None:
    try:
        with child_group([engine.client or "docker", "pull", HUB_IMAGE], engine.environment, merged=True) as child:
            words = child.stdout
            if words is None or not select.select([words], [], [], FIRST_WORD_S)[0]:
                return f"no answer within {FIRST_WORD_S:g} s"
            said, _ = child.communicate(timeout=WHOLE_S)
    except subprocess.TimeoutExpired:
        return f"not done within {WHOLE_S:g} s"
    return None if child.returncode == 0 else (said.strip().splitlines() or ["no reason given"])[-1]
