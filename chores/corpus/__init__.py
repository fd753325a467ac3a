"""`corpus`: other people's compose files, brought up by Compose and by seatrial, and what differs."""

import json
import tempfile
import uuid
from collections import Counter
from pathlib import Path
from time import monotonic

from dotenv import dotenv_values
from invoke import Context, Exit, task

from chores.corpus.cases import copied, find_cases
from chores.corpus.compare import Outcome, compare
from chores.corpus.stand_ins import stand_in_images

ROOT = Path(__file__).parents[2]


@task(
    iterable=["checkout"],
    help={
        "checkout": "folder with compose files, such as a clone of docker/compose; repeatable",
        "match": "only files whose path contains this text",
        "skip": "comma-separated texts: files whose path contains one of them are left out",
        "report": "write all outcomes into this file, as JSON",
        "keep": "keep the copy of the checkouts in this folder, to look at a case by hand",
    },
    auto_shortflags=False,
)
def corpus(  # noqa: PLR0913, PLR0917  each is a flag
    c: Context, checkout: list[str] | None = None, match: str = "", skip: str = "", report: str = "", keep: str = ""
) -> None:
    """Compare `seatrial up` with `docker compose up -d` on every compose file of a checkout.

    Nothing is pulled: every image that a file names is a stand-in, and builds lose the steps that need a network.
    The engine and Compose are the ones that `docker` uses. Nothing in the checkout changes.
    """
    if not checkout:
        raise Exit("error: no checkout is given\n  fix: inv corpus --checkout FOLDER", code=2)
    base = dotenv_values(ROOT / "env" / ".env").get("BASE_IMAGE") or "node:24-alpine"
    left_out = [text for text in skip.split(",") if text]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(keep or temporary)
        cases = [case for root in checkout for case in find_cases(copied(Path(root), folder))]
        chosen = [case for case in cases if match in case.title and not any(text in case.title for text in left_out)]
        if not chosen:
            raise Exit(f"error: no compose file matches `{match}` in {', '.join(checkout)}", code=2)
        print(f"{len(chosen)} of {len(cases)} distinct compose files", flush=True)
        with stand_in_images(base) as images:
            for number, case in enumerate(chosen, 1):
                name = f"seatrial-test-corpus-{uuid.uuid4().hex[:6]}"
                began = monotonic()
                result = compare(case, name, images.provide)
                outcomes.append(result)
                took_s = monotonic() - began
                print(f"{number:3} {took_s:5.1f} s {result.kind:9} {case.title}: {result.reason}", flush=True)
    if report:
        Path(report).write_text(json.dumps([outcome.as_json() for outcome in outcomes], indent=1), encoding="utf-8")
    counts = Counter(outcome.kind for outcome in outcomes)
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())))
    if counts["different"] or counts["error"]:
        raise Exit(code=1)
