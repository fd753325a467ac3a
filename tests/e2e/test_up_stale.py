"""An image that is older than its sources is built by `up`, which says which file made it so."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from seatrial.lifecycle.stale.inputs import inputs

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ComposeProject

pytestmark = pytest.mark.engine


@pytest.fixture
def shop(project: ComposeProject, base_image: str) -> ComposeProject:
    """A service that is built from `app/`, in which only `src` is copied."""
    app = project.folder / "app"
    (app / "src").mkdir(parents=True)
    (app / "src" / "app.js").write_text("one")
    (app / "notes.md").write_text("x")
    (app / ".dockerignore").write_text("**/*.log\n")
    (app / "Dockerfile").write_text(f"FROM {base_image}\nARG WORD\nCOPY src /src\n")
    project.write(
        "  web:\n    build: {context: app, args: {WORD: s3cret}}\n    init: true\n    command: [sleep, '1000']\n"
    )
    return project


def plan(project: ComposeProject, *arguments: str) -> list[str]:
    done = project.run("up", "--dry", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


KEPT = ["keep web (running, as wanted)"]


def test_up_builds_what_was_edited_and_says_which_file(shop: ComposeProject) -> None:
    assert plan(shop) == [f"build web (no image {shop.name}-web)", "create web (no container)"]
    assert shop.run("up").returncode == 0
    assert plan(shop) == KEPT
    # What is not copied, what is ignored, and a file that was only touched make no image stale.
    source = shop.folder / "app" / "src" / "app.js"
    (shop.folder / "app" / "notes.md").write_text("other")
    (shop.folder / "app" / "src" / "debug.log").write_text("other")
    os.utime(source)
    assert plan(shop) == KEPT
    source.write_text("two")
    expected = ["build web (src/app.js changed)", "recreate web (if the build gives another image)"]
    assert plan(shop) == expected
    assert plan(shop, "--no-build") == KEPT
    assert shop.run("up").returncode == 0
    assert shop.docker("exec", shop.container("web"), "cat", "/src/app.js") == "two"
    assert plan(shop) == KEPT
    compose = subprocess.run(
        ["docker", "compose", "up", "-d"], cwd=shop.folder, check=True, capture_output=True, text=True
    )
    assert "Recreate" not in compose.stderr


def test_a_new_file_one_that_is_gone_and_another_build_section_count(shop: ComposeProject) -> None:
    assert shop.run("build").returncode == 0
    assert plan(shop) == ["create web (no container)"]
    extra = shop.folder / "app" / "src" / "extra.js"
    extra.write_text("x")
    assert plan(shop)[0] == "build web (src/extra.js is new)"
    assert shop.run("build").returncode == 0
    extra.unlink()
    assert plan(shop)[0] == "build web (src/extra.js is gone)"
    assert shop.run("build").returncode == 0
    shop.file.write_text(shop.file.read_text().replace("s3cret", "other"))
    assert plan(shop)[0] == "build web (its build section changed)"


def test_what_gets_into_an_image_from_elsewhere_counts(shop: ComposeProject, base_image: str) -> None:
    """Another service's image, an additional context, and the names that Compose gives in another mode."""
    base, shared = shop.folder / "base", shop.folder / "shared"
    for folder in (base, shared):
        folder.mkdir()
        (folder / "word").write_text("one")
    tag = f"{shop.name}-own-base"
    (base / "Dockerfile").write_text(f"FROM {base_image}\nCOPY word /base\n")
    (shop.folder / "app" / "Dockerfile").write_text(f"FROM {tag}\nCOPY --from=shared word /shared\n")
    shop.write(
        "  web:\n    build: {context: app, additional_contexts: {shared: ./shared}}\n    init: true\n"
        "    command: [sleep, '1000']\n"
        f"  base:\n    build: base\n    image: {tag}\n    command: 'true'\n"
    )
    renewed = ["recreate web (if the build gives another image)"]
    try:
        assert shop.run("up", "--service", "web").returncode == 0
        assert plan(shop, "--service", "web") == KEPT
        (base / "word").write_text("two")
        rebuilt = ["build base (word changed)", "build web (base, from which it is built, is rebuilt)", *renewed]
        assert plan(shop, "--service", "web") == rebuilt
        assert shop.run("up", "--service", "web").returncode == 0
        assert shop.docker("exec", shop.container("web"), "cat", "/base") == "two"
        assert plan(shop, "--service", "web") == KEPT
        (shared / "word").write_text("two")
        assert plan(shop, "--service", "web") == [f"build web ({shared}/word changed)", *renewed]
        assert shop.run("build").returncode == 0
        # Built by another tool: the image of the base is another one than that in the image.
        (base / "word").write_text("three")
        subprocess.run(["docker", "compose", "build", "base"], cwd=shop.folder, check=True, capture_output=True)
        because = f"build web (the image {tag}, from which it is built, changed)"
        assert plan(shop, "--service", "web")[0] == because
        (shop.folder / ".env").write_text("COMPOSE_COMPATIBILITY=true\n")
        assert plan(shop, "--service", "web")[0] == f"build web (no image {shop.name}_web)"
        assert shop.run("up", "--service", "web").returncode == 0
        assert plan(shop, "--service", "web") == KEPT
    finally:
        shop.docker("rmi", "-f", tag, f"{shop.name}-web", f"{shop.name}_web")


