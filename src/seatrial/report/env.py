"""How the environment's results are shown: names, places and rules; a value only where the schema says `@public`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.env.blocks import blocks, counted
from seatrial.env.problem import errors
from seatrial.errors import DONE
from seatrial.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.env.cache import Remembered
    from seatrial.env.diff import Difference
    from seatrial.env.examination import Examination
    from seatrial.env.explain import Explanation
    from seatrial.env.init import Result
    from seatrial.env.problem import Problem
    from seatrial.env.schema import Item

USAGE = 2
JSON_VERSION = 1


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


def problems(found: Iterable[Problem], items: Mapping[str, Item] | None = None) -> None:
    """A block for each variable, with what the schema says about it."""
    for line in blocks(found, items or {}):
        terminal.talk(line)


def check(found: Examination, *, as_json: bool) -> int:
    """Every problem; 2 when one of them stops a start."""
    if as_json:
        terminal.show_json(check_json(found))
    problems(found.problems, found.schema.by_key() if found.schema else {})
    if not found.schema:
        terminal.talk("no .env.schema: only what the compose files demand and what env files say was checked")
    checked = len(found.schema.keys if found.schema else found.references.names)
    terminal.talk(f"{_variables(checked)} checked: {counted(found.problems) or 'in order'}")
    return DONE if found.sound else USAGE


def remembered(found: Remembered, here: Iterable[Problem]) -> int:
    """What was found the last time, when nothing has changed, and what is `here` besides."""
    every = [*found.problems, *here]
    problems(every)
    terminal.talk(
        f"{_variables(found.variables)} checked: {counted(every) or 'in order'}, and nothing has changed since"
    )
    return DONE


def _variables(count: int) -> str:
    return "1 variable" if count == 1 else f"{count} variables"


def check_json(found: Examination) -> dict[str, Any]:
    """`services`: what each container would get. A secret value is `[REDACTED]`, what is not set is absent."""
    from seatrial.env.known import is_pasted, is_secret  # not needed to tell what is remembered
    from seatrial.env.secret import REDACTED

    def shown(name: str, text: str) -> str:
        return REDACTED if text and is_secret(name, found.schema) else text

    def named(name: str) -> str:
        return REDACTED if is_pasted(name, found.schema) else name

    return {
        "version": JSON_VERSION,
        "sound": found.sound,
        "schema": found.schema.file if found.schema else None,
        "problems": [problem_json(p) for p in found.problems],
        "variables": {named(n): None if s is None else shown(n, s.reveal()) for n, s in sorted(found.values.items())},
        "services": {
            service: {named(name): shown(name, secret.reveal()) for name, secret in sorted(env.items())}
            for service, env in found.contained.items()
        },
    }


def init(result: Result, *, as_json: bool) -> int:
    """What `env.init` wrote: names only, never a value. A value that only a person knows is no failure."""
    code = USAGE if errors(result.problems) else DONE
    _init_json(result, as_json=as_json)
    problems(result.problems)
    if code == DONE:
        _told(result)
    return code


def first_schema(result: Result, *, as_json: bool) -> int:
    """The schema that was made out of an example, and what to do with it."""
    _init_json(result, as_json=as_json)
    problems(result.problems)
    if errors(result.problems):
        return USAGE
    terminal.talk(f"wrote {result.path}: {_variables(len(result.added))}, all of them secret")
    terminal.talk("  next: mark with # @public what everybody may see, then run env.init")
    return DONE


def _init_json(result: Result, *, as_json: bool) -> None:
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
            "resolved": told.resolved,
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
        yield f" {mark} {source.place}" + ("" if source.text is None else f": {_readable(source.text)}")
    if not told.resolved:
        yield "what the services get is not known: Compose refuses the project (env.check says why)"
    else:
        yield "what the services get:" if told.services else "no service gets it by this name"
    for reception in told.services:
        got = "nothing," if reception.text is None else f"{_readable(reception.text)} from"
        yield f"   {reception.service}: {got} {reception.source}"
    if told.uses:
        yield "used at:"
    for place in told.uses:
        yield f"   {place}"


def _readable(text: str) -> str:
    """On one line, and without a terminal's control sequences."""
    if not text:
        return "(empty)"
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def difference(found: Difference, *, as_json: bool) -> int:
    if as_json:
        terminal.show_json({
            "version": JSON_VERSION,
            "not_in_file": list(found.not_in_file),
            "not_in_schema": list(found.not_in_schema),
            "compared": found.compared,
            "outdated": [
                {
                    "service": m.service,
                    "container": m.container,
                    "changed": list(m.changed),
                    "missing": list(m.missing),
                    "extra": list(m.extra),
                }
                for m in found.outdated
            ],
            "recreate": list(found.recreate),
        })  # fmt: skip
        return DONE if found.compared else USAGE
    if found.not_in_file:
        terminal.show(f"in the schema, not in the env file: {', '.join(found.not_in_file)}")
    if found.not_in_schema:
        terminal.show(f"in the env file, not in the schema: {', '.join(found.not_in_schema)}")
    for mismatch in found.outdated:
        terminal.show(str(mismatch))
    named = {mismatch.service for mismatch in found.outdated}
    for service in found.recreate:
        if service not in named:
            terminal.show(f"{service} runs with another configuration")
    if found.recreate:
        terminal.show(f"`up` recreates: {', '.join(found.recreate)}")
    if not found.compared:
        terminal.talk(
            "error: the containers were not compared: the environment has errors\n  fix: env.check tells them"
        )
        return USAGE
    if not (found.not_in_file or found.not_in_schema or found.recreate):
        terminal.show("no difference")
    return DONE
