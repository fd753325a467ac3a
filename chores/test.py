"""`test`"""

from invoke import Context, Exit, task

from chores.tools import tool


@task(help={"only": "an expression for pytest's -k", "fast": "without an engine: units only"}, auto_shortflags=False)
def test(c: Context, only: str = "", fast: bool = False) -> None:
    """Run the tests: units, contract, end to end on the real engine."""
    chosen = (" -m 'not engine'" if fast else "") + (f" -k '{only}'" if only else "")
    done = c.run(f"{tool('pytest')}{chosen}", warn=True, pty=False)
    if not done:
        raise Exit(code=1)
