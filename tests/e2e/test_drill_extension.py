"""`x-seatrial` on the installed Compose: variables mean what they mean elsewhere in the file, and no value is shown."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from seatrial.drill.service.extension import Probe
from seatrial.drill.service.extension.declared import Declared, declared
from seatrial.engine.whales import WhalesEngine
from seatrial.errors import ConfigurationInvalid
from seatrial.project import find

if TYPE_CHECKING:
    from conftest import ComposeProject

TOKEN = "hunter2-of-the-drill"
# Each way to write a variable. SET, EMPTY and QUOTED come from the env file, UNSET from nowhere.
FORMS = (
    "$SET", "${SET}", "a${SET}b", "$SET$SET", "$$SET", "$$$SET", "${SET:-x}", "${EMPTY:-x}", "y${EMPTY-x}",
    "${UNSET:-x}", "${UNSET-x}", "${SET:+x}", "${EMPTY:+x}y", "${EMPTY+x}", "${UNSET+x}y", "${UNSET:-${SET}}",
    "${UNSET:-a${EMPTY:-b}c}", "${SET:?no}", "${EMPTY?no}y", "${QUOTED}", "$1 and $ alone", "${UNSET:-a b}",
)  # fmt: skip
# Answers 200 to those who know the word, and logs what it is told.
SERVER = """
const { createHash } = require("node:crypto");
const server = require("node:http").createServer((request, answer) => {
  const told = request.headers.authorization ?? "";
  console.log(told, request.headers.host);
  const known = createHash("sha256").update(told).digest("hex") === process.argv[1];
  request.resume().on("end", () => answer.writeHead(known ? 200 : 401).end("ok"));
});
server.listen(8080);
process.on("SIGTERM", () => { server.close(); server.closeIdleConnections(); });
"""
ENV = 'SET=\'va$lue\'\nEMPTY=\nQUOTED="with \\"quotes\\" and #"\nTOKEN=hunter2-of-the-drill\n'


def read(project: ComposeProject, services: str) -> Declared:
    project.write(services)
    (project.folder / ".env").write_text(ENV)
    where = find(project.folder, environ=project.environment(), files=(), name="", profiles=())
    return declared(WhalesEngine(), where, ("web",), ("graceful-stop",))


@pytest.mark.compose
def test_a_variable_means_there_what_it_means_in_an_environment(draft: ComposeProject) -> None:
    headers = {f"H{index}": form for index, form in enumerate(FORMS)}
    said = read(
        draft,
        "  web:\n    image: x\n"
        f"    environment: {json.dumps(headers)}\n"
        f"    x-seatrial: {json.dumps({'headers': headers})}\n",
    )
    resolved = json.loads(draft.docker("compose", "-f", str(draft.file), "config", "--format", "json"))
    wanted = resolved["services"]["web"]["environment"]
    assert dict(said.headers_of("web")) == {
        name: text.replace("$$", "$") for name, text in wanted.items() if text.strip()
    }


@pytest.mark.compose
def test_what_several_files_say_is_merged_as_compose_merges(draft: ComposeProject) -> None:
    base = "  base:\n    image: x\n    x-seatrial: {probe: 'http://:80/', headers: {A: one}}\n"
    said = read(draft, f"{base}  web:\n    extends: base\n    x-seatrial: {{probe: 'tcp://:81'}}\n")
    assert said.of("web").probe == Probe("tcp", 81)


@pytest.mark.compose
def test_a_value_is_neither_in_the_text_of_what_is_known_nor_in_a_refusal(draft: ComposeProject) -> None:
    said = read(draft, "  web:\n    image: x\n    x-seatrial: {headers: {Authorization: 'Bearer ${TOKEN}'}}\n")
    assert said.headers_of("web") == (("Authorization", f"Bearer {TOKEN}"),)
    assert TOKEN not in repr(said)
    assert TOKEN in {secret.reveal() for secret in said.secrets}
    with pytest.raises(ConfigurationInvalid) as refusal:
        read(draft, "  web:\n    image: x\n    x-seatrial: {probe: '${TOKEN}', via: '${TOKEN}'}\n")
    assert TOKEN not in str(refusal.value)
    assert "web: probe is no route" in str(refusal.value)


@pytest.mark.engine
def test_a_mistake_ends_the_drill_before_anything_is_touched(project: ComposeProject, base_image: str) -> None:
    extension = "{headers: {Authorization: '${TOKEN}'}, budgets: {startup: '${TOKEN}'}}"
    project.write(f"  web:\n    image: {base_image}\n    x-seatrial: {extension}\n")
    (project.folder / ".env").write_text(ENV)
    done = project.run("drill")
    assert done.returncode == 2
    assert "x-seatrial of service web: budgets.startup is no duration with a unit" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.engine
def test_a_header_opens_the_door_and_is_in_nothing_that_is_shown_or_kept(
    project: ComposeProject, base_image: str
) -> None:
    known = hashlib.sha256(f"Bearer {TOKEN}".encode()).hexdigest()
    service = {
        "image": base_image,
        "command": ["node", "-e", SERVER.replace("$", "$$"), known],
        "init": True,
        "x-seatrial": {
            "probe": "http://shop.test:8080/",
            # A name that says nothing: that it stands in a header makes it secret.
            "headers": {"Authorization": "Bearer ${WORD}"},
            "expect": [200],
        },
    }
    project.write(f"  web: {json.dumps(service)}\n")
    (project.folder / ".env").write_text(f"WORD={TOKEN}\n")
    project.run("up", "--no-wait")
    journal = project.folder / "journal.json"
    done = project.run("drill", "--only", "graceful-stop", "--json", "--journal", str(journal))
    assert f"Bearer {TOKEN} shop.test:8080" in project.docker("logs", project.container("web"))
    (verdict,) = json.loads(done.stdout)["verdicts"]
    assert (done.returncode, verdict["verdict"]) == (0, "PASS")
    kept = journal.read_text(encoding="utf-8")
    assert "shop.test:8080" in kept
    assert TOKEN not in done.stdout + done.stderr + kept
