"""`docs/reference/drills.md`, from the list of drills and the words for causes."""

from seatrial.drill import causes
from seatrial.drill.drills import DRILLS

HEAD = """\
# Drills and causes

Written by `inv docs` from the code; [drills.md](../drills.md) tells how each is measured, and of each
[cause](../drills.md#causes) when it is found and what to change. These words stay: scripts and
[ledgers](../drills.md#the-ledger) may go by them.

## Drills

In the order in which they are done. A drill that does something to the stack puts it back; others only look.

| drill | proves that | does | done | a verdict for each |
|---|---|---|---|---|
"""
SCOPES = {"service": "service", "dependency": "edge of `depends_on`", "stack": "stack"}


def page() -> str:
    rows = [
        f"| `{drill.name}` | {drill.summary} | {drill.does or 'looks'} | {_done(drill.default, drill.asks)}"
        f" | {SCOPES[drill.scope.value]} |"
        for drill in DRILLS
    ]
    words = [f"* `{word}`" for word in sorted(causes.words())]
    return HEAD + "\n".join([*rows, "", "## Causes", "", *words, ""])


def _done(default: bool, asks: str) -> str:
    when = "always" if default else "`--deep`, `--only`"
    return f"{when}; needs {asks}" if asks else when
