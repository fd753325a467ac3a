"""`drill --html`: the page of a real run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.engine

CHECK = "{test: [CMD, wget, -qO, /dev/null, 'http://127.0.0.1'], interval: 1s, start_period: 9s, start_interval: 200ms}"
SECRET = "hunter2Zx9kQw"
# Says its secret where a drill reads: in the last words of a stop.
PROGRAM = """
const server = require('http').createServer((q, a) => q.on('end', () => a.end('ok')).resume()).listen(80);
process.on('SIGTERM', () => {
  console.log('<b>closing the connection to db://shop:' + process.env.DB_PASSWORD + '@db</b>');
  server.close(() => process.exit(0)); server.closeIdleConnections();
})
""".replace("\n", " ").replace("$", "$$")


def test_the_page_shows_the_run_keeps_secrets_and_knows_the_runs_before(
    project: ComposeProject, base_image: str
) -> None:
    project.write(
        f"  web:\n    image: {base_image}\n    init: true\n    stop_grace_period: 5s\n    healthcheck: {CHECK}\n"
        f'    environment: {{DB_PASSWORD: {SECRET}}}\n    command:\n      - node\n      - -e\n      - "{PROGRAM}"\n'
    )
    assert project.run("up").returncode == 0
    drill = ("drill", "--only", "graceful-stop", "--only", "image", "--journal", "j.json")
    refused = project.run(*drill, "--html", "nowhere/page.html")
    assert (refused.returncode, "mkdir -p nowhere" in refused.stderr) == (2, True)
    assert not (project.folder / "j.json").exists()
    file = project.folder / "page.html"
    done = project.run(*drill, "--html", file.name)
    assert done.returncode == 0, done.stdout + done.stderr
    told = file.read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", told)
    assert "1 WARN, 1 PASS" in text  # it runs as root
    assert "SIGTERM from the engine" in text
    assert "&lt;b&gt;closing the connection to db://shop:[REDACTED]@db" in told
    assert re.search(r"drill --only graceful-stop", text)
    assert re.search(r"engine \d+\.", text)
    assert SECRET.lower() not in (told + (project.folder / "j.json").read_text(encoding="utf-8")).lower()
    assert 'id="history"' not in told
    assert "How it came up" in text
    assert re.search(r"<b>web</b>: made at [\d.]+ s, started at", told)
    assert project.run("drill", "--only", "image", "--html", "next.html", "--journal", "n.json").returncode == 0
    following = (project.folder / "next.html").read_text(encoding="utf-8")
    assert "image over 2 runs" in following
    for journal, page in (("j.json", told), ("n.json", following)):
        assert project.run("drill.judge", journal, "--html", "again.html").returncode == 0
        assert (project.folder / "again.html").read_text(encoding="utf-8") == page  # nothing that came later
    (elsewhere := project.folder.parent / "elsewhere").mkdir()
    judged = project.run("drill.judge", f"{project.folder}/n.json", "--html", "page.html", cwd=elsewhere)
    assert judged.returncode == 0, judged.stderr
    away = (elsewhere / "page.html").read_text(encoding="utf-8")
    assert [part in away for part in ('id="overview"', 'id="history"', 'id="start"')] == [True, False, False]
