"""What crosses a file boundary cannot be changed on the way."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil

import seatrial.env


def dataclasses_of_the_package() -> dict[str, type]:
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(seatrial.env.__path__, "seatrial.env."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                found[name] = value
    return found


def test_every_value_is_frozen_and_slotted() -> None:
    found = dataclasses_of_the_package()
    assert len(found) > 20
    assert [name for name, each in found.items() if not hasattr(each, "__slots__")] == []
    open_to_change = [name for name, each in found.items() if not each.__dataclass_params__.frozen]  # type: ignore[attr-defined]
    assert open_to_change == ["Known"]  # what lint remembers from line to line
