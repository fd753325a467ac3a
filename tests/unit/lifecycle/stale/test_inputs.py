"""Which files an image is built from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.stale.inputs import inputs, sources
from seatrial.stack import parse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("dockerfile", "found"),
    [
        ("FROM x\nCOPY . .", {""}),
        ("FROM x\nCOPY package.json pnpm-lock.yaml ./\nCOPY src/ src/", {"package.json", "pnpm-lock.yaml", "src"}),
        ("copy --chown=1:1 --link a b /", {"a", "b"}),
        ("COPY --from=build /dist /dist", set()),
        ('ADD ["a file.txt", "/x/"]', {"a file.txt"}),
        ("ADD https://example.com/x.tar /x\nADD git@example.com:a/b.git /y", set()),
        ("COPY src/*.js lib/${V}/x ./", {"src", "lib"}),
        ("COPY *.json ./", {""}),
        ("COPY a \\\n  b \\\n  /to/", {"a", "b"}),
        ("RUN --mount=type=bind,source=rootfs.mjs,target=/r node /r", {"rootfs.mjs"}),
        ("RUN --mount=type=bind,target=/src make", {""}),
        ("RUN --mount=type=bind,from=build,source=/x,target=/y true\nRUN --mount=type=cache,target=/c true", set()),
        ("COPY <<EOF /x\nhello\nEOF", set()),
        ("ONBUILD COPY late /x", {"late"}),
        ("FROM x", set()),
    ],
)
def test_what_a_dockerfile_copies(dockerfile: str, found: set[str]) -> None:
    assert sources(dockerfile) == found


def test_only_what_is_copied_and_not_ignored_counts(tmp_path: Path) -> None:
    for name in ("src/app.js", "src/app.log", "docs/x.md", "README.md", ".git/index", "node_modules/a/b.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY src src\n")
    (tmp_path / ".dockerignore").write_text("**/*.log\nnode_modules\n")
    assert set(inputs({"context": str(tmp_path)}) or ()) == {"Dockerfile", "src/app.js"}
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY . .\n")
    everything = {"Dockerfile", ".dockerignore", "src/app.js", "docs/x.md", "README.md"}
    assert set(inputs({"context": str(tmp_path)}) or ()) == everything
    (tmp_path / "Dockerfile.dockerignore").write_text("src\ndocs\n.dockerignore\n*.dockerignore\nnode_modules")
    assert set(inputs({"context": str(tmp_path)}) or ()) == {"Dockerfile", "README.md"}


@pytest.mark.parametrize(
    "build",
    [
        {},
        {"context": "https://example.com/x.git"},
        {"context": "git@example.com:x.git"},
        {"context": ".", "dockerfile": "none"},
    ],
)
def test_what_cannot_be_told_is_not_guessed(build: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY . .\n")
    if build.get("context") == ".":
        build = build | {"context": str(tmp_path)}
    assert inputs(build) is None


def test_what_is_copied_from_an_additional_context_counts(tmp_path: Path) -> None:
    app, shared = tmp_path / "app", tmp_path / "shared"
    for file in (app / "a.txt", shared / "s.txt", shared / "lib" / "x.js", shared / "other.txt"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    build = {"context": str(app), "additional_contexts": {"shared": str(shared)}}
    (app / "Dockerfile").write_text("FROM x\nCOPY a.txt /\nCOPY --from=shared lib s.txt /\n")
    assert set(inputs(build) or ()) == {"Dockerfile", "a.txt", f"{shared}/lib/x.js", f"{shared}/s.txt"}
    (app / "Dockerfile").write_text("FROM x\nRUN --mount=type=bind,from=shared,target=/s ls\n")
    assert f"{shared}/other.txt" in (inputs(build) or ())


def test_a_folder_with_a_dollar_in_its_name_is_found(tmp_path: Path) -> None:
    context = tmp_path / "a$b"
    context.mkdir()
    (context / "my$file").write_text("FROM x\nCOPY . .\n")
    build = {"context": str(context), "dockerfile": "my$file", "args": {"A": "1$"}}
    told = json.dumps({"name": "shop", "services": {"web": {"build": build}, "db": {}}}).replace("$", "$$")
    found = parse(told).builds()
    assert found == {"web": build}
    assert set(inputs(found["web"]) or ()) == {"my$file"}
