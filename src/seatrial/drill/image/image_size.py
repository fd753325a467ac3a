"""Is an image within its budget, and which of its layers are to blame? Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.verdict import Cause, Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.recording import Recording
    from seatrial.engine.images import Image, Layer

DEFAULT_BYTES = 300_000_000
MB = 1e6
_NEAR = 0.8
# Layers are blamed from this share of the image on, at most so many.
_SHARE, _BLAMED = 0.05, 4
_INSTRUCTION_LENGTH = 100


def budget_of(recording: Recording) -> int:
    """In bytes: declared, or the default."""
    return recording.subject.extension.budgets.image_bytes or DEFAULT_BYTES


def size_findings(recording: Recording, image: Image) -> Iterator[Finding]:
    """Above it a failure; near the default one, which nobody chose, a warning."""
    budget = budget_of(recording)
    too_big = image.size > budget
    # Who declares a budget of his own may have it tight.
    declared = recording.subject.extension.budgets.image_bytes is not None
    if not too_big and (declared or image.size <= _NEAR * budget):
        return
    blamed = sorted((layer for layer in image.layers if layer.size > _SHARE * image.size), key=lambda one: -one.size)
    evidence = tuple(f"{layer.size / MB:.0f} MB  {_made_by(layer)}" for layer in blamed[:_BLAMED])
    fix = (
        "a smaller base image (alpine, slim, distroless)"
        if blamed == [image.layers[-1]]
        else "a smaller base image, build tools in a stage of their own, caches removed in the RUN that made them"
    )
    if too_big:
        fix += "; or set x-seatrial: {budgets: {image: ...}}"
    text = f"{image.size / MB:.0f} MB is {'above' if too_big else 'near'} its budget of {budget / MB:.0f} MB"
    yield Finding(Grade.FAIL if too_big else Grade.WARN, text, Cause(causes.IMAGE_TOO_BIG, fix, evidence))


def _made_by(layer: Layer) -> str:
    text = layer.made_by.replace("/bin/sh -c #(nop) ", "").replace(" # buildkit", "").strip()
    text = " ".join(text.replace("/bin/sh -c ", "", 1).split())
    return text if len(text) <= _INSTRUCTION_LENGTH else f"{text[:_INSTRUCTION_LENGTH]}..."
