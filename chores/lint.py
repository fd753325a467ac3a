"""`lint`"""

from invoke import Context, Exit, task

from chores.tools import tool

CHECKS = {
    "style": ("ruff", "check ."),
    "format": ("ruff", "format --check ."),
    "types": ("mypy", ""),
    "layers": ("lint-imports", "--no-logo"),
}


@task
def lint(c: Context) -> None:
    """Check style, formatting, types and layers of the code."""
    failed = [name for name, (program, rest) in CHECKS.items() if not c.run(f"{tool(program)} {rest}", warn=True)]
    if failed:
        raise Exit(
            f"error: found something to mend: {', '.join(failed)}\n  fix: see above; `ruff format .` formats", code=1
        )
