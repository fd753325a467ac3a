"""What `env.init` and `env.docs` would write, as plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.env.document import is_current
from seatrial.env.files import read, read_schema
from seatrial.lifecycle.plan import KEEP, Plan, Step

if TYPE_CHECKING:
    from pathlib import Path


def plan_init(schema: Path, target: Path) -> Plan:
    """A step for each variable of the schema: it is added to the env file, filled where it is empty, or kept."""
    file = read(target, target.name) if target.exists() else None
    steps = []
    for item in read_schema(schema, schema.name).schema.items:
        written = [s for s in file.statements if s.key == item.key and s.fault is None] if file else []
        if not written:
            steps.append(Step("add", item.key, f"not in {target.name}"))
        elif item.required and not written[-1].value and not written[-1].inherits:
            steps.append(Step("fill", item.key, "required and empty"))
        else:
            steps.append(Step(KEEP, item.key, f"line {written[-1].line}"))
    return Plan(tuple(steps))


def plan_first_schema(example: Path, target: Path) -> Plan:
    """One step: the schema is written, or kept because there is one."""
    if target.exists() or target.is_symlink():
        return Plan((Step(KEEP, str(target), "there is a schema already"),))
    return Plan((Step("write", str(target), f"made out of {example.name}"),))


def plan_docs(target: Path, page: str) -> Plan:
    """One step: the page is written, or kept because it says the same."""
    if is_current(target, page):
        return Plan((Step(KEEP, str(target), "up to date"),))
    return Plan((Step("write", str(target), "not what the schema says" if target.exists() else "not there"),))
