"""How the documentation of the variables is shown: as the page that it is, as JSON, or whether it is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.env.docs import written
from seatrial.env.schema import Template
from seatrial.env.types import described
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from seatrial.env.document import Documentation
    from seatrial.env.schema import Item

FAILED = 1
JSON_VERSION = 1


def page(told: Documentation, *, as_json: bool) -> int:
    if as_json:
        _json(told)
    else:
        terminal.show(told.page.rstrip("\n"))
    return DONE


def wrote(told: Documentation, target: Path, *, changed: bool, as_json: bool) -> int:
    if as_json:
        _json(told, page=target, current=True, changed=changed)
    terminal.talk(f"wrote {target}" if changed else f"{target} is up to date")
    return DONE


def checked(told: Documentation, target: Path, *, current: bool, as_json: bool) -> int:
    if as_json:
        _json(told, page=target, current=current)
    if current:
        terminal.talk(f"{target} is up to date")
        return DONE
    state = "is not what the schema says" if target.exists() else "does not exist"
    terminal.talk(f"error: {target} {state}\n  fix: env.docs --output {target}")
    return FAILED


def _json(told: Documentation, *, page: Path | None = None, current: bool | None = None, changed: bool = False) -> None:
    terminal.show_json({
        "version": JSON_VERSION,
        "schema": told.schema.file,
        "page": None if page is None else str(page),
        "current": current,
        "changed": changed,
        "variables": [_variable(item, told.used_by.get(item.key, ())) for item in told.schema.items],
    })  # fmt: skip


def _variable(item: Item, used_by: tuple[str, ...]) -> dict[str, Any]:
    """A default that is secret is not told, nor one that is made up each time."""
    text = written(item.initial) if isinstance(item.initial, Template) and not item.sensitive else None
    return {
        "name": item.key,
        "required": item.required,
        "secret": item.sensitive,
        "type": described(item.type),
        "default": text,
        "generated": item.made_up,
        "used_by": sorted(used_by),
        "description": item.description,
        "example": item.example,
        "deprecated": item.deprecated,
        "links": [{"title": link.title, "url": link.url} for link in item.links],
    }
