"""Compose's configuration hashes of a model. The same Compose gives the same model the same ones: they are kept."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from seatrial import kept, places, plugin
from seatrial.engine import translate
from seatrial.engine.ask import ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seatrial.stack import Stack


def hashes(stack: Stack) -> Mapping[str, str]:
    """By service. Raises `RunFailed`."""
    file = places.cache() / "hashes" / f"{stack.name}.json"
    identity = _identity(stack)
    known = _recalled(file, identity) if identity else None
    if known is not None:
        return known
    found = _asked(stack)
    if identity:
        with suppress(OSError):  # a disk that does not let us is no reason to fail
            kept.save(file, {"model": identity, "hashes": found})
    return found


def _identity(stack: Stack) -> str:
    """A digest of the model and of the program that hashes it; "" where only docker knows which one that is."""
    path = plugin.compose(os.environ)
    if not path:
        return ""
    program = os.stat(path)  # noqa: PTH116  a plain text
    whole = f"{path}\0{program.st_mtime_ns}\0{program.st_size}\0{stack.name}\0{stack.resolved}"
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _recalled(file: Path, identity: str) -> dict[str, str] | None:
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        record = kept.load(file)
        if record["model"] == identity:
            return {str(name): str(text) for name, text in record["hashes"].items()}
    return None


def _asked(stack: Stack) -> dict[str, str]:
    # Compose up to 5.4 leaves env_file out of `config --hash`; the resolved model fed back gives the label's hash.
    # The model holds active services only, some by the COMPOSE_PROFILES of an env file that is not read here.
    done = ask(
        ["compose", "-p", stack.name, "-f", "-", "--profile", "*", "config", "--hash", "*"], stdin=plain_builds(stack)
    )
    if done.returncode:
        raise translate.failure(done.stderr, doing="hash the services")
    pairs = (line.split() for line in done.stdout.splitlines())
    return {words[0]: words[1] for words in pairs if len(words) == 2}


def plain_builds(stack: Stack) -> str:
    """The model without contexts that other services build: the hash leaves out the build, and one may be inactive."""
    if '"service:' not in stack.resolved:
        return stack.resolved
    model = json.loads(stack.resolved)
    for service in model["services"].values():
        ((service or {}).get("build") or {}).pop("additional_contexts", None)
    return json.dumps(model)
