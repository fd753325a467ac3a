"""`lock`"""

import shutil

from invoke import Context, Exit, task

# No host name of an index may reach a lock file: everybody has their own mirror.
SHARED = (
    "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet"
)
SOURCES = "pyproject.toml requirements/build.in"


@task(help={"upgrade": "take the newest versions that pyproject.toml admits"})
def lock(c: Context, upgrade: bool = False) -> None:
    """Write requirements/*.txt anew from pyproject.toml; needs `uv` on PATH."""
    if not shutil.which("uv"):
        raise Exit("error: no `uv` on PATH\n  fix: pip install uv", code=2)
    newest = " --upgrade" if upgrade else ""
    c.run(f"uv pip compile {SHARED}{newest} {SOURCES} --output-file requirements/runtime.txt")
    c.run(f"uv pip compile {SHARED}{newest} {SOURCES} --group dev --output-file requirements/dev.txt")
