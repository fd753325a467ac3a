"""`docs`: what the documentation says of the code is written by the code."""

from pathlib import Path

from invoke import Context, Exit, task

from chores.tools import tool

ROOT = Path(__file__).parents[2]
# Warnings are errors: a link that leads nowhere, a page that no other leads to.
SITE = "-m sphinx --fail-on-warning --fresh-env --quiet --builder dirhtml docs site"


def pages() -> dict[str, str]:
    """What the code says, by the file that is to say it."""
    from chores.docs import drills, schema, settings, verbs  # every task is loaded with `inv`, and these load much

    return {
        "docs/reference/verbs.md": verbs.page(),
        "docs/reference/settings.md": settings.page(),
        "docs/reference/drills.md": drills.page(),
        "docs/reference/answers.schema.json": schema.page(),
    }


def drifted() -> dict[str, str]:
    """The generated files that do not say what the code says, with what it says."""
    return {name: text for name, text in pages().items() if _said(ROOT / name) != text}


def _said(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


@task(
    help={
        "check": "write nothing; 1 when a file is not what the code says",
        "site": "build the site into site/, strictly",
    },
    auto_shortflags=False,
)
def docs(c: Context, check: bool = False, site: bool = False) -> None:
    """Write the reference from the code; with --site, build the site too."""
    old = drifted()
    if check and old:
        raise Exit(f"error: not what the code says: {', '.join(old)}\n  fix: inv docs", code=1)
    for name, text in old.items():
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
    if site:
        with c.cd(ROOT):
            c.run(f"{tool('python')} {SITE}")
        print("wrote site/index.html")
