"""Looking for a text in every byte of an image: all layers and the configuration, as `docker save` gives them."""

from __future__ import annotations

import subprocess

BLOCK = 1 << 20


def occurrences(image: str, texts: list[bytes]) -> dict[bytes, int]:
    """How often each text is in an image."""
    found = dict.fromkeys(texts, 0)
    overlap = max(map(len, texts)) - 1
    with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saving:
        assert saving.stdout is not None
        rest = b""
        while block := saving.stdout.read(BLOCK):
            window = rest + block
            for text in texts:
                # What lies wholly in the part seen before was counted then.
                found[text] += window.count(text) - rest.count(text)
            rest = window[-overlap:]
    assert saving.returncode == 0
    return found
