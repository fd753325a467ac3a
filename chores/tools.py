"""Commands of this environment, by name: what is on PATH may belong to another one."""

import shlex
import sys
from pathlib import Path


def tool(name: str) -> str:
    """The console script `name` beside the running interpreter, quoted for a shell."""
    return shlex.quote(str(Path(sys.executable).parent / name))
