"""`status` on real containers: at one look, and as a view of a terminal that goes on."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING

import pytest

from conftest import PREFIX, ComposeProject
from e2e.a_terminal import LIMIT_S, terminal
from e2e.engine_socket import proxied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine
SERVICES = """
  web:
    image: {image}
    command: [sh, -c, "printf 'the token is %s\\\\n' $$TOKEN; exec sleep 1000"]
    environment: {{TOKEN: dont-show-this-to-anybody}}
    init: true
  broken:
    image: {image}
    command: [sh, -c, "echo no config; exit 3"]
"""


def test_status_tells_what_runs_what_it_uses_and_what_it_said_at_one_look_and_as_it_goes_on(
    project: ComposeProject, base_image: str
) -> None:
    project.write(SERVICES.format(image=base_image))
    project.run("up", "--no-wait")
    project.docker("wait", project.container("broken"))

    told = json.loads(project.run("status", "--json").stdout)
    broken, web = told["services"]
    assert [(s["service"], s["grade"]) for s in told["services"]] == [("broken", "trouble"), ("web", "up")]
    assert (broken["containers"][0]["last_line"], broken["containers"][0]["exit_code"]) == ("no config", 3)
    assert broken["containers"][0]["cores"] is None
    assert 0 <= web["containers"][0]["cores"] < 1
    assert web["containers"][0]["memory_bytes"] > 10_000
    assert web["containers"][0]["last_line"] == "the token is [REDACTED]"

    with terminal(project, "status", "--live") as view:
        first = view.until("the token is")
        assert "1 in trouble, 1 up" in first
        assert "without a container" not in first
        assert first.index("no config") < first.index("the token is")
        project.docker("stop", "-t", "1", project.container("web"))
        view.until("ended, exit")
        for size in ((50, 10), (0, 0)):
            view.resize(*size)
            view.until("q ends")
        view.press("q")
        view.until("")
        assert view.process.wait(LIMIT_S) == 0


@pytest.fixture(scope="module")
def stack_to_look_at(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[ComposeProject]:
    project = ComposeProject(tmp_path_factory.mktemp("looked at"), f"{PREFIX}-{uuid.uuid4().hex[:8]}")
    project.write(SERVICES.format(image=base_image))
    project.run("up", "--no-wait")
    yield project
    project.remove()


def test_a_view_that_goes_on_needs_a_terminal(draft: ComposeProject) -> None:
    draft.write("  web: {image: none}")
    done = draft.run("status", "--live")
    assert done.returncode == 2
    assert "--live needs a terminal" in done.stderr


@pytest.mark.parametrize("verb", ["ps", "status", "logs", "drill.list", "up --dry"])
def test_no_escape_sequence_is_written_under_no_color_nor_into_a_pipe(
    verb: str, stack_to_look_at: ComposeProject
) -> None:
    with terminal(stack_to_look_at, *verb.split(), NO_COLOR="1") as view:
        shown = view.whole()
    stack_to_look_at.environ["NO_COLOR"] = ""  # which is as good as unset
    piped = stack_to_look_at.run(*verb.split())
    assert shown.strip()
    assert "\x1b" not in shown + piped.stdout + piped.stderr


@pytest.mark.parametrize(("keys", "code"), [("q", 0), ("\x03", 130)])
def test_the_view_says_that_the_engine_is_away_goes_on_when_it_is_back_and_leaves_the_terminal_as_it_was(
    keys: str, code: int, stack_to_look_at: ComposeProject, tmp_path: Path
) -> None:
    way = tmp_path / "e.sock"
    with proxied(way) as door, terminal(stack_to_look_at, "status", "--live", DOCKER_HOST=f"unix://{way}") as view:
        before = view.modes()
        view.until("the token is")
        assert view.modes() != before
        door.shut()
        view.until("as it was last known")
        view.resize(60, 12)
        view.until("q ends")
        web = stack_to_look_at.container("web")
        if keys == "q":
            stack_to_look_at.docker("pause", web)
            with proxied(way):
                view.until("paused")
                stack_to_look_at.docker("unpause", web)
                view.until("up")
                view.press(keys)
                shown = view.whole()
        else:
            view.press(keys)
            shown = view.whole()
        assert view.process.wait(LIMIT_S) == code
        assert "\x1b[?1049l" in shown
        assert view.modes() == before


SLOW = """
  web:
    image: {image}
    command: [sh, -c, "sleep 2; touch /ready; exec sleep 1000"]
    init: true
    healthcheck: {{test: "test -e /ready", interval: 1s}}
"""


def test_a_slow_start_is_drawn_where_that_can_be_told_in_lines_where_not_and_without_colours_under_no_color(
    project: ComposeProject, base_image: str
) -> None:
    project.write(SLOW.format(image=base_image))
    with terminal(project, "up", TERM="dumb") as view:
        shown = view.whole()
    assert re.search(r"^web: (healthy|its check passes) after", shown, re.MULTILINE)
    assert "\x1b" not in shown
    with terminal(project, "up", "--recreate", NO_COLOR="1") as view:
        shown = view.whole()
    assert "\x1b[?25h" in shown  # it was drawn, and the cursor is back
    assert not re.search(r"\x1b\[[0-9;]*\b[349][0-7]\b[0-9;]*m", shown)
    with terminal(project, "status", "--live", TERM="dumb") as view:
        shown = view.whole()
    assert "TERM=dumb cannot move its cursor" in shown
    assert "\x1b" not in shown


SERVER = "require('http').createServer((_, answer) => answer.end('x')).listen(5000, '127.0.0.1')"


def test_a_server_on_loopback_is_noted_by_up_status_and_doctor_and_gone_when_the_fix_is_applied(
    project: ComposeProject, base_image: str
) -> None:
    probe = "    healthcheck: {test: [CMD, wget, -qO-, 'http://127.0.0.1:5000'], interval: 1s}\n"
    api = f"  api:\n    image: {base_image}\n    init: true\n    ports: ['5000']\n{probe}"
    api += "    command:\n      - node\n      - -e\n      - "
    project.write(api + SERVER)
    up = project.run("up", "--json")
    assert up.returncode == 0, up.stderr
    (noted,) = json.loads(up.stdout)["unreachable"]
    assert (noted["port"], noted["listens"]) == (5000, ["127.0.0.1:5000"])
    note = "api listens on 127.0.0.1:5000 inside the container only"
    assert noted["found"] == note
    assert f"note: {note}: bind to 0.0.0.0" in up.stderr
    assert f"note: {note}: bind to 0.0.0.0" in project.run("status").stdout
    found = json.loads(project.run("doctor", "--json").stdout)["findings"]
    assert [(one["status"], one["found"]) for one in found if one["check"] == "listeners"] == [("warning", note)]
    project.write(api + SERVER.replace("127.0.0.1", "0.0.0.0"))  # noqa: S104  in a container
    up = project.run("up", "--json")
    assert (
        json.loads(up.stdout)["unreachable"] == json.loads(project.run("status", "--json").stdout)["unreachable"] == []
    )
