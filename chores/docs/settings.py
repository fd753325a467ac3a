"""`docs/reference/settings.md`, from the settings' defaults and the options of the pytest plugin."""

from typing import Any

from seatrial import pytest_plugin
from seatrial.settings import DEFAULTS, HELP

HEAD = """\
# Settings

Written by `inv docs` from the code. Flags of a call win over variables, these over `tasks.py`.

## Of a project

In `tasks.py`, `Collection.from_module(seatrial, config={"seatrial": {...}})`; or in Invoke's own
[configuration files](https://docs.pyinvoke.org/en/stable/concepts/configuration.html). Lists cannot be given
as variables; `COMPOSE_FILE` and `COMPOSE_PROFILES` mean what they mean to Compose.

| setting | default | variable | |
|---|---|---|---|
"""
PYTEST = """
## Of the pytest plugin

[In tests](../drills.md#in-tests) tells how it is used.

| in pytest's file | default | |
|---|---|---|
"""
OPTIONS = """
| option | |
|---|---|
"""


class Recorder:
    """Stands in for pytest's parser, and keeps what the plugin adds."""

    def __init__(self) -> None:
        self.ini: list[tuple[str, str, Any]] = []
        self.options: list[tuple[str, str]] = []

    def getgroup(self, *_: str) -> "Recorder":
        return self

    def addini(self, name: str, text: str, _kind: str | None = None, default: Any = None) -> None:
        self.ini.append((name, text, default))

    def addoption(self, name: str, **more: Any) -> None:
        self.options.append((f"{name} {more['metavar']}" if "metavar" in more else name, more["help"]))


def page() -> str:
    rows = [
        f"| `{name}` | `{default!r}` | {_variable(name, default)} | {HELP[name]} |"
        for name, default in DEFAULTS.items()
    ]
    recorded = Recorder()
    pytest_plugin.pytest_addoption(recorded)  # type: ignore[arg-type]
    ini = [f"| `{name}` | {f'`{default}`' if default else ''} | {text} |" for name, text, default in recorded.ini]
    options = [f"| `{name}` | {text} |" for name, text in recorded.options]
    return HEAD + "\n".join(rows) + "\n" + PYTEST + "\n".join(ini) + "\n" + OPTIONS + "\n".join(options) + "\n"


def _variable(name: str, default: Any) -> str:
    return "" if isinstance(default, list) else f"`INVOKE_SEATRIAL_{name.upper()}`"
