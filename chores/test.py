"""`test`"""

from invoke import Context, Exit, task

from chores.tools import tool

# Where the time goes, for whoever has to make it less.
SLOWEST = "--durations=15 --durations-min=5"
NOTHING_RUN = 5  # pytest's
# Most tests wait for an engine: more than there are cores. A file stays with one worker, as its fixtures are dear.
# In the order of tests/conftest.py: what is slow comes first, and what is quick fills the end.
WORKERS = "--numprocesses 3 --dist loadfile --no-loadscope-reorder"


@task(help={"only": "an expression for pytest's -k", "fast": "without an engine: units only"}, auto_shortflags=False)
def test(c: Context, only: str = "", fast: bool = False) -> None:
    """Run the tests: units, contract, end to end on the real engine."""
    chosen = (" -m 'not engine'" if fast else "") + (f" -k '{only}'" if only else "")
    workers = "" if only else f" {WORKERS}"
    done = c.run(f"{tool('pytest')} {SLOWEST}{workers}{chosen}", warn=True, pty=False)
    if done.exited == NOTHING_RUN:
        raise Exit(f"error: no test matches `{only}`\n  fix: leave out --only, or name a part of a test's name", code=2)
    if not done:
        raise Exit(code=1)
