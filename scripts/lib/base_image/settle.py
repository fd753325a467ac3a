"""The slow way of `ensure`: get an image, and record it. One at a time for a person."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from base_image.certificates import build_ca_file
from base_image.choice import Keep, Make, Recorded, Wish, choose
from base_image.engine import Engine
from base_image.env_file import read_setting, record
from base_image.names import HUB_IMAGE, LABEL
from engine_host.endpoint import resolve_endpoint
from interrupts import end_tidily_on_sigterm
from paths import cache_folder, read_text
from talk import say


def settle(env_file: str, libc: str | None, tag: str | None, environment: Mapping[str, str]) -> str | None:
    """See to a base image and record it; the image, where the engine has it.

    One that cannot be had or does not work is not recorded.
    """
    end_tidily_on_sigterm()
    engine = Engine(resolve_endpoint(environment, read_text), environment)
    wish = Wish(libc, tag)
    with _locked(environment):
        recorded = look(env_file, engine, environment)
        decision = choose(recorded, wish)
        if isinstance(decision, Keep):
            image = recorded.image
            if decision.remark:
                say(decision.remark)
        else:
            image = _make(decision, engine, environment)
        _record(env_file, recorded, image, environment)
    return image if recorded.is_present or image != recorded.image else None


def look(env_file: str, engine: Engine, environment: Mapping[str, str]) -> Recorded:
    """What is recorded now, and whether the engine has it."""
    named = environment.get("BASE_IMAGE")
    image = named or read_setting(read_text(env_file) or "", "BASE_IMAGE") or None
    found = engine.image(image) if image else None
    label = found.labels.get(LABEL) if found else None
    return Recorded(image, "environment" if named else env_file, found is not None, label)


def _make(plan: Make, engine: Engine, environment: Mapping[str, str]) -> str:
    from base_image.hub import pull

    if plan.try_hub and pull(engine):
        return HUB_IMAGE
    there = engine.image(plan.tag)
    if there is None or there.labels.get(LABEL) != plan.libc:
        from base_image.assemble import assemble

        assemble(plan.libc, plan.tag, engine, environment)
    return plan.tag


def _record(env_file: str, before: Recorded, image: str | None, environment: Mapping[str, str]) -> None:
    """Write what is new. A choice that a person wrote into the file meanwhile stays."""
    ca_file = None if environment.get("BUILD_CA_FILE") else build_ca_file(environment)

    def decide(text: str) -> dict[str, str]:
        now = read_setting(text, "BASE_IMAGE") or None
        settings = {"BASE_IMAGE": image} if image and now != image and now == before.image else {}
        return settings | ({"BUILD_CA_FILE": ca_file} if ca_file and not read_setting(text, "BUILD_CA_FILE") else {})

    for name, value in record(env_file, decide).items():
        say(f"{name}={value} recorded in {env_file}")


@contextmanager
def _locked(environment: Mapping[str, str]) -> Iterator[None]:
    folder = cache_folder(environment)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "base-image.lock"), "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another scripts/base-image is at work: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
