"""Env files and schemas as they should not be: one clear error or a stated behaviour, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.compose

SCHEMA = "# @defaultRequired=infer @defaultSensitive=false\n# ---\n\n# A number.\n# @type=number\nK=1\n"
GOOD = b"K=1\n"


def a_file(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def a_loop(path: Path) -> None:
    path.symlink_to(path.name)


def a_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_link_to_what_cannot_be_read(path: Path) -> None:
    """A regular file that gives an error when it is read, to root too."""
    path.symlink_to("/proc/self/mem")


@dataclass(frozen=True)
class Bad:
    """What is put in place of the env file or the schema, and the rule that it breaks (None: it is in order)."""

    make: Callable[[Path], object]
    rule: str | None
    line: int | None = None
    name: str = ".env"


BAD = {
    "an empty env file": Bad(a_file(b""), "MissingDefaultInEnv"),
    "a binary env file": Bad(a_file(b"\x80\x01\x02\x03" * 99), "NotUtf8", 1),
    "an env file in UTF-16": Bad(a_file("K=1\n".encode("utf-16")), "Utf16", 1),
    "an env file in UTF-16 without a mark": Bad(a_file("K=12345\n".encode("utf-16-le")), "Utf16", 1),
    "an env file with a byte order mark": Bad(a_file(b"\xef\xbb\xbfK=1\n"), None),
    "an env file with CR alone": Bad(a_file(b"K=1\rL=2\r"), "CrOnly", 1),
    "an env file with CRLF": Bad(a_file(b"K=1\r\n"), None),
    "an env file with a NUL": Bad(a_file(b"# one\nK=1\0\n"), "NulByte", 2),
    "an env file in Latin-1": Bad(a_file(b"K=1\nL=\xe9\n"), "NotUtf8", 2),
    "a folder for an env file": Bad(lambda path: path.mkdir(), "Unreadable"),
    "a pipe for an env file": Bad(os.mkfifo, "Unreadable"),
    "a loop for an env file": Bad(a_loop, "Unreadable"),
    "a dead link for an env file": Bad(a_dead_link, "Unreadable"),
    "an env file that cannot be read": Bad(a_link_to_what_cannot_be_read, "Unreadable"),
    "a key twice in an env file": Bad(a_file(b"K=2\nK=1\n"), "DuplicatedKey", 2),
    "an empty schema": Bad(a_file(b""), "EmptySchema", name=".env.schema"),
    "a binary schema": Bad(a_file(b"\x80\x01\x02\x03" * 99), "NotUtf8", 1, ".env.schema"),
    "a schema in UTF-16": Bad(a_file("K=1\n".encode("utf-16")), "Utf16", 1, ".env.schema"),
    "a schema with a byte order mark": Bad(a_file(b"\xef\xbb\xbf# @public\nK=1\n"), None, name=".env.schema"),
    "a schema with CR alone": Bad(a_file(b"K=1\rL=2\r"), "CrOnly", 1, ".env.schema"),
    "a folder for a schema": Bad(lambda path: path.mkdir(), "Unreadable", name=".env.schema"),
    "a loop for a schema": Bad(a_loop, "Unreadable", name=".env.schema"),
    "a schema that cannot be read": Bad(a_link_to_what_cannot_be_read, "Unreadable", name=".env.schema"),
    "a circle in a schema": Bad(a_file(b"K=${L}\nL=${K}\n"), "CircularReference", 1, ".env.schema"),
    "a schema that refers to itself": Bad(a_file(b"K=${K}\n"), "CircularReference", 1, ".env.schema"),
    "required and optional at once": Bad(
        a_file(b"# @required @optional\nK=1\n"), "ContradictingDecorators", 1, ".env.schema"
    ),
    "a default against its type": Bad(a_file(b"# @type=port\nK=many\n"), "DefaultViolatesType", 2, ".env.schema"),
    "a key twice in a schema": Bad(a_file(b"K=1\nK=2\n"), "DuplicatedKey", 2, ".env.schema"),
}


def prepared(project: ComposeProject, bad: Bad) -> None:
    project.write("  web: {image: x, environment: {K: '${K:-}'}}\n")
    (project.folder / ".env").write_bytes(GOOD)
    (project.folder / ".env.schema").write_text(SCHEMA)
    path = project.folder / bad.name
    path.unlink()
    bad.make(path)


def told(project: ComposeProject) -> tuple[int, dict[str, Any]]:
    done = project.run("env", "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("name", BAD)
def test_each_is_told_by_rule_and_line(name: str, draft: ComposeProject) -> None:
    bad = BAD[name]
    prepared(draft, bad)
    code, answer = told(draft)
    found = {(p["rule"], p["file"], p["line"]) for p in answer["problems"]}
    if bad.rule is None:
        assert (code, found) == (0, set())
    else:
        assert (bad.rule, bad.name, bad.line) in found
        assert all(p["fix"] for p in answer["problems"])
        errors = [p for p in answer["problems"] if p["severity"] == "error"]
        assert code == (2 if errors else 0)


def test_without_a_schema_it_is_said_what_is_checked(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, command: '${K:?is needed}'}\n")
    done = draft.run("env")
    assert done.returncode == 2
    assert "K has no value, and services.web.command demands one: is needed [RequiredByCompose]" in done.stderr
    assert "no .env.schema: only what the compose files demand and what env files say was checked" in done.stderr
    for verb in ("env.init", "env.docs"):
        done = draft.run(verb)
        assert (done.returncode, "no .env.schema in" in done.stderr) == (2, True)
    assert draft.run("env.explain", "K").returncode == 0
    assert draft.run("env.diff").returncode == 2


def test_a_pipe_is_not_waited_for_wherever_it_is(draft: ComposeProject) -> None:
    draft.write("  web: {image: x, env_file: [{path: a.env, required: false}]}\n")
    (draft.folder / "env").mkdir()
    os.mkfifo(draft.folder / "env" / ".env")
    code, answer = told(draft)
    assert (code, [(p["rule"], p["file"]) for p in answer["problems"]]) == (2, [("Unreadable", "env/.env")])


def test_ten_thousand_variables_are_checked_and_shown_in_seconds(draft: ComposeProject) -> None:
    count = 10_000
    names = [f"K{n}" for n in range(count)]
    schema = "".join(f"# Number {n}.\n# @type=number\n{name}=\n" for n, name in enumerate(names))
    (draft.folder / ".env.schema").write_text(schema)
    (draft.folder / ".env").write_text("".join(f"{name}=secret-{name}\n" for name in names))
    draft.write("  web: {image: x, env_file: .env}\n")
    done = draft.run("env", "--json", timeout_s=60)
    answer = json.loads(done.stdout)
    assert (done.returncode, len(answer["problems"])) == (2, count)
    assert len(answer["services"]["web"]) == len(answer["variables"]) == count
    assert "secret-K77" not in done.stdout + done.stderr


def test_a_value_of_a_megabyte_goes_through_whole_and_is_known_to_start_no_process(draft: ComposeProject) -> None:
    value = "x" * 1_000_000
    (draft.folder / ".env.schema").write_text("# @defaultSensitive=false\n# ---\n\nK=\n")
    (draft.folder / ".env").write_text(f"K={value}\n")
    draft.write("  web: {image: x, environment: {OTHER: '${K}'}}\n")
    code, answer = told(draft)
    assert (code, [(p["rule"], p["variable"]) for p in answer["problems"]]) == (2, [("TooLong", "OTHER")])
    assert answer["variables"]["K"] == answer["services"]["web"]["OTHER"] == value


@pytest.mark.engine
def test_the_longest_value_that_is_no_error_starts_a_process_and_one_more_does_not(
    project: ComposeProject, base_image: str
) -> None:
    longest = 128 * 1024 - 1 - len("K=")
    project.write(f"  web: {{image: '{base_image}', env_file: api.env, command: 'true'}}\n")
    for size, code in ((longest, 0), (longest + 1, 2)):
        (project.folder / "api.env").write_text(f"K={'x' * size}\n")
        done = project.run("up")
        assert (size, done.returncode) == (size, code), done.stderr
    bare = subprocess.run(["docker", "compose", "up"], cwd=project.folder, capture_output=True, text=True, check=False)
    assert "argument list too long" in bare.stdout + bare.stderr
