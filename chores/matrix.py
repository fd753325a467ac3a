"""`matrix`: how often is a drill wrong? The services of tests/e2e/drills, drilled again and again."""

import json
import sys
import tempfile
import uuid
from collections import Counter, defaultdict
from pathlib import Path

from dotenv import dotenv_values
from invoke import Context, Exit, task

ROOT = Path(__file__).parent.parent


@task(help={"runs": "how many times", "journals": "keep what is recorded in this folder"}, auto_shortflags=False)
def matrix(c: Context, runs: int = 10, journals: str = "") -> None:
    """Drill services of which it is known how they stop, and count the verdicts that are wrong."""
    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import PREFIX, ComposeProject
    from e2e.drills.stop_matrix import Matrix

    image = dotenv_values(ROOT / "env" / ".env").get("BASE_IMAGE") or "node:24-alpine"
    with tempfile.TemporaryDirectory() as folder:
        project = ComposeProject(Path(folder) / "project", f"{PREFIX}-{uuid.uuid4().hex[:8]}")
        project.folder.mkdir()
        try:
            services = Matrix(project, image)
            print(f"{len(services.cases)} services", *services.missing.values(), sep="\n  without ")
            services.start()
            wanted = {case.name: (case.verdict, case.cause) for case in services.cases}
            wrong: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
            for run in range(1, runs + 1):
                kept = ["--journal", str(Path(journals).resolve() / f"{run}.json")] if journals else []
                done = project.run("drill", "--only", "graceful-stop", "--json", *kept, timeout_s=900)
                told = json.loads(done.stdout)
                if "verdicts" not in told:
                    raise Exit(f"error: the drills did not run\n{done.stderr[-2000:]}", code=1)
                found = {verdict["service"]: (verdict["verdict"], verdict["cause"]) for verdict in told["verdicts"]}
                bad = [name for name in wanted if found[name] != wanted[name]]
                for name in bad:
                    wrong[name][found[name]] += 1
                print(f"run {run}: {told['seconds']} s, {len(bad)} wrong {' '.join(bad)}", flush=True)
        finally:
            project.remove()
    for name, (verdict, cause) in wanted.items():
        others = ", ".join(f"{count} {text[0]} {text[1] or ''}" for text, count in wrong[name].items())
        print(f"{name}: {verdict} {cause or ''}: {runs - wrong[name].total()}/{runs}{f'; {others}' if others else ''}")
    count = sum(of.total() for of in wrong.values())
    print(f"wrong: {count} of {runs * len(wanted)} verdicts ({count / (runs * len(wanted)):.1%})")
