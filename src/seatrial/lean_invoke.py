"""Invoke, without what it loads for nothing: import this before the first `import invoke`.

Invoke 3 loads `unittest.mock` for its MockContext, and with it asyncio and ssl; and its own copy of PyYAML loads an
installed PyYAML to see whether it has the C library, which Invoke does not use. Together that is a quarter of the time
of `import invoke`, at every command. What is put in their places lasts for that one import.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def _mock(*args: Any, **kwargs: Any) -> Any:
    """The real one, when it is made: MockContext is what it is."""
    from unittest.mock import Mock

    return Mock(*args, **kwargs)


@contextmanager
def _in_place_of(stand_ins: dict[str, ModuleType | None]) -> Iterator[None]:
    missing = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(missing)  # type: ignore[arg-type]  # None says that there is none
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)


_mocks = ModuleType("unittest.mock")
_mocks.Mock = _mock  # type: ignore[attr-defined]
with _in_place_of({"unittest.mock": _mocks, "yaml._yaml": None}):
    import invoke  # noqa: F401
