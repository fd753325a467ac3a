"""What crosses a file boundary cannot be changed on the way."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil

import seatrial.env


def dataclasses_of_the_package() -> dict[str, type]:
    modules = (module.name for module in pkgutil.walk_packages(seatrial.env.__path__, "seatrial.env."))
    values = (item for module in modules for item in vars(importlib.import_module(module)).items())
    return {name: value for name, value in values if isinstance(value, type) and dataclasses.is_dataclass(value)}


def test_every_value_is_frozen_and_slotted() -> None:
    found = dataclasses_of_the_package()
    assert len(found) > 20
    assert [name for name, each in found.items() if not hasattr(each, "__slots__")] == []
    open_to_change = [name for name, each in found.items() if not each.__dataclass_params__.frozen]  # type: ignore[attr-defined]
    assert open_to_change == ["Known"]  # what lint remembers from line to line
