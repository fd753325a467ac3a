"""`env.init`"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seatrial.errors import ConfigurationInvalid, UsageError
from seatrial.report import terminal
from seatrial.verbs._verb import verb

if TYPE_CHECKING:
    from seatrial.env.schema import Item
    from seatrial.verbs._run import Run


@verb(
    optional=["from_example"],
    help={
        "input": "with --no-input: ask nothing, leave what only a person knows empty",
        "from_example": "only write a first .env.schema, out of .env.example or of the file named here",
    },
)
def init(run: Run, *, input: bool = True, from_example: str = "", json: bool = False) -> int:
    """Write the env file that the schema describes, or complete it.

    What stands in it stays byte for byte; secrets that can be made up are made up.
    """
    from seatrial.env.init import init as write_env  # a verb that is only listed loads nothing
    from seatrial.lifecycle.env_files import plan_init
    from seatrial.report import env as show
    from seatrial.report import show as plans

    project = run.project
    if from_example:
        return _first_schema(run, from_example, as_json=json)
    if project.schema is None:
        raise ConfigurationInvalid(
            f"no .env.schema in {project.root / 'env'} or {project.root}",
            fix="write one: a line KEY= for each variable, with a comment above that says what it is;\n"
            "env.init --from-example makes a first one out of .env.example",
        )
    # Beside its schema, unless there is one already.
    target = project.env_file or project.schema.with_name(".env")
    if run.dry:
        return plans.plan(plan_init(project.schema, target), as_json=json)
    result = write_env(
        project.schema, target, ask=_ask if input and terminal.terminal() else None, now=datetime.now(UTC)
    )
    return show.init(result, as_json=json)


def _first_schema(run: Run, named: str | bool, *, as_json: bool) -> int:
    """Invoke gives True where the flag names no file."""
    from seatrial.env.first_schema import first_schema, places
    from seatrial.lifecycle.env_files import plan_first_schema
    from seatrial.report import env as show
    from seatrial.report import show as plans

    example, target = places(run.project, run.start / named if isinstance(named, str) else None)
    if run.dry:
        return plans.plan(plan_first_schema(example, target), as_json=as_json)
    return show.first_schema(first_schema(example, target), as_json=as_json)


def _ask(item: Item, complaint: str) -> str | None:
    """A person's answer; a secret is not echoed. Nothing leaves the variable empty."""
    for line in (complaint, *item.description.splitlines()):
        if line:
            terminal.talk(f"  {line}")
    hidden = "hidden, " if item.sensitive else ""
    try:
        return terminal.answer(f"{item.key} ({hidden}empty to skip): ", hidden=item.sensitive)
    except EOFError:
        raise UsageError(
            f"the input ended at the question for {item.key}; nothing was written",
            fix="answer each question, with an empty line to skip it, or run env.init --no-input",
        ) from None
