"""How the environment's results are shown: names, places and rules; a value only where the schema says `@public`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.env.known import is_secret
from seatrial.env.problem import Severity, errors
from seatrial.env.secret import REDACTED
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seatrial.env.cache import Remembered
    from seatrial.env.diff import Difference
    from seatrial.env.examination import Examination
    from seatrial.env.explain import Explanation
    from seatrial.env.init import Result
    from seatrial.env.problem import Problem
    from seatrial.env.schema import Item

FAILED = 1
USAGE = 2
JSON_VERSION = 1
_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def problem_json(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity.value,
        "file": problem.file,
        "line": problem.line,
        "variable": problem.key,
        "rule": problem.rule,
        "message": problem.message,
        "fix": problem.fix,
    }


def problems(found: Iterable[Problem], items: dict[str, Item] | None = None) -> None:
    """A block for each, with what the schema says about the variable."""
    for problem in found:
        terminal.talk(f"{_MARKS[problem.severity]}: {problem}")
        item = (items or {}).get(problem.key or "")
        if item and problem.severity is Severity.ERROR:
            for line in _about(item):
                terminal.talk(f"  {line}")
        for line in problem.fix.splitlines():
            terminal.talk(f"  fix: {line}")


def _about(item: Item) -> list[str]:
    lines = item.description.splitlines()
    lines += [f"{link.title}: {link.url}" if link.title else link.url for link in item.links]
    return [*lines, *([f"example: {item.example}"] if item.example else [])]


def check(found: Examination, *, as_json: bool) -> int:
    """Every problem; 2 when one of them stops a start."""
    wrong = errors(found.problems)
    if as_json:
        terminal.show_json(check_json(found))
    items = found.schema.by_key() if found.schema else {}
    problems(found.problems, items)
    checked = f"{len(items)} variables" if found.schema else f"{len(found.references.names)} variables, no schema:"
    if not found.schema:
        terminal.talk("no .env.schema: only what the compose files demand and what env files say was checked")
    warned = len(found.problems) - len(wrong)
    result = f"{len(wrong)} errors, {warned} warnings" if wrong or warned else "in order"
    terminal.talk(f"{checked} checked: {result}")
    return USAGE if wrong else DONE


def remembered(found: Remembered) -> int:
    """What was found the last time, when nothing has changed."""
    problems(found.problems)
    terminal.talk(f"{found.variables} variables checked: nothing has changed since they were found in order")
    return DONE


def check_json(found: Examination) -> dict[str, Any]:
    """`services`: what each container would get. A secret value is `[REDACTED]`, what is not set is absent."""

    def shown(name: str, text: str) -> str:
        return REDACTED if text and is_secret(name, found.schema) else text

    return {
        "version": JSON_VERSION,
        "sound": found.sound,
        "schema": found.schema.file if found.schema else None,
        "problems": [problem_json(p) for p in found.problems],
        "variables": {n: None if s is None else shown(n, s.reveal()) for n, s in sorted(found.values.items())},
        "services": {
            service: {name: shown(name, secret.reveal()) for name, secret in sorted(env.items())}
            for service, env in found.contained.items()
        },
    }


def init(result: Result, *, as_json: bool) -> int:
    """What `env.init` wrote: names only, never a value. A value that only a person knows is no failure."""
    code = USAGE if errors(result.problems) else DONE
    if as_json:
        terminal.show_json({
            "version": JSON_VERSION,
            "file": str(result.path),
            "created": result.created,
            "changed": result.changed,
            "added": list(result.added),
            "filled": list(result.filled),
            "missing": list(result.missing),
            "problems": [problem_json(p) for p in result.problems],
        })  # fmt: skip
    problems(result.problems)
    if code == DONE:
        _told(result)
    return code


def _told(result: Result) -> None:
    done = "wrote" if result.created else "completed" if result.changed else "nothing to add to"
    names = ", ".join((*result.added, *result.filled))
    terminal.talk(f"{done} {result.path}" + (f": {names}" if names else ""))
    if result.missing:
        terminal.talk(f"still without a value, and required: {', '.join(result.missing)}")
        terminal.talk(f"  fix: write them into {result.path}, or run env.init at a terminal")


def explanation(told: Explanation, *, as_json: bool) -> int:
    if as_json:
        terminal.show_json({
            "version": JSON_VERSION,
            "variable": told.name,
            "declared": told.item is not None,
            "sources": [{"place": s.place, "value": s.text, "counts": s.counts} for s in told.sources],
            "services": [{"service": r.service, "value": r.text, "source": r.source} for r in told.services],
            "uses": list(told.uses),
        })  # fmt: skip
        return DONE
    for line in _explanation_lines(told):
        terminal.show(line)
    return DONE


def _explanation_lines(told: Explanation) -> Iterable[str]:
    secrecy = "" if told.item is None else " (secret)" if told.item.sensitive else " (public)"
    yield f"{told.name}{secrecy}" + ("" if told.item else ": not declared in a schema")
    if told.item and told.item.description:
        yield from (f"  {line}" for line in told.item.description.splitlines())
    yield f"${{{told.name}}} in compose files, highest source first:" if told.sources else "no source gives it a value"
    for source in told.sources:
        mark = "*" if source.counts else " "
        yield f" {mark} {source.place}" + ("" if source.text is None else f": {source.text or '(empty)'}")
    yield "what the services get:" if told.services else "no service gets it by this name"
    for reception in told.services:
        yield f"   {reception.service}: {reception.text or '(empty)'} from {reception.source}"
    for place in told.uses:
        yield f"   used at {place}"


def difference(found: Difference, *, as_json: bool) -> int:
    if as_json:
        terminal.show_json({
            "version": JSON_VERSION,
            "not_in_file": list(found.not_in_file),
            "not_in_schema": list(found.not_in_schema),
            "outdated": [
                {"service": m.service, "container": m.container, "changed": list(m.changed), "missing": list(m.missing)}
                for m in found.outdated
            ],
            "recreate": list(found.recreate),
        })  # fmt: skip
        return DONE
    if found.not_in_file:
        terminal.show(f"in the schema, not in the env file: {', '.join(found.not_in_file)}")
    if found.not_in_schema:
        terminal.show(f"in the env file, not in the schema: {', '.join(found.not_in_schema)}")
    for mismatch in found.outdated:
        terminal.show(str(mismatch))
    if found.recreate:
        terminal.show(f"`up` recreates: {', '.join(found.recreate)}")
    if not (found.not_in_file or found.not_in_schema or found.outdated):
        terminal.show("no difference")
    return DONE


def text(page: str) -> int:
    terminal.show(page.rstrip("\n"))
    return DONE


def written(target: Path, *, changed: bool) -> int:
    terminal.talk(f"wrote {target}" if changed else f"{target} is up to date")
    return DONE


def docs_checked(page: str, target: Path) -> int:
    if target.is_file() and target.read_text(encoding="utf-8") == page:
        terminal.talk(f"{target} is up to date")
        return DONE
    state = "is not what the schema says" if target.exists() else "does not exist"
    terminal.talk(f"error: {target} {state}\n  fix: env.docs --output {target}")
    return FAILED
