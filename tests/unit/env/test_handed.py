"""Secrets that containers are handed as files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from seatrial.engine.attached import Mount
from seatrial.engine.facts import Facts
from seatrial.env.gather import model_secrets
from seatrial.env.handed import MOST_BYTES, mounted
from seatrial.env.secret import Redactor, Secret
from seatrial.project import Project
from seatrial.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def told(secrets: Iterable[Secret]) -> set[str]:
    return {secret.reveal() for secret in secrets}


def stack_with(**secrets: object) -> Stack:
    return Stack("shop", resolved=json.dumps({"services": {}, "secrets": secrets}))


def test_the_text_of_a_file_is_secret_under_any_name_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a$b").write_text("first line of it\nthe second line\n")
    stack = stack_with(notes={"file": f"{tmp_path}/a$$b"}, lost={"file": f"{tmp_path}/none"}, far={"external": True})
    redact = Redactor(model_secrets(stack, Project(tmp_path, (tmp_path / "compose.yaml",)), {}))
    assert redact("it said: the second line!") == "it said: [REDACTED]!"


def test_what_is_no_short_text_is_no_password(tmp_path: Path) -> None:
    (tmp_path / "keys.p12").write_bytes(b"\x30\x00\xff\x01")
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "large").write_text("x" * (2 * MOST_BYTES))
    os.mkfifo(tmp_path / "pipe")
    names = ("keys.p12", "empty", "large", "pipe", ".")
    stack = stack_with(**{name: {"file": f"{tmp_path}/{name}"} for name in names}, nothing=None)
    assert told(model_secrets(stack, Project(tmp_path, (tmp_path / "compose.yaml",)), {})) == {"x" * MOST_BYTES}


def test_passwords_inside_of_a_file_are_known_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(json.dumps({"type": "service", "auth": {"private_key": "hunter2"}}))
    (tmp_path / "lines").write_text("USER=shop\nDB_PASSWORD=hunter3\n")
    stack = stack_with(a={"file": f"{tmp_path}/account.json"}, b={"file": f"{tmp_path}/lines"})
    found = told(model_secrets(stack, Project(tmp_path, (tmp_path / "compose.yaml",)), {}))
    assert {"hunter2", "hunter3"} <= found
    assert not {"service", "shop"} & found


def test_the_variable_of_a_secret_is_looked_up_as_compose_does(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ANY='of$$file'\nBOTH=file\n")
    project = Project(tmp_path, (tmp_path / "compose.yaml",), (tmp_path / ".env",))
    stack = stack_with(a={"environment": "ANY"}, b={"environment": "BOTH"}, c={"environment": "NONE"})
    assert told(model_secrets(stack, project, {"BOTH": "shell"})) == {"of$file", "shell"}


def test_without_a_model_it_is_what_lies_where_compose_puts_secrets(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter2")
    (tmp_path / "page").write_text("hello")
    mounts = (
        Mount("bind", "/run/secrets/key", source=f"{tmp_path}/key"),
        Mount("bind", "/srv/page", source=f"{tmp_path}/page"),
    )
    assert told(mounted([Facts("1", "web", "x", (), mounts=mounts)])) == {"hunter2"}
