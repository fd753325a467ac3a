"""`matrix`: how often is a drill wrong? The services of tests/e2e/drills, drilled again and again."""

import json
import sys
import tempfile
import uuid
from collections import Counter, defaultdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from invoke import Context, Exit, task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject
    from e2e.drills.suite import Verdicts

ROOT = Path(__file__).parent.parent
Place = tuple[str, str]


@task(
    iterable=["suite"],
    help={
        "suite": "which services, repeatable; default: all. graceful-stop is the one for stops",
        "runs": "how many times each",
        "journals": "keep what is recorded in this folder",
    },
    auto_shortflags=False,
)
def matrix(c: Context, suite: list[str] | None = None, runs: int = 10, journals: str = "") -> None:
    """Drill services of which it is known what is found, and count the verdicts that are wrong."""
    sys.path.insert(0, str(ROOT / "tests"))
    from e2e.drills.suites import NAMES

    unknown = set(suite or ()) - set(NAMES)
    if unknown:
        raise Exit(f"error: no suite {', '.join(sorted(unknown))}\n  fix: use one of {', '.join(NAMES)}", code=2)
    wrong = total = 0
    for name in suite or NAMES:
        found = list(_runs(name, runs, journals))
        wrong += sum(len(missed) for missed, _ in found)
        total += sum(count for _, count in found)
        _told(name, [missed for missed, _ in found])
    print(f"wrong: {wrong} of {total} verdicts ({wrong / max(total, 1):.1%})")


def _runs(name: str, runs: int, journals: str) -> "Iterator[tuple[Verdicts, int]]":
    """What each run has found that is wrong, and how many verdicts it gave."""
    from e2e.drills.suites import suite

    image = dotenv_values(ROOT / "env" / ".env").get("BASE_IMAGE") or "node:24-alpine"
    run = 0
    while run < runs:
        with tempfile.TemporaryDirectory() as folder:
            project = _project(Path(folder))
            try:
                services, missing = suite(name, project, image)
                if not run:
                    print(f"{name}: {len(services.verdicts)} verdicts", *missing, sep="\n  without ", flush=True)
                services.start(project, image)
                for _ in range(runs if services.lasting else 1):
                    run += 1
                    kept = ["--journal", str(Path(journals).resolve() / f"{name}-{run}.json")] if journals else []
                    began = monotonic()
                    done = services.drilled(project, *kept)
                    told = json.loads(done.stdout)
                    if "verdicts" not in told:
                        raise Exit(f"error: the drills did not run\n{done.stderr[-2000:]}", code=1)
                    missed = services.missed(told)
                    bad = " ".join(service for service, _ in missed)
                    print(f"  run {run}: {monotonic() - began:.0f} s, {len(missed)} wrong {bad}", flush=True)
                    yield missed, len(services.verdicts)
            finally:
                project.remove()


def _project(folder: Path) -> "ComposeProject":
    from conftest import PREFIX, ComposeProject

    project = ComposeProject(folder / "project", f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    project.folder.mkdir()
    return project


def _told(name: str, runs: "list[Verdicts]") -> None:
    instead: dict[Place, Counter[str]] = defaultdict(Counter)
    for missed in runs:
        for place, (verdict, cause) in missed.items():
            instead[place][f"{verdict} {cause or ''}".strip()] += 1
    for (service, drill), others in instead.items():
        texts = ", ".join(f"{count} {text}" for text, count in others.items())
        print(f"  {service}, {drill}: {texts} of {len(runs)}")
    print(f"{name}: {sum(len(missed) for missed in runs)} wrong in {len(runs)} runs", flush=True)