def test_an_image_that_compose_built_is_held_against_the_times_of_its_files(shop: ComposeProject) -> None:
    subprocess.run(["docker", "compose", "up", "-d", "--build"], cwd=shop.folder, check=True, capture_output=True)
    assert plan(shop) == KEPT
    later = (shop.folder / "compose.yaml").stat().st_mtime + 3600
    os.utime(shop.folder / "app" / "src" / "app.js", (later, later))
    assert plan(shop)[0] == "build web (src/app.js is newer than its image)"


def test_a_build_that_fails_leaves_what_runs_as_it_is(shop: ComposeProject) -> None:
    assert shop.run("up").returncode == 0
    before = shop.docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", shop.container("web"))
    dockerfile = shop.folder / "app" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "RUN echo the compiler says no && false\n")
    done = shop.run("up")
    assert done.returncode == 1
    assert "the compiler says no" in done.stderr
    assert shop.docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", shop.container("web")) == before
    # It is not taken for built.
    assert plan(shop)[0] == "build web (Dockerfile changed)"


def test_equal_builds_are_done_once(project: ComposeProject, base_image: str) -> None:
    (project.folder / "Dockerfile").write_text(f"FROM {base_image}\nARG WHEN\nRUN date +%s%N > /made && echo made\n")
    own = (
        "\n    build: {context: ., args: {WHEN: '"
        + project.name
        + "'}}\n    command: [sleep, '1000']\n    init: true\n"
    )
    project.write(f"  a:{own}  b:{own}    depends_on: [a]\n  c:{own}    depends_on: [b]\n")
    done = project.run("up")
    assert done.returncode == 0, done.stderr
    assert sum("RUN date" in line for line in done.stderr.splitlines()) == 1, done.stderr
    made = {project.docker("exec", project.container(name), "cat", "/made") for name in "abc"}
    assert len(made) == 1
    assert plan(project) == [f"keep {name} (running, as wanted)" for name in "abc"]
    again = subprocess.run(
        ["docker", "compose", "up", "-d"], cwd=project.folder, env=project.environment(),
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "Recreate" not in again.stderr


PATTERNS = (
    "node_modules\n**/*.log\n/dist/\n*.tmp",
    "*\n!src\n!package.json\nsrc/**/test",
    "docs\n!docs/keep.md\n**/deep\n?.txt",
    "# a comment\n\n  src/lib  \n!src/lib/a.js\n[ab].txt\n./x/../dist",
    "\ufeffb.tmp\r\n*/late\n!walk\n**end\n../a.txt\n # x\nodd/\\*x\n\\!y\nodd/[^b-d]z\n//odd//a/../gone/",
    "*\n!src/lib\nsrc/lib/test\n!**/t.js\n! odd\nodd/[b-d]z\nodd/../../docs\n/../odd/gone",
)
FILES = (
    "a.txt", "ab.txt", "b.tmp", "x.log", "package.json", "dist/x", "docs/keep.md", "docs/x.md", "src/app.js",
    "src/dist/y", "src/lib/a.js", "src/lib/b.js", "src/lib/test/t.js", "src/x.log", "src/node_modules/m.js",
    "node_modules/m/x.js", "deep/x", "src/deep/x", "x/y", "walk/late", "walk/on", "other/late", "walk/x/late",
    "front-end", "odd/*x", "odd/ax", "odd/az", "odd/bz", "odd/gone/x", "odd/a/x", "# x", "!y",
)  # fmt: skip


@pytest.mark.parametrize("patterns", PATTERNS)
def test_what_is_ignored_is_what_the_builder_ignores(patterns: str, project: ComposeProject, tmp_path: Path) -> None:
    context, out = project.folder / "app", tmp_path / "out"
    for name in FILES:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).write_text("x")
    (context / ".dockerignore").write_text(patterns)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    build = ["docker", "build", "-q", "--output", f"type=local,dest={out}", str(context)]
    subprocess.run(build, check=True, capture_output=True)
    copied = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
    assert set(inputs({"context": str(context)}) or ()) | {"Dockerfile"} == copied | {"Dockerfile"}
