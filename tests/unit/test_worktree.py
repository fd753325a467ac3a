"""What a linked git worktree is called; git is not run."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from seatrial import project

if TYPE_CHECKING:
    from pathlib import Path


def linked(main: Path, tree: Path, git_id: str) -> None:
    """As `git worktree add` leaves it."""
    own = main / ".git" / "worktrees" / git_id
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    tree.mkdir(parents=True, exist_ok=True)
    (tree / ".git").write_text(f"gitdir: {own}\n")


@pytest.mark.parametrize(
    ("file", "text", "tree", "named"),
    [
        ("compose.yaml", "name: shop\n", "feature", "shop-feature"),
        ("compose.yaml", 'name: "shop" # ours\n', "feature", "shop-feature"),
        ("compose.yaml", "services:\n  a:\n    name: x\n", "feature", "feature"),  # as Compose calls it
        ("compose.yaml", "", "elsewhere/main", "main-main"),  # as the main checkout is called
        ("compose/compose.yaml", "", "feature", "compose-feature"),
        ("compose.yaml", "name: shop-${BRANCH}\n", "feature", "shop-feature"),  # it is set nowhere
        ("compose.yaml", "name: ${COMPOSE_PROJECT_NAME:-shop}\n", "feature", "shop-feature"),
        ("compose.yaml", "name: shop\n", "Fix #12", "shop-fix12"),
        ("compose.yaml", "name: shop\n", "修正", "shop-a05e98"),  # no letter that a project name may have
    ],
)
def test_a_worktree_has_a_name_of_its_own(tmp_path: Path, file: str, text: str, tree: str, named: str) -> None:
    root = tmp_path / tree
    linked(tmp_path / "main", root, root.name)
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text)
    found = project.find(root, environ={})
    assert found.name == named
    assert found.worktree is not None


def test_a_variable_in_the_name_that_is_set_tells_checkouts_apart(tmp_path: Path) -> None:
    linked(tmp_path / "main", tmp_path / "feature", "feature")
    (tmp_path / "feature" / "compose.yaml").write_text("name: shop-${BRANCH}\n")
    found = project.find(tmp_path / "feature", environ={"BRANCH": "x"})
    assert (found.name, found.worktree) == (None, None)


def test_ids_that_differ_only_in_what_a_name_cannot_hold_give_two_names(tmp_path: Path) -> None:
    names = set()
    for tree in ("a.b", "ab"):
        linked(tmp_path / "main", tmp_path / tree, tree)
    for tree in ("a.b", "ab"):
        (tmp_path / tree / "compose.yaml").write_text("name: shop\n")
        names.add(project.find(tmp_path / tree, environ={}).name)
    assert len(names) == 2


def git(folder: Path, *arguments: str) -> None:
    alone = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True, env=alone)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose compose file has no `name:`, with a submodule that has one."""
    top = tmp_path_factory.mktemp("git")
    for name, text in (("part", "name: part\nservices: {}\n"), ("shop", "services: {}\n")):
        (top / name / "svc").mkdir(parents=True)
        git(top / name, "init", "-b", "main")
        for file in ("compose.yaml", "svc/compose.yaml"):
            (top / name / file).write_text(text)
        git(top / name, "add", ".")
        git(top / name, "commit", "-m", "x")
    git(top / "shop", "submodule", "add", str(top / "part"), "part")
    git(top / "shop", "commit", "-m", "part")
    git(top / "shop", "worktree", "add", str(top / "feature"))
    git(top / "feature", "submodule", "update", "--init")
    git(top / "shop", "worktree", "add", str(top / "shop" / "inside"))
    git(top, "clone", "--bare", str(top / "shop"), "bare/.bare")
    (top / "bare" / ".git").write_text("gitdir: ./.bare\n")
    for tree in ("fix", "main"):
        git(top / "bare", "worktree", "add", str(top / "bare" / tree), *(["-b", tree] if tree == "fix" else [tree]))
    (top / "moved").symlink_to(top / "feature")
    return top


@pytest.mark.parametrize(
    ("folder", "named"),
    [
        ("shop", None),
        ("shop/svc", None),
        ("shop/part", None),  # a submodule of the main checkout
        ("feature", "feature"),
        ("feature/svc", "svc-feature"),
        ("feature/part", "part-feature"),  # a submodule of a worktree
        ("moved/svc", "svc-feature"),  # by a link
        ("shop/inside", "inside"),
        ("bare/main", None),  # a bare repository: the worktree of its default branch stands in for the main checkout
        ("bare/fix", "fix"),
        ("bare/fix/svc", "svc-fix"),
    ],
)
def test_worktrees_in_every_layout(repository: Path, folder: str, named: str | None) -> None:
    found = project.find(repository / folder, environ={})
    assert (found.name, found.worktree is not None) == (named, named is not None)


def test_links_of_a_worktree_may_be_relative(tmp_path: Path) -> None:
    linked(tmp_path / "main", tmp_path / "feature", "feature")
    (tmp_path / "feature" / ".git").write_text("gitdir: ../main/.git/worktrees/feature\n")
    (tmp_path / "feature" / "compose.yaml").write_text("name: shop\n")
    assert project.find(tmp_path / "feature", environ={}).name == "shop-feature"


def test_the_name_that_git_gave_tells_worktrees_of_one_folder_name_apart(tmp_path: Path) -> None:
    linked(tmp_path / "main", tmp_path / "b" / "feature", "feature1")
    (tmp_path / "b" / "feature" / "compose.yaml").write_text("name: shop\n")
    assert project.find(tmp_path / "b" / "feature", environ={}).name == "shop-feature1"


def test_a_main_checkout_and_a_submodule_are_called_as_ever(tmp_path: Path) -> None:
    (tmp_path / "main" / ".git" / "modules" / "sub").mkdir(parents=True)
    (tmp_path / "main" / "sub").mkdir()
    (tmp_path / "main" / "sub" / ".git").write_text("gitdir: ../.git/modules/sub\n")
    for folder in (tmp_path / "main", tmp_path / "main" / "sub"):
        (folder / "compose.yaml").write_text("name: shop\n")
        assert project.find(folder, environ={}).name is None


@pytest.mark.parametrize("place", ["shell", ".env", "env/.env", "flag"])
def test_a_given_name_wins(tmp_path: Path, place: str) -> None:
    root = tmp_path / "feature"
    linked(tmp_path / "main", root, "feature")
    (root / "compose.yaml").write_text("name: shop\n")
    environ = {"COMPOSE_PROJECT_NAME": "mine"} if place == "shell" else {}
    if place.endswith(".env"):
        (root / "env").mkdir()
        (root / place).write_text("COMPOSE_PROJECT_NAME=mine\n")
    found = project.find(root, environ=environ, name="mine" if place == "flag" else None)
    assert found.name == ("mine" if place == "flag" else None)
    assert found.worktree is None
