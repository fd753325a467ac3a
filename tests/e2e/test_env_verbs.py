"""The verbs about the environment, as people call them."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
import termios
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ComposeProject

pytestmark = pytest.mark.compose

ROOT = Path(__file__).parents[2]


def test_the_page_about_this_repositorys_variables_is_up_to_date(draft: ComposeProject) -> None:
    """What CI fails on when the schema was changed and the page was not: `env.docs --output docs/env.md` writes it."""
    done = draft.run("env.docs", "--check", cwd=ROOT)
    assert (done.returncode, "is up to date" in done.stderr) == (0, True), done.stderr


def test_a_page_that_is_not_what_the_schema_says_is_told(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, command: '${K:-}'}\n")
    schema = draft.folder / ".env.schema"
    schema.write_text("# One.\n# @optional\nK=\n")
    assert (draft.run("env.docs", "--check").returncode, draft.run("env.docs", "--dry").returncode) == (1, 0)
    assert draft.run("env.docs", "--output", "docs/env.md").returncode == 0
    assert draft.run("env.docs", "--check").returncode == 0
    schema.write_text("# Two.\n# @optional\nK=\n")
    done = draft.run("env.docs", "--check")
    assert (done.returncode, "fix: env.docs --output" in done.stderr) == (1, True)


def test_the_page_depends_on_no_value_and_no_profile(draft: ComposeProject) -> None:
    draft.write("  web: {image: x}\n  off: {image: x, profiles: [extra], command: '${K}'}\n")
    (draft.folder / ".env.schema").write_text("K=\n")
    plain = draft.run("env.docs").stdout
    assert "| off |" in plain
    draft.environ |= {"K": "1", "COMPOSE_PROFILES": "extra"}
    assert draft.run("env.docs").stdout == plain


def test_the_documentation_is_there_for_programs_too(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, command: '${LEVEL} ${TOKEN} ${KEY}'}\n")
    (draft.folder / ".env.schema").write_text(
        "# How loud.\n# @public @type=enum(low, high) @example=low\nLEVEL=low\n"
        "# @required\nTOKEN=randomHex(8)\n# @docs(Where, https://example.org)\nKEY=hunter2\n"
    )
    told = json.loads(draft.run("env.docs", "--json").stdout)
    assert (told["version"], told["schema"], told["page"], told["current"]) == (1, ".env.schema", None, None)
    level, token, key = told["variables"]
    assert level == {
        "name": "LEVEL",
        "required": True,
        "secret": False,
        "type": "enum: low, high",
        "default": "low",
        "generated": False,
        "used_by": ["web"],
        "description": "How loud.",
        "example": "low",
        "deprecated": None,
        "links": [],
    }
    assert (token["default"], token["generated"], token["secret"]) == (None, True, True)
    assert (key["default"], key["links"]) == (None, [{"title": "Where", "url": "https://example.org"}])
    checked = draft.run("env.docs", "--check", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["current"]) == (1, False)
    for changed in (True, False):
        told = json.loads(draft.run("env.docs", "--output", "docs/env.md", "--json").stdout)
        assert (told["page"], told["current"], told["changed"]) == ("docs/env.md", True, changed)
    assert "hunter2" not in (draft.folder / "docs" / "env.md").read_text() + json.dumps(told)
    assert json.loads(draft.run("env.docs", "--check", "--json").stdout)["current"] is True


@pytest.mark.parametrize("target", ["folder", "file/below"])
def test_a_page_that_cannot_be_written_is_one_error(target: str, draft: ComposeProject) -> None:
    draft.write("  web: {image: x}\n")
    (draft.folder / ".env.schema").write_text("K=\n")
    (draft.folder / "folder").mkdir()
    (draft.folder / "file").touch()
    done = draft.run("env.docs", "--output", target)
    assert (done.returncode, done.stderr.startswith("error: "), "Traceback" in done.stderr) == (2, True, False)


def test_what_compose_warns_of_is_shown_at_every_start(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, command: 'echo ${NOWHERE}'}\n")
    draft.environ["XDG_CACHE_HOME"] = str(draft.folder / "cache")
    for _ in ("asked", "remembered"):
        done = draft.run("up", "--dry")
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("warning: compose.yaml:3: NOWHERE is set nowhere") == 1
        assert "fix: set NOWHERE=... in .env" in done.stderr
    (draft.folder / ".env").write_text("NOWHERE=x\n")  # as it says
    assert draft.run("up", "--dry").stderr == ""


def test_every_source_of_a_variable_is_explained_the_highest_first(draft: ComposeProject) -> None:
    (draft.folder / ".env.schema").write_text("# How loud.\n# @public\nLEVEL=info\nTOKEN=\n")
    (draft.folder / ".env").write_text("LEVEL=low\n# again\nLEVEL=high\nTOKEN=hunter2\n")
    (draft.folder / "api.env").write_text("LEVEL=own\n")
    draft.write(
        "  a: {image: x, environment: {LEVEL: '${LEVEL:-none}'}}\n"
        "  b: {image: x, env_file: [.env, api.env]}\n"
        "  c: {image: x, env_file: .env, environment: [LEVEL, TOKEN]}\n"
    )
    draft.environ["LEVEL"] = "shell"
    told = json.loads(draft.run("env.explain", "LEVEL", "--json").stdout)
    assert [(s["place"], s["value"], s["counts"]) for s in told["sources"]] == [
        ("the shell", "shell", True),
        (".env:3", "high", False),
        (".env:1", "low", False),
        ("default in the compose files", "none", False),
        ("the schema, line 3: env.init writes it", "info", False),
    ]
    assert {s["service"]: (s["value"], s["source"]) for s in told["services"]} == {
        "a": ("shell", "compose.yaml, environment: of a"),
        "b": ("own", "env_file api.env:1"),
        "c": ("shell", "compose.yaml, environment: of c"),
    }
    del draft.environ["LEVEL"]
    assert " * .env:3: high" in draft.run("env.explain", "LEVEL").stdout
    secret = draft.run("env.explain", "TOKEN").stdout
    assert " * .env:4: [REDACTED]" in secret
    assert "b: [REDACTED] from env_file .env:4" in secret
    (draft.folder / ".env.schema").write_text("TOKEN=randomHex(8)\n")
    assert "the schema, line 1: env.init makes up a value" in draft.run("env.explain", "TOKEN").stdout


def test_a_variable_that_is_taken_away_is_explained(draft: ComposeProject) -> None:
    (draft.folder / "api.env").write_text("K=1\n")
    draft.write("  a: {image: x, env_file: api.env, environment: [K]}\n")
    done = draft.run("env.explain", "K")
    assert "a: nothing, environment: passes it through, and it is set nowhere outside" in done.stdout


def test_a_name_that_nobody_knows_is_a_usage_error_with_the_nearest_names(draft: ComposeProject) -> None:
    (draft.folder / ".env.schema").write_text("# @public\nLOG_LEVEL=info\n")
    (draft.folder / ".env").write_text("LOG_LEVEL=info\nIN_FILE=1\n")
    draft.write("  web: {image: x, command: '${USED:-}', environment: {GIVEN: '1'}}\n")
    done = draft.run("env.explain", "LOGLEVEL")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: no variable `LOGLEVEL`" in done.stderr
    assert "fix: did you mean LOG_LEVEL?" in done.stderr
    told = json.loads(draft.run("env.explain", "NOPE", "--json").stdout)
    assert told["error"]["fix"] == "use one of GIVEN, IN_FILE, LOG_LEVEL, USED"
    draft.environ["SHELLS"] = "1"
    for known in ("LOG_LEVEL", "IN_FILE", "USED", "GIVEN", "SHELLS"):
        assert draft.run("env.explain", known).returncode == 0, known


def test_a_name_is_not_refused_while_compose_cannot_tell_what_is_used(draft: ComposeProject) -> None:
    (draft.folder / ".env").write_text('A="open\n')
    draft.write("  web: {image: x, command: '${USED:-}'}\n")
    assert draft.run("env.explain", "USED").returncode == 0


def test_a_token_that_is_too_short_is_repaired_by_doing_what_the_message_says(draft: ComposeProject) -> None:
    (draft.folder / ".env.schema").write_text("# @required @type=string(minLength=16)\nTOKEN=randomHex(32)\n")
    file = draft.folder / ".env"
    file.write_text("TOKEN=short\n")
    draft.write("  web: {image: x, environment: [TOKEN]}\n")
    assert "fix: remove the line and run env.init" in draft.run("env").stderr
    file.write_text("")
    assert draft.run("env.init", "--no-input").returncode == 0
    assert draft.run("env").returncode == 0


END, INTERRUPT = b"\x04", b"\x03"


@pytest.mark.parametrize("secrecy", ["@sensitive", "@public"])
@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [(END, 2, "error: the input ended at the question for SECOND"), (INTERRUPT, 130, "interrupted")],
    ids=["^D", "^C"],
)
def test_who_leaves_at_a_question_leaves_everything_as_it_was(
    keys: bytes, code: int, said: str, secrecy: str, draft: ComposeProject
) -> None:
    draft.write("  web: {image: x}\n")
    (draft.folder / ".env.schema").write_text(f"# @required @public\nFIRST=\n# @required {secrecy}\nSECOND=\n")
    file = draft.folder / ".env"
    file.write_text("# mine\n")
    ended, shown = at_a_terminal(draft, "env.init", [(b"FIRST", b"answered\n"), (b"SECOND", keys)])
    assert (ended, said in shown, "Traceback" in shown) == (code, True, False), shown
    assert file.read_text() == "# mine\n"
    assert sorted(path.name for path in draft.folder.iterdir()) == [".env", ".env.schema", "compose.yaml"]


def test_a_secret_that_is_typed_is_not_shown(draft: ComposeProject) -> None:
    draft.write("  web: {image: x}\n")
    (draft.folder / ".env.schema").write_text("# @required\nTOKEN=\n")
    ended, shown = at_a_terminal(draft, "env.init", [(b"TOKEN", b"correct-horse\n")])
    assert (ended, "correct-horse" in shown) == (0, False), shown
    assert "TOKEN=correct-horse\n" in (draft.folder / ".env").read_text()


def at_a_terminal(project: ComposeProject, verb: str, talk: list[tuple[bytes, bytes]]) -> tuple[int, str]:
    """`seatrial VERB` as somebody sees it who waits for each text and then types; its exit code and what was shown."""
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(project.folder)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.execve(sys.executable, [sys.executable, "-m", "seatrial", verb], project.environment())  # noqa: S606
    shown = b""
    with suppress(OSError):  # the terminal is gone when the last who has it ends
        for awaited, typed in [*talk, (b"", b"")]:
            while awaited not in shown or not awaited:
                shown += os.read(terminal, 4096)
            # A hidden question switches the echo off, and throws away what was typed before that.
            while b"(hidden" in shown and typed and termios.tcgetattr(terminal)[3] & termios.ECHO:
                pass
            os.write(terminal, typed)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return ended, shown.decode(errors="replace")


def test_a_first_schema_is_made_and_leads_to_an_environment_in_order(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, ports: ['${WEB_PORT}:80'], environment: [SOME_TOKEN]}\n")
    (draft.folder / ".env.example").write_text("# The port.\nWEB_PORT=8080\n# optional\nSOME_TOKEN=changeme\n")
    done = draft.run("env.init", "--from-example")
    assert (done.returncode, "then run env.init" in done.stderr) == (0, True)
    assert draft.run("env.init", "--from-example").returncode == 2
    assert draft.run("env.init", "--no-input").returncode == 0
    assert draft.run("env").stderr.endswith("2 variables checked: in order\n")


def test_json_stays_json_whatever_the_secrets_are(draft: ComposeProject) -> None:
    words = ("true", "version", "error", "services", ": {", '": ', "null", "web", draft.name)
    (draft.folder / ".env.schema").write_text("".join(f"K{n}=\n" for n in range(len(words))))
    (draft.folder / ".env").write_text("".join(f"K{n}='{word}'\n" for n, word in enumerate(words)))
    draft.write("  web: {image: x, env_file: .env, environment: {PATHLIKE: '${UNDECLARED:-x}'}}\n")
    told = json.loads(draft.run("env", "--json").stdout)
    assert (told["version"], told["sound"], list(told["services"])) == (1, True, ["web"])
    assert {told["services"]["web"][f"K{n}"] for n in range(len(words))} == {"[REDACTED]"}
    assert [(p["severity"], p["rule"]) for p in told["problems"]] == [("warning", "Undocumented")]


def test_a_second_check_starts_no_docker(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, command: '${K:-}'}\n")
    (draft.folder / ".env.schema").write_text("# @optional\nK=\n")
    assert draft.run("env").returncode == 0
    for verb in ("env", "env.check"):
        done = draft.run(verb)
        assert "checked: in order, and nothing has changed since" in done.stderr
    assert "nothing has changed" not in draft.run("env", "--json").stderr
    draft.environ["K"] = "1"
    assert "nothing has changed" not in draft.run("env").stderr
